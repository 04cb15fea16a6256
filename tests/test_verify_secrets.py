"""That nothing secret of this machine's has come into an image."""

from pathlib import Path

import pytest

from shanty.verify.secrets import secrets
from tests.images import Entry, distribution
from tests.verifying import HARBOUR, Subjects, entry

SECRET = "rope-and-anchor"  # noqa: S105 - made up
ENVIRONMENT = {"QUAY_TOKEN": SECRET}
NAME = "the value of QUAY_TOKEN"
CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nABCD\nEFGH\n-----END CERTIFICATE-----\n"
REBROKEN = CERTIFICATE.replace(b"D\nE", b"DE")
OTHER = CERTIFICATE.replace(b"ABCD", b"WXYZ")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """Return the machine's CA bundle."""
    file = tmp_path / "ca.pem"
    file.write_bytes(CERTIFICATE)
    return file


def test_an_image_without_secrets_passes_and_tells_how_many_were_looked_for(
    make_subject: Subjects, bundle: Path
) -> None:
    subject = make_subject(HARBOUR, history=("RUN pip install",), Env=["PATH=/opt/venv/bin"])
    check = secrets(subject, ENVIRONMENT)
    assert (check.name, check.passed) == ("contents/secrets", True)
    assert check.evidence == ("none of the 1 secrets known here",)
    both = secrets(subject, ENVIRONMENT | {"SSL_CERT_FILE": str(bundle)})
    assert both.evidence == ("none of the 1 secrets known here, nor the CA bundle",)


def test_a_secret_in_a_file_is_told_without_saying_it(make_subject: Subjects) -> None:
    check = secrets(make_subject([entry("/etc/a", f"a {SECRET}".encode())]), ENVIRONMENT)
    assert (check.passed, check.evidence) == (False, (f"/etc/a holds {NAME}",))
    assert SECRET not in str(check)


def test_a_secret_that_a_later_layer_took_away_is_in_the_image_all_the_same(
    make_subject: Subjects,
) -> None:
    layers = [entry("/etc/pip.conf", SECRET.encode())], [Entry("etc/.wh.pip.conf")]
    assert secrets(make_subject(*layers), ENVIRONMENT).evidence == (f"/etc/pip.conf holds {NAME}",)


def test_a_secret_in_a_locked_distribution_is_found_and_links_are_not_read(
    make_subject: Subjects,
) -> None:
    wheel = distribution("rope", "1.0", {"rope.py": SECRET.encode()})
    check = secrets(make_subject([*wheel, Entry("a", target=SECRET)]), ENVIRONMENT)
    assert [line.rpartition("/")[2] for line in check.evidence] == [f"rope.py holds {NAME}"]


def test_what_the_base_holds_was_there_before(make_subject: Subjects) -> None:
    layer = [entry("/etc/a", SECRET.encode())]
    assert secrets(make_subject(layer, HARBOUR, below=1), ENVIRONMENT).passed


def test_a_secret_in_the_settings_or_the_history_is_told(make_subject: Subjects) -> None:
    subject = make_subject([], history=(f"RUN fetch --with {SECRET}",), Env=[f"A={SECRET}"])
    assert secrets(subject, ENVIRONMENT).evidence == (
        f"its settings holds {NAME}",
        f"its history holds {NAME}",
    )


def test_a_secret_with_a_quote_or_a_letter_beyond_ascii_is_found_in_the_settings(
    make_subject: Subjects,
) -> None:
    secret = 'rope"and\\änchor'  # noqa: S105 - made up
    check = secrets(make_subject([], Env=[f"A={secret}"]), {"TOKEN": secret})
    assert check.evidence == ("its settings holds the value of TOKEN",)


def test_a_secret_that_is_no_text_is_looked_for_like_any(make_subject: Subjects) -> None:
    secret = b"rope-and-\xe4nchor"
    environment = {"TOKEN": secret.decode(errors="surrogateescape")}
    check = secrets(make_subject([entry("/etc/a", secret)]), environment)
    assert check.evidence == ("/etc/a holds the value of TOKEN",)


# The CA bundle


def test_the_machines_certificates_are_found_in_whichever_lines(
    make_subject: Subjects, bundle: Path
) -> None:
    layer = [entry("/etc/ssl/ca.crt", OTHER + REBROKEN), entry("/etc/ssl/other.crt", OTHER)]
    check = secrets(make_subject(layer), {"SSL_CERT_FILE": str(bundle)})
    assert check.evidence == (f"/etc/ssl/ca.crt holds certificates of {bundle}",)


def test_the_public_certificates_of_a_locked_distribution_are_its_own(
    make_subject: Subjects, bundle: Path
) -> None:
    wheel = distribution("certifi", "2026.1", {"certifi/cacert.pem": CERTIFICATE})
    environment = {"SSL_CERT_FILE": str(bundle)}
    assert secrets(make_subject(wheel), environment).passed
    # One that another layer replaced was not the distribution's.
    changed = [one for one in wheel if one.name.endswith("cacert.pem")]
    check = secrets(make_subject(changed, wheel), environment)
    assert check.evidence == (f"/{changed[0].name} holds certificates of {bundle}",)


def test_the_certificates_that_the_base_trusts_are_everybodys(
    make_subject: Subjects, bundle: Path
) -> None:
    base = [entry("/etc/ssl/certs/ca-certificates.crt", CERTIFICATE)]
    added = [entry("/etc/ssl/mine.crt", CERTIFICATE)]
    subject = make_subject(base, added, below=1)
    assert secrets(subject, {"SSL_CERT_FILE": str(bundle)}).passed
