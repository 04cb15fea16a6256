"""What a look at one thing found, and that it never ends the others."""

from collections.abc import Callable, Iterator

import pytest

from shanty.doctor.finding import Check, Finding, Note, Seen, SkippedError, required
from shanty.errors import RunError, UsageError

WHY = "Nothing floats without it."


def look(seen: Callable[[], Seen | Iterator[Seen]]) -> list[Finding]:
    """Return the findings of a check that looks this way."""
    return Check("hull", WHY, seen).findings()


def raising(error: Exception) -> Callable[[], Seen]:
    """Return a look that fails."""

    def fail() -> Seen:
        raise error

    return fail


def test_what_is_fine_needs_no_reason_and_no_fix() -> None:
    assert look(lambda: "tight") == [Finding("hull", "fine", "tight")]


def test_a_problem_has_the_reason_of_its_check_and_the_fix_of_its_error() -> None:
    problem = Finding("hull", "problem", "a leak", WHY, "caulk it")
    assert look(raising(UsageError("a leak", "caulk it"))) == [problem]
    assert look(lambda: RunError("a leak", "caulk it")) == [problem]


def test_a_note_may_have_a_reason_of_its_own() -> None:
    assert look(lambda: Note("old", "paint it")) == [
        Finding("hull", "note", "old", WHY, "paint it")
    ]
    own = Note("old", "paint it", "Paint keeps.")
    assert look(lambda: own) == [Finding("hull", "note", "old", "Paint keeps.", "paint it")]


def test_what_was_seen_before_a_look_failed_is_told_too() -> None:
    def several() -> Iterator[Seen]:
        yield Note("old", "paint it")
        yield UsageError("a leak", "caulk it")
        raise SkippedError("it is under water")

    assert [(one.state, one.what) for one in look(several)] == [
        ("note", "old"),
        ("problem", "a leak"),
        ("skipped", "not looked at: it is under water"),
    ]


@pytest.mark.parametrize(
    ("error", "what", "fix"),
    [
        (
            PermissionError(13, "Permission denied", "/srv/x"),
            "/srv/x: permission denied",
            "see who may: ls -ld /srv/x",
        ),
        (
            KeyError("x"),
            "the look failed: KeyError: 'x'",
            "report it, with this line and your pyproject.toml: the fault is Shanty's own",
        ),
    ],
)
def test_a_look_that_fails_is_a_problem_and_no_traceback(
    error: Exception, what: str, fix: str
) -> None:
    assert look(raising(error)) == [Finding("hull", "problem", what, WHY, fix)]


def test_what_a_check_stands_on_is_handed_through_or_skips_it() -> None:
    assert required(lambda: 8888, "no port is settled") == 8888
    with pytest.raises(SkippedError, match=r"^no port is settled$"):
        required(raising(KeyError("port")), "no port is settled")


def test_what_keeps_a_check_from_looking_is_told_by_its_root() -> None:
    with pytest.raises(SkippedError, match=r"^no ship is here$"):
        required(raising(SkippedError("no ship is here")), "no hull is here")
