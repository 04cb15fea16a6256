"""What an ignore file leaves out, as the builder reads it."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple


class _Pattern(NamedTuple):
    """One line: what it matches, with all that lies below, and whether that is kept after all."""

    matches: re.Pattern[str]
    keeps: bool


@dataclass(frozen=True)
class Ignoring:
    """The lines of an ignore file."""

    lines: tuple[str, ...]

    def leaves_out(self, path: str) -> bool:
        """Tell whether a path, relative to the context, is left out: the last line counts."""
        left_out = False
        for pattern in self._patterns:
            if left_out is pattern.keeps and pattern.matches.fullmatch(path):
                left_out = not left_out
        return left_out

    def keeps_below(self, folder: str) -> bool:
        """Tell whether a line may keep something in a folder that is left out.

        Lines that begin with a wildcard are not heeded: to find what they keep, every folder would
        have to be looked into.
        """
        heads = (line[1:].lstrip("/") for line in self.lines if line.startswith("!"))
        return any(head.startswith(f"{folder}/") for head in heads)

    @cached_property
    def _patterns(self) -> list[_Pattern]:
        return list(_read(self.lines))


def _read(lines: Iterable[str]) -> Iterator[_Pattern]:
    for line in lines:
        text = line.strip()
        if text and not line.startswith("#"):
            keeps = text.startswith("!")
            path = posixpath.normpath(text.removeprefix("!").strip()).lstrip("/")
            yield _Pattern(re.compile(f"{_expression(path)}(/.*)?", re.DOTALL), keeps)


def _expression(pattern: str) -> str:
    """Return a pattern as a regular expression, by the rules of moby's `patternmatcher`."""
    found = ""
    for part in re.findall(r"\*\*/?|\\.|\[[^\]]*\]|.", pattern, re.DOTALL):
        match part:
            case "**/":
                found += "(.*/)?"
            case "**":
                found += ".*"
            case "*":
                found += "[^/]*"
            case "?":
                found += "[^/]"
            case _ if part[0] == "[" and len(part) > 2:  # noqa: PLR2004 - a class of characters
                found += part
            case _:
                found += re.escape(part.removeprefix("\\") or part)
    return found
