"""Python releases: which ones a project admits."""

import pytest

from shanty.errors import UsageError
from shanty.python_version import KNOWN, check_admitted, newest_admitted


@pytest.mark.parametrize(
    ("constraint", "newest"),
    [
        ("*", KNOWN[0]),
        ("", KNOWN[0]),
        (">=3.9", KNOWN[0]),
        (">= 3.11, < 3.13", "3.12"),
        (">=3.11 <3.13", "3.12"),
        (">=3.9,<=3.12", "3.12"),
        ("<3.13,!=3.12.*", "3.11"),
        (">=3.12.4,<3.13", "3.12"),
        ("<3.12.4", "3.12"),
        ("~=3.12.4", "3.12"),
        ("==3.11.*", "3.11"),
        ("3.11", "3.11"),
        ("3.11.*", "3.11"),
        ("^3.11", KNOWN[0]),
        ("^ 3", KNOWN[0]),
        ("~3.11", "3.11"),
        ("~3.11.2", "3.11"),
        ("~3", KNOWN[0]),
        ("~3.9 || ~3.10", "3.10"),
        ("~3.10|~3.9", "3.10"),
    ],
)
def test_the_newest_release_that_a_constraint_admits(constraint: str, newest: str) -> None:
    assert newest_admitted(constraint) == newest


@pytest.mark.parametrize("constraint", ["==3.12.13", "3.12.13", ">=3.12.3,<3.12.20"])
def test_one_patch_release_is_a_constraint_too(constraint: str) -> None:
    """Projects do pin Python to the patch; whatever is answered has to be admitted."""
    check_admitted(newest_admitted(constraint), constraint)


@pytest.mark.parametrize("constraint", ["<3.9", "^4", ">=2.7,<3"])
def test_a_constraint_that_admits_no_known_release_is_told(constraint: str) -> None:
    with pytest.raises(UsageError) as refused:
        newest_admitted(constraint)
    assert str(refused.value) == (
        f"no Python from {KNOWN[-1]} to {KNOWN[0]} satisfies requires-python = {constraint!r}\n"
        'fix: name one: [tool.shanty] python-version = "…"'
    )


@pytest.mark.parametrize(
    ("version", "constraint"),
    [
        ("3.12", ">=3.11,<4.0"),
        ("3.12", ">=3.12.4"),
        ("3.12", "==3.12"),
        ("3.12.4", "==3.12.4"),
        ("3.9", "~3.9 || ~3.12"),
    ],
)
def test_a_release_that_is_admitted_passes(version: str, constraint: str) -> None:
    check_admitted(version, constraint)


@pytest.mark.parametrize("version", ["3.10", "3.12.3", "3.13"])
def test_a_release_that_is_not_admitted_is_told_with_one_that_is(version: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_admitted(version, ">=3.12.4,<3.13")
    assert str(refused.value) == (
        f"python-version {version} is outside requires-python = '>=3.12.4,<3.13'\n"
        'fix: set [tool.shanty] python-version = "3.12"'
    )
