"""Ctrl-C, SIGTERM, SIGHUP and kill -9 at random instants of build, dev, prod and shell.

With `--full` there are more of them; `SHANTY_TEST_SEED` is which.
"""

import os
import random
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.engine.support import CHECKOUT, DOORS, docker, wait_for
from tests.engine.support import command as run_command
from tests.faults.conftest import ARTIFACTS, BASE
from tests.faults.interrupts import (
    COMMANDS,
    INTERRUPTED,
    PYTHON_INTERRUPTED,
    SIGNALS,
    Trial,
    berth,
    clients,
    containers,
    instants,
    is_ready,
    left,
    measure,
    opened,
    scuttle,
    under_way,
)
from tests.faults.judge import show
from tests.faults.place import Place, traces

INSTANTS, EVERY_INSTANT = 4, 20
SEED = os.environ.get("SHANTY_TEST_SEED") or str(random.randrange(10**6))  # noqa: S311


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Return a copy of the sample whose images are built."""
    place = berth(tmp_path_factory.mktemp("interrupts"))
    for target in ("development", "production"):
        done = place.shanty("build", "--target", target)
        assert done.code == 0, done.said
    yield place
    scuttle(place)


@dataclass
class Matrix:
    """The trials of each command and signal: how many, and what was not as promised."""

    place: Place
    count: int
    lives: dict[str, float]
    found: dict[tuple[str, signal.Signals], list[str]] = field(default_factory=dict)

    def try_out(self, command: str, number: signal.Signals) -> list[str]:
        """Let a signal meet a command at each instant; return what was not as promised."""
        faults = self.found[command, number] = []
        life = self.lives[command]
        for instant in instants(life, self.count, f"{SEED} {command} {number}"):
            seen = Trial(command, number, instant).faults(self.place)
            faults += [f"at {instant:.2f} of {life:.2f} s: {one}" for one in seen]
        self.write()
        return faults

    def write(self) -> None:
        """Keep the table as it is by now."""
        ARTIFACTS.mkdir(exist_ok=True)
        (ARTIFACTS / "interrupts.md").write_text(f"{self.table}\n", encoding="utf-8")

    @property
    def table(self) -> str:
        """The instants with faults, of each command and signal, and the faults below."""
        title = f"seed {SEED}: instants with faults, of {self.count} each"
        lines = [title, "", "| | Ctrl-C | SIGTERM | SIGHUP | kill -9 |", "|---" * 5 + "|"]
        for command in COMMANDS:
            cells = (self.found.get((command, number)) for number in SIGNALS)
            shown = ("" if one is None else str(len(_instants(one))) for one in cells)
            lines.append(f"| {command} | {' | '.join(shown)} |")
        for (command, number), faults in self.found.items():
            lines += [f"- {command} {number.name}: {one}" for one in faults]
        return "\n".join(lines)


def _instants(faults: list[str]) -> set[str]:
    return {one.partition(" of ")[0] for one in faults}


@pytest.fixture(scope="module")
def matrix(place: Place, request: pytest.FixtureRequest) -> Iterator[Matrix]:
    """Return the trials; their table is shown, and kept as a file, at the end."""
    count = EVERY_INSTANT if request.config.getoption("--full") else INSTANTS
    matrix = Matrix(place, count, {command: measure(place, command) for command in COMMANDS})
    yield matrix
    show(f"\n{matrix.table}")


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("command", COMMANDS)
def test_an_interrupt_at_any_instant_leaves_nothing(
    command: str, number: signal.Signals, matrix: Matrix
) -> None:
    """It ends with 130 and no traceback, within seconds, and all is as it was."""
    faults = matrix.try_out(command, number)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_next_run_works(command: str, matrix: Matrix) -> None:
    """After all of those, each command does what it is for."""
    assert measure(matrix.place, command) > 0


@pytest.mark.parametrize("number", SIGNALS[:3], ids=lambda number: number.name)
@pytest.mark.parametrize("door", DOORS)
def test_a_door_is_interrupted_at_any_instant(
    door: str, number: signal.Signals, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """From the first import of the suite to the end of Python there is one line, and 130."""
    place = berth(tmp_path)
    shutil.copy(CHECKOUT / "tasks.py", place.root)
    line = [*DOORS[door], "config"]
    started = time.monotonic()
    assert place.run(line).code == 0
    life = time.monotonic() - started
    count = 5 * (EVERY_INSTANT if request.config.getoption("--full") else INSTANTS)
    ends = [opened(line, place, one, number) for one in instants(life, count, f"{SEED} {door}")]
    # Before that it is Python's own, and Invoke's, and at the very end it was too late.
    early = {-number, PYTHON_INTERRUPTED}
    assert not [said for _, said in ends if re.search(r"/shanty/(?!__init__|signals)", said)]
    assert {code for code, _ in ends} <= {INTERRUPTED, 0, *early}
    assert {said for code, said in ends if code == INTERRUPTED} == {"interrupted\n"}


SLEEP = ("--", "sleep", "61")
OTHERS = (
    ("run", *SLEEP),
    ("python", "--", "-c", "import time; time.sleep(61)"),
    ("test",),
    ("verify",),
    ("lock",),
)


@pytest.mark.parametrize("words", OTHERS, ids=lambda words: words[0])
def test_what_another_command_leaves_is_gone_after_the_next(
    words: tuple[str, ...], place: Place
) -> None:
    """Its container goes on once it was killed, and so may its private folder."""
    before = traces(place)
    with under_way(place, *words) as life:
        wait_for(lambda: containers(place))
        life.process.kill()
        life.process.wait()
        done = place.shanty("ps")
    assert done.code == 0, done.said
    assert not left(place, time.monotonic())
    assert not traces(place).new(before)


def test_the_build_beside_a_killed_server_ends_with_the_next_command(place: Place) -> None:
    """It is in a session of its own, which no terminal ends either."""
    text = place.pyproject.read_bytes()
    with under_way(place, "dev") as life:
        wait_for(lambda: is_ready(place, "dev", life))
        place.pyproject.write_bytes(text + b"\n# Changed\n")
        wait_for(lambda: any("build" in one.cmdline() for one in clients(place)))
        life.process.kill()
        life.process.wait()
        done = place.shanty("ps")
    place.pyproject.write_bytes(text)
    assert "left by a command that was killed, and ended now: " in done.stderr
    assert not left(place, time.monotonic())


@pytest.fixture
def server(place: Place) -> Iterator[str]:
    """Return the name of a detached server, which is nobody's orphan."""
    done = place.shanty("dev", "--detach")
    assert done.code == 0, done.said
    (name,) = containers(place)
    yield name
    docker("rm", "--force", name)


def test_what_was_run_in_a_server_ends_and_the_server_goes_on(place: Place, server: str) -> None:
    """No container of its own shows that it is there."""
    with under_way(place, "run", *SLEEP) as life:
        wait_for(lambda: "sleep 61" in docker("top", server).stdout)
        life.process.kill()
        life.process.wait()
        done = place.shanty("ps")
    assert f"ended now: what ran in {server}" in done.stderr
    wait_for(lambda: "sleep 61" not in docker("top", server).stdout, 3)
    assert containers(place) == [server]


def test_a_container_of_another_machine_is_not_judged(place: Place) -> None:
    """The same number is another process there."""
    code = "from pathlib import Path; from shanty import project; "
    code += "print(project.find_project(Path.cwd()).id)"
    found = run_command([sys.executable, "-c", code], cwd=place.root)
    labels = (f"shanty.project={found.stdout}", f"shanty.owner={2**22}.1.0123456789ab")
    words = [word for label in labels for word in ("--label", label)]
    name = f"{place.image}-elsewhere"
    docker("run", "--detach", "--name", name, *words, BASE, "sleep", "61")
    place.shanty("ps")
    assert containers(place) == [name]
    docker("rm", "--force", name)
