"""Servers started and stopped over and over, still more often with `--full`: nothing adds up."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.engine.support import docker
from tests.faults.conftest import ARTIFACTS
from tests.faults.interrupts import berth, containers, scuttle
from tests.faults.judge import show
from tests.faults.place import Place, traces

CYCLES, EVERY_CYCLE = 10, 200
FEW = 8
WARM_UP = 2
# Others use the engine at the same time: what is theirs comes and goes.
SETTLE_SECONDS = 20
# Of what a container is that runs: its file system, its network, its shared memory.
MOUNTED = "{{.GraphDriver.Data.MergedDir}} {{.NetworkSettings.SandboxKey}} {{.Id}}"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Return a copy of the sample whose images are built."""
    place = berth(tmp_path)
    yield place
    scuttle(place)


def counts(place: Place) -> dict[str, int]:
    """Return how many there are of each thing that may add up, the fewest in some seconds.

    What others have running is left out where that can be told, and passes where it cannot.
    """
    fewest: dict[str, int] = {}
    started = time.monotonic()
    while time.monotonic() - started < SETTLE_SECONDS:
        now = {
            "containers": len(containers(place)),
            "networks": len(docker("network", "ls", "--quiet").stdout.split()),
            "mounts": len(mounts()),
            "files of the engine": sum(map(open_files, named("dockerd", "containerd"))),
            "files of the test": open_files(psutil.Process()),
            "zombies": len(zombies()),
            "temporary files": len(traces(place).temporary),
        }
        fewest = {key: min(count, fewest.get(key, count)) for key, count in now.items()}
        time.sleep(1)
    return fewest


def mounts() -> list[str]:
    """Return what is mounted by the engine, but for containers that run."""
    running = docker("ps", "--quiet").stdout.split()
    told = docker("inspect", "--format", MOUNTED, *running, code=None).stdout if running else ""
    theirs = [word for word in told.split() if len(word) > 1]
    lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if "docker" in line or "containerd" in line]
    return [line for line in found if not any(word in line for word in theirs)]


def named(*names: str) -> list[psutil.Process]:
    """Return the processes of these names."""
    return [process for process in psutil.process_iter(["name"]) if process.info["name"] in names]


def open_files(process: psutil.Process) -> int:
    """Return how many files a process has open; none where that is not for this user to see."""
    with suppress(psutil.Error):
        return process.num_fds()
    return 0


def zombies() -> list[int]:
    """Return the processes that have ended and that nobody has waited for."""
    every = psutil.process_iter(["status"])
    return [one.pid for one in every if one.info["status"] == psutil.STATUS_ZOMBIE]


def cycle(place: Place, number: int) -> float:
    """Start a server and stop it; return the seconds this took."""
    started = time.monotonic()
    for words in (("dev" if number % 2 else "prod", "--detach"), ("stop",)):
        done = place.shanty(*words)
        assert done.code == 0, f"cycle {number}: {words}: {done.said}"
    return time.monotonic() - started


def test_starting_and_stopping_adds_nothing_up(
    place: Place, request: pytest.FixtureRequest
) -> None:
    """Containers, networks, mounts, open files, zombies and temporary files stay as many."""
    cycles = EVERY_CYCLE if request.config.getoption("--full") else CYCLES
    for number in range(WARM_UP):
        cycle(place, number)
    before, files = counts(place), traces(place).files
    seconds = [cycle(place, number) for number in range(cycles)]
    after = counts(place)
    lines = [f"{cycles} cycles, {sum(seconds) / cycles:.1f} s each", "", "| | before | after |"]
    lines += ["|---|---|---|", *(f"| {key} | {before[key]} | {after[key]} |" for key in before)]
    ARTIFACTS.mkdir(exist_ok=True)
    (ARTIFACTS / "endurance.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    show("\n" + "\n".join(lines))
    assert traces(place).files == files
    # One that adds up does so with each cycle; the engine opens a few by itself, once.
    grown = {key: after[key] - before[key] for key in before if after[key] > before[key]}
    exact = {"containers", "temporary files", "files of the test"}
    assert not {key: by for key, by in grown.items() if key in exact or by > max(cycles / 5, FEW)}
