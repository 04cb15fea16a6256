"""A network namespace with engines of its own, as other machines are."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.engine.support import command, docker, wait_for

# For documentation alone, so nobody's.
NETWORK = "198.51.100"
ENGINE_SECONDS = 60


def entering(name: str) -> list[str]:
    """Return what a command in a namespace begins with: `ip netns exec` would hide the cgroups."""
    return ["nsenter", f"--net=/run/netns/{name}"]


@contextmanager
def namespace(name: str) -> Iterator[None]:
    """Make a network namespace with nothing but itself in it."""
    command(["ip", "netns", "add", name])
    try:
        inside = entering(name)
        # It would send packets of its own accord.
        command([*inside, "sysctl", "--quiet", "net.ipv6.conf.all.disable_ipv6=1"])
        command([*inside, "sysctl", "--quiet", "net.ipv6.conf.default.disable_ipv6=1"])
        command([*inside, "ip", "link", "set", "lo", "up"])
        yield
    finally:
        command(["ip", "netns", "delete", name])


@contextmanager
def way_out(name: str) -> Iterator[None]:
    """Let a namespace reach what this machine reaches, for a while."""
    outer = f"v{os.getpid()}"
    link = ["ip", "link", "add", outer, "type", "veth", "peer", "name", "out", "netns", name]
    inside = [*entering(name), "ip"]
    rules = [
        ("POSTROUTING", "nat", ["--source", f"{NETWORK}.0/30", "--jump", "MASQUERADE"]),
        ("FORWARD", "filter", ["--in-interface", outer, "--jump", "ACCEPT"]),
        ("FORWARD", "filter", ["--out-interface", outer, "--jump", "ACCEPT"]),
    ]
    with ExitStack() as stack:
        command(link)
        stack.callback(command, ["ip", "link", "delete", outer], code=None)
        command(["ip", "address", "add", f"{NETWORK}.1/30", "dev", outer])
        command(["ip", "link", "set", outer, "up"])
        command([*inside, "address", "add", f"{NETWORK}.2/30", "dev", "out"])
        command([*inside, "link", "set", "out", "up"])
        command([*inside, "route", "add", "default", "via", f"{NETWORK}.1"])
        for chain, kind, words in rules:
            table = ["iptables", "--wait", "--table", kind]
            command([*table, "--insert", chain, "1", *words])
            stack.callback(command, [*table, "--delete", chain, *words])
        yield


@contextmanager
def engine(name: str, folder: Path, *words: str) -> Iterator[str]:
    """Start an engine of its own in a namespace; yield its address."""
    address = f"unix://{folder}/docker.sock"
    places = [f"--data-root={folder}/data", f"--exec-root={folder}/run", f"--host={address}"]
    line = [*entering(name), "dockerd", *places, f"--pidfile={folder}/pid", *words]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(line, stdout=log, stderr=log)
    try:
        answers = ("--host", address, "version", "--format", "{{.Server.Version}}")
        wait_for(lambda: docker(*answers, code=None).returncode == 0, ENGINE_SECONDS)
        yield address
    finally:
        process.terminate()
        process.wait(ENGINE_SECONDS)
