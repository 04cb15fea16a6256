"""Ctrl-C, SIGTERM and SIGHUP at any instant: one line, 130, and nothing left behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from invoke.context import Context
from invoke.tasks import Task

from shanty.interrupts import raised
from shanty.signals import SIGNALS, watch

EVERY_SIGNAL = pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
SECONDS = 20


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Give the signals back as they were, and begin with the system's own."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be one of the two commands, whose end is an exception."""

    def leave(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(sys, "argv", ["/usr/bin/shanty"])
    monkeypatch.setattr(os, "_exit", leave)


def current() -> list[object]:
    """Return what is done on each signal."""
    return [signal.getsignal(number) for number in SIGNALS]


# While no task is at work


@pytest.mark.parametrize(
    "command",
    ["shanty", "/bin/inv", "/bin/invoke", "invoke.exe", "/x/invoke/__main__.py", "-m"],
)
def test_both_doors_are_watched(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", [command])
    before = current()
    watch()
    assert not set(current()) & set(before)


@pytest.mark.parametrize("command", ["/bin/pytest", "/x/nox/__main__.py", "", "-c"])
def test_whoever_imports_it_otherwise_keeps_their_own(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [command])
    before = current()
    watch()
    assert current() == before


@pytest.mark.usefixtures("door")
def test_what_is_ignored_or_handled_stays_so() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    watch()
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


@EVERY_SIGNAL
@pytest.mark.usefixtures("door")
def test_it_ends_at_once(number: signal.Signals, capfd: pytest.CaptureFixture[str]) -> None:
    watch()
    with pytest.raises(SystemExit) as end:
        signal.raise_signal(number)
    assert end.value.code == 130
    assert capfd.readouterr() == ("", "interrupted\n")


@pytest.mark.usefixtures("door")
def test_it_ends_at_once_while_invoke_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    watch()
    monkeypatch.setitem(sys.modules, "invoke.tasks", ModuleType("invoke.tasks"))
    with pytest.raises(SystemExit):
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.usefixtures("door")
def test_it_ends_at_once_where_nobody_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    watch()
    monkeypatch.setattr(sys, "__stderr__", None)
    monkeypatch.setattr(os, "write", lambda *_: os.close(-1))
    with pytest.raises(SystemExit):
        signal.raise_signal(signal.SIGHUP)


@pytest.mark.parametrize("line", [["-m", "shanty"], ["-m", "invoke"]])
@EVERY_SIGNAL
def test_a_door_that_is_interrupted_while_it_opens_says_so(
    number: signal.Signals, line: list[str]
) -> None:
    """The process is one's own from the first import on, which sends the signal here."""
    code = (
        "import os, runpy, sys; import shanty.signals as watched; import shanty\n"
        f"sys.argv = [{line[1]!r}]; watched.watch()\n"
        f"os.kill(os.getpid(), {int(number)}); runpy.run_module({line[1]!r})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


# In tasks


def task(body: Callable[[Context], None], module: str) -> Callable[[], None]:
    """Return the call of a task whose body stands in a module."""
    body.__module__ = module
    return lambda: Task(body)(Context())


@EVERY_SIGNAL
@pytest.mark.usefixtures("door")
def test_a_task_of_somebody_elses_is_interrupted_as_ever(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    send = signal.raise_signal
    monkeypatch.setattr(signal, "raise_signal", sent.append)
    watch()

    def body(_: Context) -> None:
        send(number)

    run = task(body, "tasks")
    if number == signal.SIGINT:
        with pytest.raises(KeyboardInterrupt):
            run()
    else:
        run()
        assert sent == [number]
        assert signal.getsignal(number) == signal.SIG_DFL


@pytest.mark.usefixtures("door")
def test_before_the_first_line_of_a_task_of_ours_it_ends_at_once() -> None:
    watch()
    with pytest.raises(SystemExit):
        task(lambda _: signal.raise_signal(signal.SIGINT), "shanty.tasks.images")()


@EVERY_SIGNAL
def test_every_signal_is_raised_in_a_task_of_ours(number: signal.Signals) -> None:
    before = current()
    with pytest.raises(KeyboardInterrupt), raised():
        signal.raise_signal(number)
    assert current() == before


def test_a_signal_that_is_ignored_stays_so_in_a_task() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with raised():
        signal.raise_signal(signal.SIGHUP)


@pytest.mark.usefixtures("door")
def test_another_thread_has_no_signals() -> None:
    found: list[object] = []

    def look() -> None:
        watch()
        with raised():
            found.extend(current())

    before = current()
    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == before


class Fragile:
    """Something whose end is interrupted, where an exception is lost."""

    def __init__(self, fault: BaseException) -> None:
        self.fault = fault

    def __del__(self) -> None:
        raise self.fault


def test_an_interrupt_in_a_finalizer_comes_again() -> None:
    def fail() -> None:
        Fragile(KeyboardInterrupt())
        time.sleep(SECONDS)

    with pytest.raises(KeyboardInterrupt), raised():
        fail()


def test_another_fault_in_a_finalizer_is_shown_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    with raised():
        Fragile(OSError("a leak"))
    assert "OSError: a leak" in capsys.readouterr().err


def test_an_interrupt_within_exec_ends_with_the_exit_code_asked_for(tmp_path: Path) -> None:
    lines = (
        "import os, signal, sys",
        "from shanty.interrupts import raised",
        "try:",
        "    with raised():",
        "        exec('os.kill(os.getpid(), signal.SIGTERM)')",
        "except KeyboardInterrupt:",
        "    sys.exit(130)",
    )
    (tmp_path / "interrupted.py").write_text("\n".join(lines), encoding="utf-8")
    assert (
        subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, check=False).returncode
        == 130
    )
