"""A fault: how it comes about, what is run then, and what a person has to be told."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from tests.faults.place import Outcome, Place

# Does what the fix says; returns the words of the task that has to pass then.
Mend = Callable[[Place, Outcome, tuple[str, ...]], tuple[str, ...]]

BUILD = "docker build $BUILD --tag {image} --file docker/Dockerfile ."
RUN = "docker run --rm --detach --name {image}-bare --publish 127.0.0.1:{port}:8888 {image}"
SERVE = f"{BUILD} && {RUN}"


@dataclass(frozen=True)
class Fault:
    """One fault with its points.

    `inject` makes it, and takes it away again where that is not the mending; `task` and `bare`,
    what one would type without Shanty, name the place's words in braces; `cause` is searched in
    the first line of the error; `seconds` count from the start, or with `afterwards` from the end
    of the last docker command; `mend` does what the fix says; `known` is why it does not get full
    marks, where it does not.
    """

    name: str
    inject: Callable[[Place], AbstractContextManager[None]]
    task: str
    code: int
    cause: str
    mend: Mend
    seconds: float = 1.0
    afterwards: bool = False
    bare: str = BUILD
    known: str = ""


FAULTS: list[Fault] = []


def fault(  # noqa: PLR0913
    name: str,
    task: str,
    *,
    code: int,
    cause: str,
    mend: Mend,
    seconds: float = 1.0,
    afterwards: bool = False,
    bare: str = BUILD,
    known: str = "",
) -> Callable[[Callable[[Place], Iterator[None]]], Callable[[Place], Iterator[None]]]:
    """Return what makes a fault of the generator that injects it, and takes it away."""

    def add(inject: Callable[[Place], Iterator[None]]) -> Callable[[Place], Iterator[None]]:
        manager = contextmanager(inject)
        FAULTS.append(
            Fault(name, manager, task, code, cause, mend, seconds, afterwards, bare, known)
        )
        return inject

    return add


def paste(place: Place, outcome: Outcome, task: tuple[str, ...]) -> tuple[str, ...]:
    """Run the fix as it stands, or the command after its words; it has to be fine."""
    assert outcome.fix_command, f"no command in {outcome.fix!r}"
    whole = outcome.fix.startswith(outcome.fix_command)
    line = outcome.fix if whole else outcome.fix_command
    done = place.shell(line)
    assert done.code == 0, f"{line}: {done.said}"
    return task


def with_option(_place: Place, outcome: Outcome, task: tuple[str, ...]) -> tuple[str, ...]:
    """Add the option of the fix to the task, or put its value in the place of the old one."""
    found = re.search(r"(--[a-z-]+) (\S+?)(?=[,;)]|$|\s)", outcome.fix)
    assert found, f"no option in {outcome.fix!r}"
    words = list(task)
    if found[1] in words:
        at = words.index(found[1])
        del words[at : at + 2]
    return (*words, found[1], found[2])


def by_hand(pattern: str, edit: Callable[[Place], object]) -> Mend:
    """Return an edit by hand, which the fix has to name by a pattern."""

    def mend(place: Place, outcome: Outcome, task: tuple[str, ...]) -> tuple[str, ...]:
        assert re.search(pattern, outcome.fix), f"{outcome.fix!r} does not say {pattern}"
        edit(place)
        return task

    return mend


def retype(pattern: str, words: str) -> Mend:
    """Return another line in place of the one typed, which the fix has to name by a pattern."""

    def mend(place: Place, outcome: Outcome, _task: tuple[str, ...]) -> tuple[str, ...]:
        assert re.search(pattern, outcome.fix), f"{outcome.fix!r} does not say {pattern}"
        return place.filled(words)

    return mend


def nothing(_place: Place, _outcome: Outcome, task: tuple[str, ...]) -> tuple[str, ...]:
    """Mend nothing: the task passes in spite of the fault."""
    return task
