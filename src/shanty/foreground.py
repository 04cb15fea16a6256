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
from shanty.request import Request, remove_containers, stop
from shanty.signals import SIGNALS

Process = subprocess.Popen[bytes]
NOTHING: Mapping[str, Any] = {}
# How often it is looked whether a signal has arrived.
LOOK_SECONDS = 0.5


def owned(request: Request) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the words of a command and its environment, with what says whose it is.

    That is no part of what is announced: pasted into a shell, it would be a lie.
    """
    environment = {**os.environ, VARIABLE: owner(), **request.environment}
    if not request.is_owned:
        return request.arguments, environment
    program, verb, *others = request.arguments
    return (program, verb, "--label", f"{LABEL}={owner()}", *others), environment


@contextmanager
def started(
    request: Request,
    patience: float,
    left: Collection[signal.Signals] = (),
    how: Mapping[str, Any] = NOTHING,
) -> Iterator[tuple[Process, list[int]]]:
    """Start a command, and yield it with the list of the signals that came while it runs.

    They are handed on as SIGTERM, but for those that are left to it, which has them from the
    terminal. After one of them its container is gone, at once when patience is at an end.
    """
    received: list[int] = []
    process: Process | None = None
    since, over = time.time(), threading.Event()
    words = (request, since, patience, over)
    insisting = threading.Thread(target=_insist, args=words, daemon=True)

    def hand_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        if process and number not in left:
            process.terminate()
            if request.is_owned and not insisting.ident:
                insisting.start()

    with _handling(hand_on):
        arguments, environment = owned(request)
        process = subprocess.Popen(arguments, env=environment, **how)
        try:
            if received:
                # It came before there was anybody to be told.
                hand_on(signal.SIGTERM, None)
            yield process, received
        finally:
            over.set()
            if received:
                _remove(request)


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


def _insist(request: Request, since: float, patience: float, over: threading.Event) -> None:
    """See to it that a container ends: Docker's client loses a signal while it starts one."""
    deadline = time.monotonic() + patience
    while not over.wait(LOOK_SECONDS):
        if time.monotonic() > deadline:
            _remove(request)
            return
        if not _is_told(request, since) and (found := _containers(request)):
            _ask(stop(found).arguments)


def _is_told(request: Request, since: float) -> bool:
    """Tell whether a container has been sent a signal, as far as the engine knows."""
    filters = (f"container={request.container}", "event=kill")
    times = ("--since", f"{since:.3f}", "--until", f"{time.time():.3f}")
    return bool(_ask(("docker", "system", "events", *times, *_filtered(filters))))


def _remove(request: Request) -> None:
    """Remove the container of a command, where it is still there."""
    if request.is_owned and (found := _containers(request)):
        _ask(remove_containers(found).arguments)


def _containers(request: Request) -> list[str]:
    """Return the container of a command: its own, not somebody else's of that name."""
    filters = (f"label={LABEL}={owner()}", f"name=^{request.container}$")
    words = ("docker", "container", "list", "--all", "--quiet")
    return _ask((*words, *_filtered(filters))).split()


def _filtered(filters: Collection[str]) -> list[str]:
    return [word for one in filters for word in ("--filter", one)]


def _ask(words: tuple[str, ...]) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout
