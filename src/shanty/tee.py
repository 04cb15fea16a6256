"""What a command says, shown as it comes, with its end kept to learn from."""

import os
import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

KEPT_BYTES = 64 * 1024
CHUNK_BYTES = 16 * 1024
STDOUT, STDERR = 1, 2

# What a command is given for its output: file descriptors, or `None` for our own.
Streams = tuple[int | None, int | None]


class Tail:
    """The end of what was said: its last 64 KB."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def add(self, chunk: bytes) -> None:
        """Keep more, and forget what came first."""
        self._kept += chunk
        del self._kept[:-KEPT_BYTES]

    @property
    def text(self) -> str:
        """What is kept, as text with plain line ends."""
        return self._kept.decode(errors="replace").replace("\r\n", "\n")


@contextmanager
def showing(tail: Tail | None) -> Iterator[Streams]:
    """Yield pipes for a command's output and its errors, which go on to our own and to a tail.

    Both are one where ours are one, so that the order of the lines stays as it was.
    """
    if tail is None:
        yield None, None
        return
    with ExitStack() as stack:
        stdout = stack.enter_context(_copying(os.pipe(), STDOUT, tail))
        same = _is_same(STDOUT, STDERR)
        yield (
            stdout,
            stdout if same else stack.enter_context(_copying(os.pipe(), STDERR, tail)),
        )


@contextmanager
def showing_errors(tail: Tail) -> Iterator[int]:
    """Yield a pipe for a command's errors, which go on to our own and to a tail."""
    with _copying(os.pipe(), STDERR, tail) as stderr:
        yield stderr


@contextmanager
def showing_progress(tail: Tail | None) -> Iterator[Streams]:
    """Yield a stream for a command's errors alone; a terminal where ours are one.

    A build redraws its progress on a terminal, and so it is given one of the same size. Where
    there are no such things, the tail stays empty.
    """
    if tail is None:
        yield None, None
    elif not os.isatty(STDERR):
        with _copying(os.pipe(), STDERR, tail) as stderr:
            yield None, stderr
    elif sys.platform == "win32":
        yield None, None
    else:
        ends = os.openpty()
        with _sized(ends[1]), _copying(ends, STDERR, tail) as stderr:
            yield None, stderr


def _is_same(first: int, second: int) -> bool:
    with suppress(OSError):
        return os.path.sameopenfile(first, second)
    return False


@contextmanager
def _copying(ends: tuple[int, int], target: int, tail: Tail) -> Iterator[int]:
    """Copy what is written to a new stream, to the end of it; yield where to write."""
    source, written_to = ends
    thread = threading.Thread(target=_copy, args=(source, target, tail), daemon=True)
    thread.start()
    try:
        yield written_to
    finally:
        os.close(written_to)
        thread.join()


def _copy(source: int, target: int, tail: Tail) -> None:
    """Copy until the source ends, or the target does: then whoever writes is to see it."""
    with suppress(OSError):
        # A terminal whose other end is closed gives an error in place of an end.
        while chunk := os.read(source, CHUNK_BYTES):
            tail.add(chunk)
            _write(target, chunk)
    os.close(source)


def _write(target: int, chunk: bytes) -> None:
    while chunk:
        try:
            chunk = chunk[os.write(target, chunk) :]
        except BlockingIOError:
            # Whoever shares our output may have made it so.
            select.select([], [target], [])


@contextmanager
def _sized(terminal: int) -> Iterator[None]:
    """Keep a terminal as large as our own, which already ends lines as terminals do."""
    import termios  # noqa: PLC0415 - not on every system
    import tty  # noqa: PLC0415

    def resize(*_: object) -> None:
        with suppress(OSError):
            termios.tcsetwinsize(terminal, termios.tcgetwinsize(STDERR))

    tty.setraw(terminal)
    resize()
    before = signal.signal(signal.SIGWINCH, resize)
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, before)
