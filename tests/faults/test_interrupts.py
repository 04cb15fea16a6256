"""Ctrl-C, SIGTERM, SIGHUP and kill -9 at random instants of build, dev, prod and shell.

With `--full` there are more of them; `SHANTY_TEST_SEED` is which.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Iterator

import pytest

from tests.engine.support import command as run_command
from tests.engine.support import docker, wait_for
from tests.faults.conftest import ARTIFACTS, BASE
from tests.faults.interrupts import (
    COMMANDS,
    SIGNALS,
    Trial,
    berth,
    clients,
    containers,
    instants,
    is_ready,
    left,
    measure,
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


@pytest.fixture(scope="module")
def lives(place: Place) -> dict[str, float]:
    """Return how long each command lives when nobody interrupts it."""
    return {command: measure(place, command) for command in COMMANDS}


@pytest.fixture(scope="module")
def rows() -> Iterator[dict[tuple[str, str], tuple[int, list[str]]]]:
    """Return what came of the trials; it is shown as a table, and kept as a file, at the end."""
    found: dict[tuple[str, str], tuple[int, list[str]]] = {}
    yield found
    lines = [f"seed {SEED}: failures of trials", "", "| | Ctrl-C | SIGTERM | SIGHUP | kill -9 |"]
    lines.append("|---" * 5 + "|")
    for command in COMMANDS:
        cells = [found.get((command, number.name), (0, [])) for number in SIGNALS]
        shown = " | ".join(f"{len(faults)} of {count}" for count, faults in cells)
        lines.append(f"| {command} | {shown} |")
    lines += [f"- {' '.join(key)}: {one}" for key, (_, all_) in found.items() for one in all_]
    ARTIFACTS.mkdir(exist_ok=True)
    (ARTIFACTS / "interrupts.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    show("\n" + "\n".join(lines))


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("command", COMMANDS)
def test_an_interrupt_at_any_instant_leaves_nothing(
    command: str,
    number: signal.Signals,
    place: Place,
    lives: dict[str, float],
    rows: dict[tuple[str, str], tuple[int, list[str]]],
    request: pytest.FixtureRequest,
) -> None:
    """It ends with 130 and no traceback, within seconds, and all is as it was."""
    found = []
    count = EVERY_INSTANT if request.config.getoption("--full") else INSTANTS
    for instant in instants(lives[command], count, f"{SEED} {command} {number}"):
        faults = Trial(command, number, instant).faults(place)
        found += [f"at {instant:.2f} of {lives[command]:.2f} s: {one}" for one in faults]
    rows[command, number.name] = (count, found)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_next_run_works(command: str, place: Place, lives: dict[str, float]) -> None:
    """After all of those, each command does what it is for."""
    assert lives[command] > 0
    measure(place, command)
    with under_way(place, command) as life:
        assert not is_ready(place, command, life)


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
