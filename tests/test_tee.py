"""What a command says, shown as it comes, with its end kept to learn from."""

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from shanty import tee
from shanty.tee import KEPT_BYTES, Streams, Tail, showing, showing_progress
from tests.fakes import DEADLINE_SECONDS


def say(streams: Streams, code: str) -> int:
    """Run a piece of Python with these streams, and return its exit code."""
    stdout, stderr = streams
    arguments = [sys.executable, "-c", code]
    return subprocess.run(arguments, stdout=stdout, stderr=stderr, check=False).returncode


def fill(target: int) -> int:
    """Write to a pipe until it takes no more, and return how many bytes it took."""
    filled = 0
    with suppress(BlockingIOError):
        while True:
            filled += os.write(target, b"." * 512)
    return filled


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, int]]:
    """Return both ends of a terminal of 30 lines and 100 columns that our errors go to."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (30, 100))
    monkeypatch.setattr(tee, "STDERR", theirs)
    yield ours, theirs
    os.close(ours)
    os.close(theirs)


# Pipes


def test_every_byte_goes_on_as_it_came_and_is_kept(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    tail = Tail()
    with showing(tail) as streams:
        say(streams, r"import os; os.write(1, b'\xff\r\n\0one'); os.write(2, b'two')")
    assert capfdbinary.readouterr() == (b"\xff\r\n\0one", b"two")
    assert sorted(tail.text) == sorted("\ufffd\n\0onetwo")


def test_no_more_than_the_end_is_kept(capfd: pytest.CaptureFixture[str]) -> None:
    tail = Tail()
    with showing(tail) as streams:
        say(streams, f"print('a' * 1_000_000 + 'b' * ({KEPT_BYTES} - 1))")
    assert len(capfd.readouterr().out) == 1_000_000 + KEPT_BYTES
    assert tail.text == "b" * (KEPT_BYTES - 1) + "\n"


def test_without_a_tail_the_streams_are_our_own() -> None:
    with showing(None) as streams:
        assert streams == (None, None)
    with showing_progress(None) as streams:
        assert streams == (None, None)


def test_where_output_and_errors_are_one_their_order_stays(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; from shanty.tee import Tail, showing\n"
        "with showing(Tail()) as (out, err):\n"
        "    code = 'import os\\nfor n in range(500): os.write(1 + n % 2, b\"%d \" % n)'\n"
        "    subprocess.run([sys.executable, '-c', code], stdout=out, stderr=err)"
    )
    with (tmp_path / "both").open("wb") as both:
        subprocess.run([sys.executable, "-c", code], stdout=both, stderr=both, check=True)
    assert (tmp_path / "both").read_text("utf-8").split() == [str(n) for n in range(500)]


def test_a_reader_that_is_slow_loses_nothing_though_it_made_our_output_impatient(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, target = os.pipe()
    os.set_blocking(target, False)
    filled = fill(target)
    full, wait = threading.Event(), select.select

    def waiting(reads: list[int], writes: list[int], errors: list[int]) -> object:
        full.set()
        return wait(reads, writes, errors)

    monkeypatch.setattr(select, "select", waiting)
    monkeypatch.setattr(tee, "STDOUT", target)
    with ThreadPoolExecutor() as pool, os.fdopen(source, "rb") as reader:
        read = pool.submit(lambda: full.wait(DEADLINE_SECONDS) and reader.read())
        with showing(Tail()) as streams:
            say(streams, "print('a' * 1_000_000)")
        os.close(target)
        assert read.result() == b"." * filled + b"a" * 1_000_000 + b"\n"


def test_a_reader_that_goes_away_ends_the_command_as_it_would_without_us() -> None:
    source, target = os.pipe()
    code = (
        "import subprocess, sys; from shanty.tee import Tail, showing\n"
        "with showing(Tail()) as (out, err):\n"
        "    code = 'while True: print(1, flush=True)'\n"
        "    done = subprocess.run([sys.executable, '-c', code], stdout=out, stderr=-3)\n"
        "sys.exit(done.returncode)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=target) as process:
        os.close(target)
        assert os.read(source, 1) == b"1"
        os.close(source)
        # Python ends with 1 or 120 on a pipe that is broken.
        assert process.wait(DEADLINE_SECONDS) in {1, 120}


def test_output_that_is_closed_is_another_than_the_errors(
    capfd: pytest.CaptureFixture[str],
) -> None:
    tail = Tail()
    closed = 9999
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tee, "STDOUT", closed)
        with showing(tail) as streams:
            assert streams[0] != streams[1]
            assert say(streams, "import os; os.write(2, b'said')") == 0
    assert capfd.readouterr() == ("", "said")


# Progress


def test_progress_in_a_pipe_is_kept_and_the_output_left_alone(
    capfd: pytest.CaptureFixture[str],
) -> None:
    tail = Tail()
    with showing_progress(tail) as streams:
        assert streams[0] is None
        say(streams, "import os; os.write(1, b'one'); os.write(2, b'two')")
    assert capfd.readouterr() == ("one", "two")
    assert tail.text == "two"


def test_progress_on_a_terminal_has_one_of_the_same_size(terminal: tuple[int, int]) -> None:
    tail = Tail()
    before = signal.getsignal(signal.SIGWINCH)
    with showing_progress(tail) as streams:
        code = (
            "import os; os.write(2, b'%d %d\\n' % (os.isatty(2), os.get_terminal_size(2).columns))"
        )
        say(streams, code)
        termios.tcsetwinsize(terminal[1], (30, 72))
        signal.raise_signal(signal.SIGWINCH)
        say(streams, code)
    assert tail.text == "1 100\n1 72\n"
    assert os.read(terminal[0], 100) == b"1 100\r\n1 72\r\n"
    assert signal.getsignal(signal.SIGWINCH) == before


def test_where_there_are_no_terminals_to_make_the_errors_are_our_own(
    terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert os.isatty(terminal[1])
    monkeypatch.setattr(sys, "platform", "win32")
    with showing_progress(Tail()) as streams:
        assert streams == (None, None)


def test_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    with showing(Tail()) as streams:
        say(streams, "print()")
    assert threading.active_count() == before
