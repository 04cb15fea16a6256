"""The instructions of a Dockerfile, one whole line each, and the variables in them."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

HEREDOC = re.compile(r"(?:^|\s)\d*<<-?[\"']?(\w+)[\"']?(?=\s|$)")
FLAG = re.compile(r"--([\w-]+)(?:=(\S+))?\s+")
VARIABLE = re.compile(r"\\\$|\$(?:(\w+)|\{(\w+)(?::?([-+])([^{}]*))?\})")


class Instruction(NamedTuple):
    """One instruction: its keyword in capitals, and all that follows it."""

    keyword: str
    rest: str

    @property
    def flags(self) -> list[tuple[str, str]]:
        """The flags before the rest, by name."""
        return [(name, value) for name, value in FLAG.findall(self._parted[0])]

    @property
    def body(self) -> str:
        """What follows the flags."""
        return self._parted[1]

    @property
    def _parted(self) -> tuple[str, str]:
        end = 0
        while flag := FLAG.match(self.rest, end):
            end = flag.end()
        return self.rest[:end], self.rest[end:]

    def flag(self, name: str) -> str:
        """Return what a flag says, nothing where it is not there."""
        return dict(self.flags).get(name, "")

    @property
    def words(self) -> list[str]:
        """The words that follow the flags, in either form."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return self.body.split()
        return [str(one) for one in found] if isinstance(found, list) else [str(found)]


def instructions(text: str) -> Iterator[Instruction]:
    """Yield the instructions of a Dockerfile, comments left out."""
    lines = iter(text.splitlines())
    while whole := _next(lines):
        while whole.endswith("\\"):
            whole = whole[:-1] + _next(lines)
        keyword, _, rest = whole.strip().partition(" ")
        for end in HEREDOC.findall(rest) if keyword.upper() in {"RUN", "COPY", "ADD"} else ():
            while (more := next(lines, end)).strip() != end:
                rest += f"\n{more}"
        yield Instruction(keyword.upper(), rest.strip())


def _next(lines: Iterator[str]) -> str:
    """Return the next line that is neither blank nor a comment, nothing at the end."""
    found = (line for line in lines if line.strip() and not line.lstrip().startswith("#"))
    return next(found, "").rstrip()


def expanded(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its variables replaced; one that is not known is empty."""

    def value(found: re.Match[str]) -> str:
        plain, braced, sign, word = found.groups()
        if not (plain or braced):
            return "$"
        known = values.get(plain or braced, "")
        match sign:
            case "-":
                return known or word
            case "+":
                return word if known else ""
        return known

    return VARIABLE.sub(value, text)


def pairs(rest: str) -> dict[str, str]:
    """Return the names and values that an `ARG` or an `ENV` sets; a name alone has none."""
    return {name: value for name, equals, value in _words(rest) if equals}


def names(rest: str) -> list[str]:
    """Return the names that an `ARG` declares."""
    return [name for name, _, _ in _words(rest)]


def _words(rest: str) -> list[tuple[str, str, str]]:
    try:
        return [word.partition("=") for word in shlex.split(rest)]
    except ValueError:
        # A quote without its other: Docker says so, with the line.
        return []
