"""Where everything is at hand, nothing is sent: an engine of its own, cut off from the network.

Its namespace first has a way out, and everything is built once. Then there is a way to nowhere,
which counts what is sent there, and at last none at all.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.island import NETWORK, engine, entering, namespace, way_out
from tests.engine.support import command, docker
from tests.faults.conftest import BASE
from tests.faults.interrupts import berth
from tests.faults.judge import show
from tests.faults.place import Outcome, Place

NEEDED = ("ip", "nsenter", "iptables", "dockerd", "sysctl")
QUESTION = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'?', ('192.0.2.1', 9))"


@dataclass(frozen=True)
class Island:
    """A network namespace with an engine in it, and a project there."""

    name: str
    place: Place

    def run(self, *words: str) -> str:
        """Run a command in the namespace; return what it prints."""
        return command([*entering(self.name), *words]).stdout

    def shanty(self, *words: str) -> Outcome:
        """Run a task in the namespace, where the engine's servers answer."""
        line = [*entering(self.name), sys.executable, "-m", "shanty", *words]
        return self.place.run(line)

    def packets(self) -> int:
        """Return how many packets were sent to nowhere."""
        (link,) = json.loads(self.run("ip", "-json", "-statistics", "link", "show", "nowhere"))
        sent: int = link["stats64"]["tx"]["packets"]
        return sent


@contextmanager
def way_to_nowhere(island: Island) -> Iterator[None]:
    """Let a namespace send what it likes, for a while, to where nobody reads it."""
    island.run("ip", "link", "add", "nowhere", "type", "veth", "peer", "name", "nobody")
    for name in ("nowhere", "nobody"):
        # Without a question who is there, which nobody would answer.
        island.run("ip", "link", "set", name, "arp", "off", "up")
    island.run("ip", "address", "add", f"{NETWORK}.2/30", "dev", "nowhere")
    island.run("ip", "route", "add", "default", "dev", "nowhere")
    try:
        yield
    finally:
        island.run("ip", "link", "delete", "nowhere")


@pytest.fixture
def island(tmp_path: Path) -> Iterator[Island]:
    """Return a namespace with an engine of its own, where everything has been built once."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    assert not missing, f"this test needs {', '.join(missing)}"
    assert os.geteuid() == 0, "this test makes a network namespace, which takes root"
    name, place = f"island-{os.getpid()}", berth(tmp_path)
    # The path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="island-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(namespace(name))
        place.environment["DOCKER_HOST"] = stack.enter_context(engine(name, folder))
        archive = folder / "base.tar"
        docker("save", "--output", str(archive), BASE)
        docker("--host", place.environment["DOCKER_HOST"] or "", "load", "--input", str(archive))
        island = Island(name, place)
        with way_out(name):
            every_command(island)
        yield island


def every_command(island: Island) -> list[float]:
    """Build production, and serve both ways; return the seconds each took."""
    seconds = []
    for words in (("build",), ("prod", "--detach"), ("stop",), ("dev", "--detach"), ("stop",)):
        started = time.monotonic()
        done = island.shanty(*words)
        assert done.code == 0, f"{words}: {done.said}"
        seconds.append(round(time.monotonic() - started, 1))
    return seconds


def test_what_is_at_hand_is_built_and_served_without_a_packet(island: Island) -> None:
    """Neither Shanty, nor the engine, nor a container sends one."""
    with way_to_nowhere(island):
        before = island.packets()
        island.run(sys.executable, "-c", QUESTION)
        # That is how a packet would be seen.
        assert island.packets() > before
        before = island.packets()
        counted = every_command(island)
        sent = island.packets() - before
    assert "default" not in island.run("ip", "route", "show")
    cut_off = every_command(island)
    show(f"\nbuild, prod, stop, dev, stop: {counted} s, {sent} packets; no route: {cut_off} s")
    assert sent == 0
