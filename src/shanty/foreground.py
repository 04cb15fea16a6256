"""A command in the foreground: whose it is, the signals that reach it, and the end of it."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from shanty.owner import LABEL, VARIABLE, owner
from shanty.request import Request, remove_containers
from shanty.signals import SIGNALS

NOTHING: Mapping[str, Any] = {}
# How often it is looked whether a container has heeded a signal.
LOOK_SECONDS = 0.5
# For as long a container may be on its way, and its first process deaf: a signal may be lost.
START_SECONDS = 15
# How long the engine may take at most to make a container that nobody waits for any more.
LATE_SECONDS = 2


def owned(request: Request) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the words of a command and its environment, with what says whose it is.

    That is no part of what is announced: pasted into a shell, it would be a lie.
    """
    environment = {**os.environ, VARIABLE: owner(), **request.environment}
    if not request.is_owned:
        return request.arguments, environment
    program, verb, *others = request.arguments
    return (program, verb, "--label", f"{LABEL}={owner()}", *others), environment


class Foreground:
    """A command in the foreground, with the signals that came while it runs, in `received`.

    They are handed on as SIGTERM, but for those that are left to it, which has them from the
    terminal. A container that has not ended when patience is at an end is removed.
    """

    def __init__(self, request: Request, patience: float, left: Collection[signal.Signals]) -> None:
        self._request, self._patience, self._left = request, patience, left
        self._process: subprocess.Popen[bytes] | None = None
        self._over, self._insisting = threading.Event(), threading.Thread(target=self._insist)
        self._began = self._last = time.monotonic()
        self._was_seen = False
        self.received: list[int] = []

    def start(self, how: Mapping[str, Any]) -> "subprocess.Popen[bytes]":
        """Start the command, and hand on what came before there was anybody to be told."""
        arguments, environment = owned(self._request)
        self._process = subprocess.Popen(arguments, env=environment, **how)
        if self.received:
            self.hand_on(signal.SIGTERM)
        return self._process

    def hand_on(self, number: int, _frame: FrameType | None = None) -> None:
        """Note a signal, and hand it on."""
        self.received.append(number)
        self._last = time.monotonic()
        if self._process and number not in self._left:
            self._process.terminate()
            if self._request.is_owned and not self._insisting.ident:
                self._insisting.start()

    def end(self) -> None:
        """Leave no container behind after a signal."""
        self._over.set()
        if self._insisting.ident:
            self._insisting.join()
        if self.received and self._request.is_owned:
            self._remove()
            # Docker's client that is ended while it makes a container leaves that to the engine.
            while self._may_be_late and time.monotonic() - self._last < LATE_SECONDS:
                time.sleep(LOOK_SECONDS / 2)
                self._remove()

    @property
    def _may_be_late(self) -> bool:
        return not self._was_seen and self._last - self._began < START_SECONDS

    def _insist(self) -> None:
        """See to it that a container ends, whatever becomes of the first signal."""
        found = self._found()
        while not self._over.wait(LOOK_SECONDS):
            if time.monotonic() - self._last > self._patience:
                self._remove()
            elif found and self._last - self._began < START_SECONDS:
                ask(("docker", "kill", "--signal", "TERM", *found))
            found = self._found()

    def _remove(self) -> None:
        if found := self._found():
            ask(remove_containers(found).arguments)

    def _found(self) -> list[str]:
        """Return the container of the command: its own, not somebody else's of that name."""
        filters = (f"label={LABEL}={owner()}", f"name=^{self._request.container}$")
        words = [word for one in filters for word in ("--filter", one)]
        found = ask(("docker", "container", "list", "--all", "--quiet", *words)).split()
        self._was_seen = self._was_seen or bool(found)
        return found


def ask(words: tuple[str, ...]) -> str:
    """Return what a docker command prints, nothing of what it complains of."""
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


@contextmanager
def started(
    request: Request,
    patience: float,
    left: Collection[signal.Signals] = (),
    how: Mapping[str, Any] = NOTHING,
) -> Iterator[tuple["subprocess.Popen[bytes]", list[int]]]:
    """Start a command, and yield it with the list of the signals that came while it runs.

    After one of them, whenever it came, there is no container of it.
    """
    foreground = Foreground(request, patience, left)
    with _handling(foreground.hand_on):
        try:
            yield foreground.start(how), foreground.received
        finally:
            foreground.end()


@contextmanager
def _handling(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have a handler for the signals that end a task, but for one that is ignored here."""
    heeded = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    before = {number: signal.signal(number, handler) for number in heeded}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
