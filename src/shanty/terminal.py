"""Announcing a request and carrying it out in the person's own terminal."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from shanty.request import Request

INTERRUPTED = 130


def is_terminal() -> bool:
    """Tell whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def announce(request: Request, *, dry: bool = False) -> None:
    """Say the command line: on standard error, or as the output itself when nothing will run."""
    stream = sys.stdout if dry else sys.stderr
    mark = (
        "\x1b[1mshanty >\x1b[0m" if stream.isatty() and "NO_COLOR" not in os.environ else "shanty >"
    )
    print(mark, request.line, file=stream, flush=True)


def execute(request: Request) -> int:
    """Run the command with this terminal as its own; return its exit code.

    Docker's client passes signals on to the container, so it is left to end by itself: the
    interrupt reaches it from the terminal, what is sent to this process alone is handed on.
    """
    process = subprocess.Popen(request.arguments, env={**os.environ, **request.environment})
    with _handing_on(process, {signal.SIGTERM, _hangup()}, ignored={signal.SIGINT}):
        return process.wait()


def execute_server(request: Request) -> int:
    """Run a server that needs no input; on an interrupt stop it as `docker stop` would.

    It stands apart from the terminal's signals, for SIGINT would cut off requests in flight.
    Returns 130 after an interrupt.
    """
    apart = {"process_group": 0} if os.name == "posix" else {}
    process = subprocess.Popen(  # type: ignore[call-overload]
        request.arguments,
        env={**os.environ, **request.environment},
        stdin=subprocess.DEVNULL,
        **apart,
    )
    with _handing_on(process, {signal.SIGINT, signal.SIGTERM, _hangup()}) as received:
        code: int = process.wait()
    return INTERRUPTED if received else code


def execute_quietly(request: Request) -> int:
    """Run the command with its output hidden; return its exit code."""
    environment = {**os.environ, **request.environment}
    return subprocess.run(
        request.arguments, env=environment, capture_output=True, check=False
    ).returncode


def _hangup() -> signal.Signals:
    return getattr(signal, "SIGHUP", signal.SIGTERM)


@contextmanager
def _handing_on(
    process: "subprocess.Popen[bytes]",
    passed: set[signal.Signals],
    ignored: set[signal.Signals] = frozenset(),  # type: ignore[assignment]
) -> Iterator[list[int]]:
    """Hand signals on to a process as SIGTERM, and yield the list of those that came."""
    received: list[int] = []

    def hand_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        process.terminate()

    before = {number: signal.signal(number, hand_on) for number in passed}
    before |= {number: signal.signal(number, signal.SIG_IGN) for number in ignored}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
