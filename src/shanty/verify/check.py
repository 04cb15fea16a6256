"""One thing that is proved of an image, with what shows it."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """A check by name, as `area/what`, and the evidence.

    `passed` is `None` where it could not be made: no check is passed by that.
    """

    name: str
    passed: bool | None
    evidence: tuple[str, ...]

    @property
    def area(self) -> str:
        """What the name begins with."""
        return self.name.partition("/")[0]

    @property
    def verdict(self) -> str:
        """The outcome in a word."""
        return {True: "ok", False: "failed", None: "not made"}[self.passed]


def judged(name: str, faults: Sequence[str], otherwise: str) -> Check:
    """Return a check that found these faults; `otherwise` is what it saw where there are none."""
    return Check(name, not faults, tuple(faults) or (otherwise,))


def not_made(name: str, reason: str) -> Check:
    """Return a check that could not be made."""
    return Check(name, None, (reason,))
