"""Ctrl-C, SIGTERM and SIGHUP while a task is at work: it cleans up, and ends with 130."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from shanty.signals import SIGNALS

# How long after an interrupt that nobody could be told of it comes again.
AGAIN_SECONDS = 0.01


class Interrupted(KeyboardInterrupt):
    """An interrupt that is answered for.

    After a `KeyboardInterrupt` of exactly that class out of `exec`, as dataclasses use it, Python
    ends itself by SIGINT, whatever exit code was asked for.
    """


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
    timers: list[threading.Timer] = []
    try:
        sys.unraisablehook = partial(_again, timers)
        for number in heeded:
            signal.signal(number, _raise)
        yield
    finally:
        sys.unraisablehook = hook
        for timer in timers:
            # Once the task is over it would meet the end of Python.
            timer.cancel()
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted


def _again(timers: list[threading.Timer], unraisable: "sys.UnraisableHookArgs") -> None:
    """Send an interrupt again that came where no exception can, as in a finalizer."""
    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        # Once this is over, for it would be lost here too.
        timers.append(threading.Timer(AGAIN_SECONDS, os.kill, (os.getpid(), signal.SIGINT)))
        timers[-1].start()
    else:
        sys.__unraisablehook__(unraisable)
