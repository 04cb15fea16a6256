"""A container on trial: started, waited for, looked into, stopped, and always removed."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shanty import engine, request, terminal
from shanty.errors import RunError
from shanty.request import Request
from shanty.verify.http import HOST

LISTENERS = Path(__file__).parent / "inside" / "listeners.py"
POLL_SECONDS = 0.05
READY_SECONDS = 60
# How often to look where else it listens: one that is about to start may listen to nothing yet.
LOOK_SECONDS = 1.5


@dataclass(frozen=True)
class Listener:
    """What accepts connections: its port, whether from the container alone, and whose it is.

    `is_server` is true for process 1 and for what that one has started.
    """

    port: int
    loopback: bool
    is_server: bool


@dataclass(frozen=True)
class Insides:
    """The first process's command, and what listens."""

    command: tuple[str, ...]
    listeners: tuple[Listener, ...]


@dataclass(frozen=True)
class Running:
    """A container by its name, with the port here and the one inside."""

    name: str
    port: int
    inner_port: int

    def wait(self) -> str:
        """Wait for an answer; return `answers`, `ended`, `elsewhere` or `silent`."""
        started, looks = time.monotonic(), 0
        while (passed := time.monotonic() - started) < READY_SECONDS:
            if engine.answers(HOST, self.port):
                return "answers"
            if not engine.state(self.name).is_running:
                return "ended"
            if passed > (looks + 1) * LOOK_SECONDS:
                looks += 1
                if self.elsewhere() and looks > 1:
                    return "elsewhere"
            time.sleep(POLL_SECONDS)
        return "silent"

    def elsewhere(self) -> tuple[Listener, ...]:
        """Return what listens, nothing while one of it can be reached where it should be."""
        found = self.insides().listeners
        reached = any(one.port == self.inner_port and not one.loopback for one in found)
        return () if reached else found

    def insides(self) -> Insides:
        """Return what the container's own processes show; nothing once it has ended."""
        script = LISTENERS.read_text(encoding="utf-8")
        try:
            told = json.loads(engine.run_inside(self.name, ("python", "-I", "-c", script)))
        except RunError:
            return Insides((), ())
        return Insides(
            tuple(told["command"]), tuple(Listener(*values) for values in told["listeners"])
        )

    def wait_for_health(self, seconds: float) -> bool:
        """Wait until the engine calls the container healthy; tell whether it did."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if engine.state(self.name).is_healthy:
                return True
            time.sleep(POLL_SECONDS)
        return False

    def last_probe(self) -> str:
        """Return what the last health check said."""
        return engine.state(self.name).last_probe

    def stop(self) -> tuple[float, int]:
        """Stop the container; return the seconds from the signal to its end, and its exit code."""
        since, started = datetime.now(UTC), time.monotonic()
        terminal.execute_quietly(request.stop([self.name]))
        seconds = time.monotonic() - started
        state = engine.state(self.name)
        return engine.seconds_to_end(self.name, since) or seconds, state.exit_code

    def start_again(self) -> None:
        """Start the container once more."""
        terminal.execute_quietly(request.start(self.name))


@contextmanager
def running(asked: Request, port: int, inner_port: int) -> Iterator[Running]:
    """Start a container and yield it; remove it at the end.

    Raises `RunError` when Docker cannot start it.
    """
    try:
        if terminal.execute_quietly(asked):
            raise RunError(f"{asked.container} could not be started", asked.line)
        yield Running(asked.container, port, inner_port)
    finally:
        terminal.execute_quietly(request.remove_containers([asked.container]))
