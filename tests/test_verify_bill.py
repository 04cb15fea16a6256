"""The check of the bill of materials."""

import json
from pathlib import Path

import pytest

from shanty.errors import UsageError
from shanty.verify.bill import bill, read_bill
from shanty.verify.check import Check
from shanty.verify.packages import packages
from shanty.verify.subject import Subject
from tests.images import distribution
from tests.verifying import HARBOUR, LOCKED, Subjects

OK = "1 components, each installed in that version"
FLASK = {"name": "Flask", "version": "3.1.3"}
GUNICORN = {"name": "Gunicorn", "version": "27.0.1"}


def text(*components: dict[str, str]) -> str:
    """Return a bill as somebody may have written it."""
    return json.dumps({"bomFormat": "CycloneDX", "components": components})


def held(subject: Subject, given: str | None) -> Check:
    """Return the check of a subject's bill."""
    return bill(subject, packages(subject), given)


def test_the_bill_that_the_lock_makes_lists_what_is_installed(make_subject: Subjects) -> None:
    check = held(make_subject([*HARBOUR, *LOCKED]), None)
    assert (check.name, check.passed, check.evidence) == ("lock/sbom", True, (OK,))


def test_a_bill_that_is_given_is_held_against_the_image(make_subject: Subjects) -> None:
    subject = make_subject([*HARBOUR, *LOCKED])
    assert held(subject, text(GUNICORN)).passed
    assert held(subject, text(FLASK)).evidence == (
        "gunicorn 27.0.1 is installed, and not in the bill",
        "flask 3.1.3 is in the bill, and not installed",
    )


def test_an_image_that_differs_from_its_lock_needs_no_bill_of_it(make_subject: Subjects) -> None:
    subject = make_subject([*HARBOUR, *LOCKED, *distribution("six", "1", {})])
    assert held(subject, None).passed is None
    assert held(subject, text(GUNICORN)).evidence == ("six 1 is installed, and not in the bill",)


def test_a_bill_is_read_from_its_file(tmp_path: Path) -> None:
    file = tmp_path / "bill.json"
    file.write_text(text(FLASK), encoding="utf-8")
    assert read_bill(str(file)) == text(FLASK)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"{", "is no bill of materials in CycloneDX"),
        (b"\xff", "is no bill of materials in CycloneDX"),
    ],
)
def test_what_is_no_bill_is_refused_by_its_name(
    tmp_path: Path, content: bytes | None, what: str
) -> None:
    file = tmp_path / "bill.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError) as fault:
        read_bill(str(file))
    fix = "write one: shanty sbom --output FILE"
    assert (fault.value.what, fault.value.fix) == (f"--sbom {file} {what}", fix)
