"""Commands that a signal meets at some instant of their life, and what is left of them then."""

import os
import pty
import random
import re
import shutil
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path

import psutil

from tests.engine.support import CHECKOUT, docker, free_port, get, wait_for
from tests.faults.place import Place, traces

SAMPLE = CHECKOUT / "examples" / "coach_planner"
SOURCE = "src/coach_planner/__init__.py"
COMMANDS = ("build", "dev", "prod", "shell")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL)
# Within which no container is left.
SECONDS = 3
END_SECONDS = 20
PROMPT = b"\x1b[?2004h"
INTERRUPTED = 130
# The last line of a build that is done.
BUILT = re.compile(r":production  \d+ MB  [\d.]+ s\s*$")
# How long Python takes at most until it heeds this suite's first lines, which tell it what to do.
STARTUP_SECONDS = 0.25
PYTHON_INTERRUPTED = 1
OURS = re.compile(r"/shanty/(?!__init__|signals)|^shanty|interrupted", re.MULTILINE)


@dataclass
class Life:
    """A command under way: its process, what it has said, and its terminal if it has one."""

    process: "subprocess.Popen[bytes]"
    source: int
    said: bytearray = field(default_factory=bytearray)
    started: float = field(default_factory=time.monotonic)

    def read(self) -> None:
        """Take in what it says until nobody is left to say more."""
        with suppress(OSError):
            while chunk := os.read(self.source, 4096):
                self.said += chunk

    @property
    def text(self) -> str:
        """What it has said so far."""
        return self.said.decode(errors="replace")

    def type(self, text: bytes) -> None:
        """Type at its terminal."""
        with suppress(OSError):
            os.write(self.source, text)


def berth(folder: Path) -> Place:
    """Return a copy of the sample without its services, with a temporary folder of its own."""
    root = folder / "coach_planner"
    left = shutil.ignore_patterns("__pycache__", ".pytest_cache", "compose.yaml", "postgres*")
    shutil.copytree(SAMPLE, root, ignore=left)
    for name in ("tmp", "bin"):
        (folder / name).mkdir()
    return Place(root, folder / "tmp", f"interrupts-{os.getpid()}", free_port())


def scuttle(place: Place) -> None:
    """Remove the containers and images of a place."""
    if names := containers(place):
        docker("rm", "--force", "--volumes", *names)
    tags = docker("images", "--format", "{{.Repository}}:{{.Tag}}", place.image).stdout.split()
    if tags:
        docker("image", "rm", "--force", *tags)


def containers(place: Place) -> list[str]:
    """Return the containers of a place, by the names that they all have."""
    words = ("ps", "--all", "--filter", f"name={place.image}", "--format", "{{.Names}}")
    return docker(*words).stdout.split()


def clients(place: Place) -> list[psutil.Process]:
    """Return the processes that still work for a place."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            works = f"TMPDIR={place.temporary}\0".encode()
            environment = Path(f"/proc/{process.pid}/environ").read_bytes()
            if works in environment and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def change(place: Place) -> None:
    """Change a line of the source, so that there is something to build."""
    file = place.root / SOURCE
    text = re.sub(r"\n# Built \d+\n", "\n", file.read_text(encoding="utf-8"))
    file.write_text(f"{text}\n# Built {time.time_ns()}\n", encoding="utf-8")


@contextmanager
def under_way(place: Place, command: str, *words: str) -> Iterator[Life]:
    """Start a command as a terminal would; a shell has one of its own."""
    line = [sys.executable, "-m", "shanty", command, *words]
    near, far = pty.openpty() if command == "shell" else os.pipe()
    if command == "shell":
        termios.tcsetwinsize(far, (24, 200))
    process = subprocess.Popen(
        line,
        cwd=place.root,
        env=place.variables,
        stdin=far if command == "shell" else subprocess.DEVNULL,
        stdout=far,
        stderr=far,
        start_new_session=True,
        preexec_fn=_own_terminal if command == "shell" else None,  # noqa: PLW1509
    )
    os.close(far)
    life = Life(process, near)
    reader = threading.Thread(target=life.read, daemon=True)
    reader.start()
    try:
        yield life
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        reader.join(1)
        with suppress(OSError):
            os.close(near)


def _own_terminal() -> None:
    ioctl(0, termios.TIOCSCTTY, 0)


def is_ready(place: Place, command: str, life: Life) -> bool:
    """Tell whether a command has come as far as it gets by itself."""
    if command == "shell":
        return PROMPT in life.said or life.process.poll() is not None
    if command == "build":
        return life.process.poll() is not None
    return get(place.port, "/")[0] == 200


def send(life: Life, command: str, number: signal.Signals) -> None:
    """Send a signal as it is sent to such a command."""
    if number != signal.SIGINT:
        life.process.send_signal(number)
    elif command == "shell":
        life.type(b"\x03")
    else:
        os.killpg(life.process.pid, number)


@dataclass(frozen=True)
class Trial:
    """A command, a signal, and the instant of the one that meets the other."""

    command: str
    number: signal.Signals
    instant: float

    def faults(self, place: Place) -> list[str]:
        """Let it happen; return what was not as promised."""
        if self.command == "build":
            change(place)
        before = traces(place)
        with under_way(place, self.command) as life:
            time.sleep(max(0, self.instant - (time.monotonic() - life.started)))
            sent = time.monotonic()
            faults = []
            if life.process.poll() is None:
                send(life, self.command, self.number)
                faults = self._end(life)
            if self.number == signal.SIGKILL:
                done = place.shanty("ps")
                faults += [f"ps: {done.code} {done.stderr}"] if done.code else []
                sent = time.monotonic()
            faults += left(place, sent)
        return faults + [f"left: {one}" for one in traces(place).new(before)]

    def _end(self, life: Life) -> list[str]:
        """Wait for the end; return what is wrong with how it came."""
        if self.command == "shell" and self.number == signal.SIGINT:
            _leave_shell(life)
        try:
            code = life.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return [f"still there after {END_SECONDS} s: {life.text[-300:]!r}"]
        if self.number == signal.SIGKILL:
            return []
        time.sleep(0.05)
        if code == -self.number and BUILT.search(life.text):
            # All was done, and Python at its end has its own way with signals again.
            return []
        if not OURS.search(life.text) and code in {-self.number, PYTHON_INTERRUPTED}:
            # That is Python's own end, which has read nothing of this suite yet.
            return [] if self.instant < STARTUP_SECONDS else [f"Python ended by itself: {code}"]
        faults = [f"a traceback: {life.text[-900:]}"] if "Traceback" in life.text else []
        if code != INTERRUPTED:
            faults.append(f"exit code {code}: {life.text[-300:]!r}")
        return faults


def left(place: Place, since: float) -> list[str]:
    """Return what of containers and processes is left after some seconds."""
    while (found := containers(place)) and time.monotonic() - since < SECONDS:
        time.sleep(0.05)
    faults = [f"containers after {SECONDS} s: {found}"] if found else []
    while (working := clients(place)) and time.monotonic() - since < SECONDS:
        time.sleep(0.05)
    for process in working:
        with suppress(psutil.Error):
            faults.append(f"still at work: {process.cmdline()}")
            process.kill()
    return faults


def _leave_shell(life: Life) -> None:
    """Leave a shell that an interrupt at its prompt leaves open, as it should."""
    with suppress(subprocess.TimeoutExpired):
        life.process.wait(1)
        return
    wait_for(lambda: PROMPT in life.said or life.process.poll() is not None)
    life.type(b"exit 130\n")


def measure(place: Place, command: str) -> float:
    """Return the seconds of a command's life: until it is ready and a little longer, or over."""
    if command == "build":
        change(place)
    with under_way(place, command) as life:
        wait_for(lambda: is_ready(place, command, life), 240)
        seconds = time.monotonic() - life.started
        if command == "shell":
            life.type(b"exit\n")
        elif command != "build":
            life.process.terminate()
        code = life.process.wait(END_SECONDS)
        assert code == (130 if command in {"dev", "prod"} else 0), life.text
    return seconds if command == "build" else seconds + 1


def instants(life: float, count: int, seed: str) -> list[float]:
    """Return random instants spread over a life: one in each of as many equal parts of it."""
    source = random.Random(seed)  # noqa: S311 - no secret
    return [(part + source.random()) * life / count for part in range(count)]


def opened(
    line: list[str], place: Place, instant: float, number: signal.Signals
) -> tuple[int, str]:
    """Interrupt a command that needs no engine; return its exit code and its errors."""
    process = subprocess.Popen(
        line,
        cwd=place.root,
        env=place.variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    time.sleep(instant)
    process.send_signal(number)
    _, said = process.communicate(timeout=END_SECONDS)
    return process.returncode, said
