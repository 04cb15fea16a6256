"""The points of a fault: what was promised of it, and whether that was so."""

import re
import sys
from dataclasses import dataclass, field

from tests.engine.support import docker
from tests.faults.fault import Fault
from tests.faults.place import Outcome, Place, traces

POINTS = ("code", "cause", "fix", "plain", "fast", "clean", "mended")
TRIES = 5
OWN_TRACEBACK = re.compile(r'File "[^"]*(/shanty/|/invoke/|python_on_whales|/tests/faults)')
ADVICE = re.compile(
    r"(?i)\b(try|run|use|see|install|is the docker daemon running)\b.*\w|^fix: ", re.MULTILINE
)


@dataclass
class Judged:
    """A fault with the points that it got, and what was seen where it did not get one."""

    fault: Fault
    outcome: Outcome
    points: dict[str, bool] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)

    @property
    def is_full(self) -> bool:
        """Whether nothing is missing."""
        return all(self.points[name] for name in POINTS)

    def give(self, name: str, got: bool, seen: object) -> None:  # noqa: FBT001
        """Give a point or not."""
        self.points[name] = got
        if not got:
            self.seen[name] = str(seen)


def judge(fault: Fault, place: Place) -> Judged:
    """Inject a fault, run its task, do what the fix says and run it again."""
    with fault.inject(place):
        before = traces(place)
        outcome = _run(fault, place)
        judged = Judged(fault, outcome)
        _judge_words(judged, fault, outcome)
        if not outcome.code:
            # What was asked for is no leftover.
            place.shanty("clean")
        new = traces(place).new(before)
        leaked = [secret for secret in place.secrets if secret in outcome.said]
        judged.give("clean", not new and not leaked, new or "a secret was printed")
        judged.give("mended", *_mended(fault, place, outcome))
    place.shanty("stop")
    return judged


def _run(fault: Fault, place: Place) -> Outcome:
    """Run the task; where it took too long, again, for a machine has slow moments."""
    task = place.filled(fault.task)
    outcome = place.shanty(*task)
    for _ in range(TRIES - 1):
        if outcome.took(fault.afterwards) <= fault.seconds or outcome.code != fault.code:
            break
        outcome = place.shanty(*task)
    return outcome


def _judge_words(judged: Judged, fault: Fault, outcome: Outcome) -> None:
    judged.give("code", outcome.code == fault.code, outcome.code)
    judged.give("cause", bool(re.search(fault.cause, outcome.cause)), outcome.cause)
    judged.give("fix", bool(outcome.fix) or not fault.code, outcome.stderr[-300:])
    judged.give("plain", not OWN_TRACEBACK.search(outcome.said), "a traceback")
    seconds = outcome.took(fault.afterwards)
    judged.give("fast", seconds <= fault.seconds, f"{seconds:.2f} s")


def _mended(fault: Fault, place: Place, outcome: Outcome) -> tuple[bool, str]:
    if not fault.code:
        # What passes in spite of a fault has nothing to mend.
        return outcome.code == 0, outcome.stderr[-300:]
    try:
        task = fault.mend(place, outcome, place.filled(fault.task))
    except AssertionError as error:
        return False, str(error)
    again = place.shanty(*task)
    return again.code == 0, f"{task}: {again.code}: {again.stderr[-300:]}"


def judge_bare(fault: Fault, place: Place) -> Judged:
    """Inject a fault and run the bare docker commands, judged with the benefit of the doubt.

    Any error is taken to name the cause, any advice is a fix that works, and any code but 0 is the
    right one: what they get is the most that they could.
    """
    with fault.inject(place):
        before = traces(place)
        line = fault.bare.format(**place.known)
        outcome = place.shell(line)
        judged = Judged(fault, outcome)
        judged.give("code", bool(outcome.code) == bool(fault.code), outcome.code)
        failed = bool(outcome.code and outcome.stderr.strip())
        judged.give("cause", failed or not fault.code, outcome.said[-200:])
        judged.give("fix", not fault.code or bool(ADVICE.search(outcome.said)), outcome.said[-200:])
        judged.give("plain", not OWN_TRACEBACK.search(outcome.said), "a traceback")
        seconds = outcome.took(fault.afterwards)
        judged.give("fast", seconds <= fault.seconds, f"{seconds:.2f} s")
        if not outcome.code:
            # What was asked for is no leftover.
            docker("rm", "--force", f"{place.image}-bare", code=None)
        new = traces(place).new(before)
        leaked = [secret for secret in place.secrets if secret in outcome.said]
        judged.give("clean", not new and not leaked, new or "a secret was printed")
    judged.give("mended", judged.points["fix"] and judged.points["code"], "no fix was told")
    return judged


def table(found: list[Judged]) -> str:
    """Return the points of all faults as a table in Markdown, and what is missing below it."""
    rows = ["| fault | " + " | ".join(POINTS) + " |", "|---" * (len(POINTS) + 1) + "|"]
    for one in found:
        marks = ("✓" if one.points[name] else "✗" for name in POINTS)
        rows.append(f"| {one.fault.name} | {' | '.join(marks)} |")
    full = sum(one.is_full for one in found)
    points = sum(sum(one.points.values()) for one in found)
    rows += ["", f"full marks: {full} of {len(found)} ({100 * full / max(len(found), 1):.0f} %); "]
    rows[-1] += f"points: {points} of {len(found) * len(POINTS)}"
    for one in found:
        rows += [f"- {one.fault.name}: {name}: {seen!r}" for name, seen in one.seen.items()]
    return "\n".join(rows)


def show(text: str) -> None:
    """Show a table where pytest does not take it away."""
    print(text, file=sys.__stdout__, flush=True)
