"""How long a server takes from `docker run` to its first page, and to stop."""

import random
import socket
import time
from dataclasses import dataclass

from tests.bench.ledger import Ledger
from tests.bench.shapes import BARE, BLOG_POST, FLOOR, SHANTY, TASKS, Shape

POLL_SECONDS = 0.002
WAIT_SECONDS = 60
NAME = "bench-server"
PORT = 18888
ENDS_AT_ONCE = "trap 'exit 0' TERM; sleep 600 & wait"


def page(port: int, path: str = "/", seconds: float = 5) -> bool:
    """Tell whether a page is answered with 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), seconds) as connection:
            connection.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            said = connection.recv(64)
            while connection.recv(65536):
                pass
    except OSError:
        return False
    return said.startswith(b"HTTP/1.") and b" 200 " in said[:16]


def until_page(port: int) -> None:
    """Wait for the first page of a container that has started.

    Asked before it has its network, the engine's proxy would not look for it again for a second.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while not page(port):
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing answers on {port}")
        time.sleep(POLL_SECONDS)


def first_page(shape: Shape, target: str) -> float:
    """Start a server; return the seconds from `docker run` to the first page."""
    line = shape.serve(target, NAME, PORT)
    started = time.perf_counter()
    shape.run(line)
    until_page(PORT)
    return time.perf_counter() - started


def remove(shape: Shape, name: str = NAME) -> None:
    """Remove a container."""
    shape.run(["docker", "rm", "--force", "--volumes", name])


@dataclass(frozen=True)
class Start:
    """What is started: which shape's target, and the measure that this is."""

    measure: str
    shape: Shape
    target: str


def measure_floor(shape: Shape, ledger: Ledger, run: int) -> None:
    """Note how long a container takes whose command is over at once."""
    line = ["docker", "run", "--rm", "--entrypoint", "true", shape.versions.base]
    seconds = shape.run(line).seconds
    for measure in ("prod", "dev"):
        ledger.add(measure, FLOOR, run, seconds)


def measure_starts(starts: list[Start], ledger: Ledger, run: int, chance: random.Random) -> None:
    """Start each server, and stop it where that is measured too."""
    for start in chance.sample(starts, len(starts)):
        seconds = first_page(start.shape, start.target)
        ledger.add(start.measure, start.shape.name, run, seconds)
        if start.measure in {"prod", "dev"} and start.shape.name in {SHANTY, BLOG_POST}:
            # The line of `docker run` is the task's own, and so is what `docker stop` meets.
            name = BARE if start.shape.name == SHANTY else start.shape.name
            stopped = start.shape.run(["docker", "stop", NAME]).seconds
            ledger.add(f"stop {start.measure}", name, run, stopped)
        remove(start.shape)


def measure_typed(shape: Shape, ledger: Ledger, run: int) -> None:
    """Start by the task and stop by the task, as a person types it."""
    for task, target in (("prod", "production"), ("dev", "development")):
        # What was built last may be in no cache by now.
        shape.run(shape.build(target))
        started = shape.run([*TASKS, task, "--detach", "--port", str(PORT)]).seconds
        ledger.add(f"{task} --detach", SHANTY, run, started)
        ledger.add(f"stop {task}", SHANTY, run, shape.run([*TASKS, "stop"]).seconds)
        shape.run([*TASKS, "clean"])


def measure_stop_floor(shape: Shape, ledger: Ledger, run: int) -> None:
    """Note how long the engine takes to stop what ends at once."""
    words = ["docker", "run", "--detach", "--name", NAME, "--entrypoint", "sh"]
    shape.run([*words, shape.versions.base, "-c", ENDS_AT_ONCE])
    time.sleep(0.3)
    seconds = shape.run(["docker", "stop", NAME]).seconds
    for task in ("prod", "dev"):
        ledger.add(f"stop {task}", FLOOR, run, seconds)
    remove(shape)
