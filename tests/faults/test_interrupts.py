"""Ctrl-C, SIGTERM, SIGHUP and kill -9 at random instants of build, dev, prod and shell.

`SHANTY_TEST_INSTANTS` is how many of each there are, `SHANTY_TEST_SEED` which.
"""

import os
import random
import signal
from collections.abc import Iterator

import pytest

from tests.faults.conftest import ARTIFACTS
from tests.faults.interrupts import (
    COMMANDS,
    SIGNALS,
    Trial,
    berth,
    instants,
    is_ready,
    measure,
    scuttle,
    under_way,
)
from tests.faults.judge import show
from tests.faults.place import Place

INSTANTS = int(os.environ.get("SHANTY_TEST_INSTANTS", "4"))
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
) -> None:
    """It ends with 130 and no traceback, within seconds, and all is as it was."""
    found = []
    for instant in instants(lives[command], INSTANTS, f"{SEED} {command} {number}"):
        faults = Trial(command, number, instant).faults(place)
        found += [f"at {instant:.2f} of {lives[command]:.2f} s: {one}" for one in faults]
    rows[command, number.name] = (INSTANTS, found)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_next_run_works(command: str, place: Place, lives: dict[str, float]) -> None:
    """After all of those, each command does what it is for."""
    assert lives[command] > 0
    measure(place, command)
    with under_way(place, command) as life:
        assert not is_ready(place, command, life)
