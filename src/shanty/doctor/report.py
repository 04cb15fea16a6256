"""Telling what was found: to a person, a line a check, and to a script."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict

from shanty.doctor.finding import FINE, NOTE, PROBLEM, SKIPPED, Finding
from shanty.door import door
from shanty.errors import RunError

COLOURS = {FINE: "32", NOTE: "33", PROBLEM: "1;31", SKIPPED: "2"}
MARKS = {FINE: "ok", NOTE: "note", PROBLEM: "problem", SKIPPED: "-"}


def as_lines(findings: Sequence[Finding]) -> str:
    """Return the findings for a person: what is not fine has its reason and its cure below it."""
    lines = []
    for one in findings:
        lines.append(f"{_mark(one.state)}  {one.check:12}  {one.what}")
        if one.why:
            lines.append(f"{'':23}why: {one.why}")
        if one.fix:
            lines.append(f"{'':23}fix: {one.fix}")
    # A name may be in no encoding at all.
    return "\n".join(lines).encode(errors="backslashreplace").decode()


def _mark(state: str) -> str:
    mark = f"{MARKS[state]:7}"
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return f"\x1b[{COLOURS[state]}m{mark}\x1b[0m" if coloured else mark


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings for a script."""
    return json.dumps([asdict(one) for one in findings], indent=2)


def require(findings: Sequence[Finding]) -> None:
    """Raise `RunError` that names the checks that found a problem, if there are any."""
    names = list(dict.fromkeys(one.check for one in findings if one.state == PROBLEM))
    if names:
        found = "1 check" if len(names) == 1 else f"{len(names)} checks"
        raise RunError(
            f"{found} found a problem: {', '.join(names)}",
            f"do what each fix above says, then: {door()} doctor",
        )
