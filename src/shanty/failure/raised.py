"""The exceptions of a log, as Python prints them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TRACEBACK = re.compile(
    r"Traceback \(most recent call last\):\n"
    # What the app prints meanwhile may stand among them.
    r"(?P<frames>(?:(?![\w.]+(?::|$)|Traceback).*\n)*)"
    r"(?P<kind>[\w.]+)(?=:|$)"
    # It may be of several lines: up to the next exception, or a line of a server's log.
    r"(?:: (?P<message>.*(?:\n(?!Traceback|The above|During|\[|[A-Z]+: ).*){0,60}))?",
    re.MULTILINE,
)
CHAINED = re.compile(r"^(?:The above exception was|During handling of the above)", re.MULTILINE)
# Before the lines of an exception group, and around the colours of a terminal.
MARGIN = re.compile(r"^ *[|+] ?|\x1b\[[\d;]*m", re.MULTILINE)
OUTSIDE = re.compile(r"^(?P<kind>[\w.]+(?:Error|Exception|Exit|Configured))(?:: (?P<message>.*))?$")


@dataclass(frozen=True)
class Raised:
    """An exception: its full name, what it says over all its lines, and how it came about."""

    kind: str
    message: str
    frames: str = ""

    @property
    def name(self) -> str:
        """The name of its class."""
        return self.kind.rpartition(".")[2]

    @property
    def first_said(self) -> str:
        """The first line of what it says."""
        return self.message.partition("\n")[0].strip()

    @property
    def first_line(self) -> str:
        """What Python prints of it first."""
        return f"{self.kind}: {self.first_said}" if self.first_said else self.kind

    @property
    def source_line(self) -> str:
        """The line of source that raised it."""
        lines = [line.strip() for line in self.frames.splitlines()]
        return next((line for line in reversed(lines) if set(line) - set("~^ ")), "")


def chains(log: str) -> Iterator[list[Raised]]:
    """Yield the exceptions of a log, the last ones first: each chain from its end to its cause."""
    text = MARGIN.sub("", log)
    chain: list[Raised] = []
    found = list(TRACEBACK.finditer(text))
    for number, one in reversed(list(enumerate(found))):
        chain.append(Raised(one["kind"], (one["message"] or "").rstrip(), one["frames"]))
        before = found[number - 1].end() if number else one.start()
        if not CHAINED.search(text, before, one.start()):
            yield chain
            chain = []


def without_traceback(log: str) -> list[Raised]:
    """Return the exceptions that a log names on lines of their own, the last ones first."""
    outside = TRACEBACK.sub("", MARGIN.sub("", log))
    found = (OUTSIDE.match(line) for line in reversed(outside.splitlines()))
    return [Raised(one["kind"], one["message"] or "") for one in found if one]
