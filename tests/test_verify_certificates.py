"""Certificates in a file."""

import pytest

from shanty.verify.certificates import certificates

ONE = b"-----BEGIN CERTIFICATE-----\nAB+/\nCD==\n-----END CERTIFICATE-----\n"
OTHER = b"-----BEGIN CERTIFICATE-----\nEFGH\n-----END CERTIFICATE-----\n"


def test_each_certificate_of_a_bundle_is_found_once() -> None:
    assert certificates(b"# one\n" + ONE + b"# other\n" + OTHER + ONE) == {b"AB+/CD==", b"EFGH"}


def test_a_certificate_is_the_same_however_its_lines_break() -> None:
    joined = ONE.replace(b"AB+/\nCD==", b"AB+/CD==").replace(b"\n", b"\r\n")
    assert certificates(joined) == certificates(ONE)


@pytest.mark.parametrize(
    "content", [b"", b"\x7fELF", ONE[:30], b"-----BEGIN PRIVATE KEY-----\nAB\n"]
)
def test_what_holds_no_whole_certificate_has_none(content: bytes) -> None:
    assert certificates(content) == frozenset()
