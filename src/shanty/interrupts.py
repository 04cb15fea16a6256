"""Ctrl-C, SIGTERM and SIGHUP at any instant: one line, 130, and nothing left behind."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

INTERRUPTED = 130
NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
# How long after an interrupt that nobody could be told of it comes again.
AGAIN_SECONDS = 0.01


def watch() -> None:
    """From here on, end at once on a signal that comes while no task is at work.

    That is while this suite is imported, in Invoke's own code, and at the exit: there is nothing to
    clean up yet, or no more. Only the two commands do so; whoever imports it otherwise does not.
    """
    if _is_command() and threading.current_thread() is threading.main_thread():
        for number in SIGNALS:
            if signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
                signal.signal(number, _end)


def _is_command() -> bool:
    """Tell whether this process is one of the two doors."""
    command = Path(sys.argv[0])
    # `-m` is what stands there while Python looks for the module to run.
    name = command.parent.name if command.name == "__main__.py" else command.stem
    return name in {"invoke", "inv", "shanty", "-m"}


def _end(number: int, frame: FrameType | None) -> None:
    """End the process, unless a task of somebody else's is at work: to that it is as ever."""
    if _is_in_foreign_task(frame):
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
        return
    with suppress(OSError, RuntimeError, ValueError):
        sys.stdout.flush()
    with suppress(OSError):
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, b"interrupted\n")
    os._exit(INTERRUPTED)


def _is_in_foreign_task(frame: FrameType | None) -> bool:
    tasks = sys.modules.get("invoke.tasks")
    while tasks and frame:
        if frame.f_code is tasks.Task.__call__.__code__:
            return not frame.f_locals["self"].body.__module__.startswith("shanty.")
        frame = frame.f_back
    return False


@contextmanager
def raised() -> Iterator[None]:
    """Let each of the signals come as `KeyboardInterrupt`, but for one that is ignored here.

    `nohup` has SIGHUP ignored, and a shell SIGINT in what it runs in the background.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heeded = [one for one in SIGNALS if signal.getsignal(one) is not signal.SIG_IGN]
    before, hook = {one: signal.getsignal(one) for one in heeded}, sys.unraisablehook
    try:
        sys.unraisablehook = _again
        for number in heeded:
            signal.signal(number, _raise)
        yield
    finally:
        sys.unraisablehook = hook
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _again(unraisable: "sys.UnraisableHookArgs") -> None:
    """Send an interrupt again that came where no exception can, as in a finalizer."""
    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        # Once this is over, for it would be lost here too.
        threading.Timer(AGAIN_SECONDS, os.kill, (os.getpid(), signal.SIGINT)).start()
    else:
        sys.__unraisablehook__(unraisable)
