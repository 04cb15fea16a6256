"""Announcing a request and carrying it out in the person's own terminal."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TextIO

from shanty.foreground import NOTHING, owned, started
from shanty.request import Request
from shanty.signals import INTERRUPTED
from shanty.tee import STDERR, Streams, Tail, showing, showing_errors, showing_progress

# How long a container may take to end, as Docker has it.
STOP_SECONDS = 10
# One with requests in flight, as `container.STOP_TIMEOUT` has it, and a little more.
DRAIN_SECONDS = 45
# What docker itself ends with where it starts nothing.
NOT_STARTED = 125
# What it says where Ctrl-C has come by the container's own terminal, before its first command.
STOPPED = re.compile(r"cannot start a (?:stopped process|container that has stopped)")
# Apart from the terminal's signals.
APART: Mapping[str, Any] = {"process_group": 0} if os.name == "posix" else {}
# How long it takes at most until a step beside a command is taken.
STEP_SECONDS = 0.25


def is_terminal() -> bool:
    """Tell whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def announce(request: Request, *, dry: bool = False) -> None:
    """Say the command line: on standard error, or as the output itself when nothing will run."""
    stream = sys.stdout if dry else sys.stderr
    mark = (
        "\x1b[1mshanty >\x1b[0m"
        if stream.isatty() and not os.environ.get("NO_COLOR")
        else "shanty >"
    )
    print(mark, request.line, file=stream, end=_line_end(stream), flush=True)


def say(text: str) -> None:
    """Say what is worth knowing and asks for nothing, on standard error."""
    end = _line_end(sys.stderr)
    print(f"shanty: {text}".replace("\n", end), file=sys.stderr, end=end, flush=True)


def _line_end(stream: TextIO) -> str:
    """Return the end of a line: a whole one where a container has the terminal as its own."""
    if sys.platform != "win32" and stream.isatty():
        import termios  # noqa: PLC0415 - not on every system

        with suppress(OSError, ValueError, termios.error):
            return "\n" if termios.tcgetattr(stream)[1] & termios.OPOST else "\r\n"
    return "\n"


def execute(request: Request, patience: float = STOP_SECONDS) -> int:
    """Run the command with this terminal as its own; return its exit code, or 130.

    Docker's client passes signals on to the container, so it is left to end by itself: the
    interrupt reaches it from the terminal, what is sent to this process alone is handed on. A
    container that does not heed that in time is removed.
    """
    if "--tty" not in request.arguments:
        code, received = _execute(request, patience)
    else:
        # What a container says on a terminal goes where its output does: this is Docker's alone.
        tail = Tail()
        with showing_errors(tail) as stderr:
            code, received = _execute(request, patience, {"stderr": stderr})
        if STOPPED.search(tail.text):
            received.append(signal.SIGINT)
    # An interrupt is the command's own to answer, unless it came before there was one.
    is_unanswered = code == NOT_STARTED or set(received) - {signal.SIGINT}
    return INTERRUPTED if received and is_unanswered else code


def execute_joined(request: Request, end: Request) -> int:
    """Run a command in a container that goes on after it; return its exit code, 130 on a signal.

    What is run in a container outlives the client that asked for it: a second request ends it.
    """
    code, received = _execute(request, STOP_SECONDS)
    if not received:
        return code
    execute_quietly(end)
    return INTERRUPTED


def _execute(
    request: Request, patience: float, how: Mapping[str, Any] = NOTHING
) -> tuple[int, list[int]]:
    """Run the command in this terminal; return its exit code and the signals that came."""
    with started(request, patience, {signal.SIGINT}, how) as (process, received):
        return _exit_code(process.wait()), received


def execute_step(
    request: Request, tail: Tail | None = None, beside: Callable[[], bool] | None = None
) -> int:
    """Run a command that has no exit codes of its own to pass on; return the one it has.

    Raises `KeyboardInterrupt` after an interrupt. What it says is kept in a tail that is given.
    What goes on beside it is called again and again, and tells whether it has ended the command:
    then that is no interrupt.
    """
    with showing(tail) as streams:
        return _execute_step(request, streams, beside)


def execute_aside(request: Request, tail: Tail | None = None) -> int:
    """Run a step whose output is no part of the task's own: it goes where errors do.

    What it says of errors is kept in a tail that is given.
    """
    with showing_progress(tail) as (_, stderr):
        return _execute_step(request, (STDERR, stderr))


def execute_build(request: Request, tail: Tail | None = None) -> int:
    """Run a step that draws its progress on the terminal, where there is one."""
    with showing_progress(tail) as streams:
        return _execute_step(request, streams)


def _execute_step(
    request: Request, streams: Streams, beside: Callable[[], bool] | None = None
) -> int:
    stdout, stderr = streams
    # A container that has no terminal is told as Docker would stop it; a build draws on ours.
    is_apart = request.is_owned and "--interactive" not in request.arguments
    left = () if is_apart else {signal.SIGINT}
    how: Mapping[str, Any] = {"stdout": stdout, "stderr": stderr, **(APART if is_apart else {})}
    with started(request, STOP_SECONDS, left, how) as (process, received):
        ended = beside is not None and _attend(process, beside)
        code = _exit_code(process.wait())
    if received or (code == INTERRUPTED and not ended):
        raise KeyboardInterrupt
    return code


def _attend(process: "subprocess.Popen[bytes]", beside: Callable[[], bool]) -> bool:
    """Let something go on beside a process until either ends; tell whether it was the other."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(STEP_SECONDS)
            return False
        try:
            if beside():
                return True
        except BaseException:
            process.terminate()
            process.wait()
            raise


def execute_server(request: Request, tail: Tail | None = None) -> int:
    """Run a server that needs no input; on an interrupt stop it as `docker stop` would.

    It stands apart from the terminal's signals, for SIGINT would cut off requests in flight.
    What it says is kept in a tail that is given. Returns 130 after an interrupt.
    """
    with showing(tail) as (stdout, stderr):
        how = {"stdin": subprocess.DEVNULL, "stdout": stdout, "stderr": stderr, **APART}
        with started(request, DRAIN_SECONDS, how=how) as (process, received):
            code = process.wait()
    return INTERRUPTED if received else _exit_code(code)


def execute_quietly(request: Request) -> int:
    """Run the command with its output hidden; return its exit code."""
    words, environment = owned(request)
    return subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=False).returncode


def execute_listening(request: Request) -> tuple[int, str]:
    """Run the command with its output hidden; return its exit code and what its errors say."""
    environment = {**os.environ, **request.environment}
    done = subprocess.run(request.arguments, env=environment, capture_output=True, check=False)
    return done.returncode, done.stderr.decode(errors="replace")


def execute_silently(request: Request) -> None:
    """Run a command whose failure changes nothing, and which nobody is to see."""
    subprocess.run(request.arguments, capture_output=True, check=False)


def _exit_code(code: int) -> int:
    """Return an exit code as a shell gives it: 128 and the signal that ended the process."""
    return code if code >= 0 else 128 - code
