"""What a look at one thing found, and the look itself, which never ends the others."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from shanty.errors import ShantyError, UsageError
from shanty.system_fault import system_fault

Value = TypeVar("Value")

FINE, NOTE, PROBLEM, SKIPPED = "fine", "note", "problem", "skipped"


@dataclass(frozen=True)
class Finding:
    """What a check found: `fine`, a `note`, a `problem`, or `skipped` where it could not look.

    What is no more than fine has no `why` and no `fix`.
    """

    check: str
    state: str
    what: str
    why: str = ""
    fix: str = ""


class SkippedError(Exception):
    """What keeps a check from looking, which another check has told of."""


@dataclass(frozen=True)
class Note:
    """Something that is not as it might be, and that nothing fails by."""

    what: str
    fix: str
    why: str = ""


# One thing that was seen: what is fine, what is worth a note, what is wrong.
Seen = str | Note | ShantyError


@dataclass(frozen=True)
class Check:
    """A look at one thing: its name, why it matters, and how it is done.

    `look` returns what it saw, several things at once where there are, nothing where there is
    nothing to look at; or raises what is wrong.
    """

    name: str
    why: str
    look: Callable[[], Seen | Iterable[Seen]]

    def findings(self) -> list[Finding]:
        """Return what the look found, be it that it failed."""
        found: list[Finding] = []
        try:
            seen = self.look()
            several = [seen] if isinstance(seen, (str, Note, ShantyError)) else seen
            found.extend(self._finding(one) for one in several)
        except SkippedError as reason:
            found.append(Finding(self.name, SKIPPED, f"not looked at: {reason}"))
        except Exception as error:  # noqa: BLE001 - no finding hides another
            found.append(self._finding(as_ours(error)))
        return found

    def _finding(self, seen: Seen) -> Finding:
        match seen:
            case str():
                return Finding(self.name, FINE, seen)
            case Note():
                return Finding(self.name, NOTE, seen.what, seen.why or self.why, seen.fix)
            case _:
                return Finding(self.name, PROBLEM, seen.what, self.why, seen.fix)


def as_ours(error: Exception) -> ShantyError:
    """Return a fault of ours as it is, any other in the words of the system, or of Python."""
    if isinstance(error, ShantyError):
        return error
    if isinstance(error, OSError):
        return system_fault(error)
    return UsageError(
        f"the look failed: {type(error).__name__}: {error}",
        "report it, with this line and your pyproject.toml: the fault is Shanty's own",
    )


def required(read: Callable[[], Value], reason: str) -> Value:
    """Return what a check stands on; raise `SkippedError` where that is not to be had."""
    try:
        return read()
    except SkippedError:
        raise
    except Exception as error:
        raise SkippedError(reason) from error
