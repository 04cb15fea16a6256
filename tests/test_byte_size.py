"""Numbers of bytes as people write them and read them."""

import pytest

from shanty.byte_size import parse_size, shown, size_bytes
from shanty.errors import UsageError


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("60 MB", 60_000_000),
        ("60MB", 60_000_000),
        ("1.5 GB", 1_500_000_000),
        ("900 kB", 900_000),
        ("64 MiB", 64 * 1024**2),
        ("1 gib", 1024**3),
        ("2048 KiB", 2 * 1024**2),
        ("60 megabytes", 60_000_000),
        ("1 gigabyte", 1_000_000_000),
        ("500 B", 500),
        (" 500 bytes ", 500),
    ],
)
def test_a_size_is_a_number_and_its_unit(written: str, size: int) -> None:
    assert size_bytes(parse_size(written, "size-budget")) == size


@pytest.mark.parametrize(
    "written",
    ["", "60", "MB", "-1 MB", "60 M", "1,5 GB", "0 MB", "60 MB 5", 60, None, True, ["60 MB"]],
)
def test_what_is_no_size_is_refused(written: object) -> None:
    with pytest.raises(UsageError) as fault:
        parse_size(written, "size-budget")
    assert str(fault.value) == (
        f'size-budget = {written!r} is no size\nfix: write a number and its unit, as in "60 MB"'
    )


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (35_568_193, "35.6 MB"), (2 * 10**9, "2.0 GB")],
)
def test_a_size_is_shown_in_the_largest_unit_that_it_reaches(size: int, words: str) -> None:
    assert shown(size) == words
