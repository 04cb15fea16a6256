"""Ctrl-C, SIGTERM and SIGHUP while no task is at work: one line, and 130.

It is imported before all else, so it imports next to nothing itself.
"""

import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

INTERRUPTED = 130
NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))
DOORS = {"invoke", "inv", "shanty"}


def watch() -> None:
    """From here on, end at once on a signal that comes while no task is at work.

    That is while this suite is imported, in Invoke's own code, and at the exit: there is nothing to
    clean up yet, or no more. Only the two commands do so; whoever imports it otherwise does not.
    """
    if is_command():
        for number in SIGNALS:
            if signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}:
                try:
                    signal.signal(number, _end)
                except ValueError:
                    # Another thread than the main one has no say in this.
                    return


def is_command() -> bool:
    """Tell whether this process is one of the two doors."""
    folder, command = os.path.split(sys.argv[0])
    name = os.path.basename(folder) if command == "__main__.py" else command.partition(".")[0]  # noqa: PTH119
    # What stands there while Python looks for the module to run.
    return name in DOORS or name == "-m"


def _end(number: int, frame: "FrameType | None") -> None:
    """End the process, unless a task of somebody else's is at work: to that it is as ever."""
    if _is_in_foreign_task(frame):
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(number)
        return
    for say in (_flush, _say):
        try:
            say()
        except (OSError, RuntimeError, ValueError):
            # Nobody reads it, or somebody is writing this very moment.
            continue
    os._exit(INTERRUPTED)


def _flush() -> None:
    sys.stdout.flush()


def _say() -> None:
    os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, b"interrupted\n")


def _is_in_foreign_task(frame: "FrameType | None") -> bool:
    # It may be just being imported.
    task = getattr(sys.modules.get("invoke.tasks"), "Task", None)
    while task and frame:
        if frame.f_code is task.__call__.__code__:
            return not frame.f_locals["self"].body.__module__.startswith("shanty.")
        frame = frame.f_back
    return False
