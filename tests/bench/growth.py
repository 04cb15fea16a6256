"""What it costs as the work grows: more packages, more source files, more data beside them."""

import os
import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.bench.ledger import Ledger
from tests.bench.preparation import LOCK
from tests.bench.project import IDENTITY, PACKAGE, Copy, make_copy
from tests.bench.shapes import BARE, SHANTY, TASKS, Shape, Versions

PACKAGES = (10, 50, 150)
FILES = (10, 1000, 20_000)
DATA = "1 GB of data"
FILES_OF_FOLDER = 100
DATA_FILES, DATA_FILE_BYTES = 3000, 100_000
LARGE_FILES, LARGE_FILE_BYTES = 7, 100_000_000
MODULE = '"""One of many."""\n\nNUMBER = {number}\n\n\ndef number() -> int:\n    return NUMBER\n'


@dataclass(frozen=True)
class Point:
    """A size of the work, and the checkout that has it."""

    name: str
    shape: Shape


def make_points(folder: Path, versions: Versions) -> list[Point]:
    """Make a checkout of every size and build it once."""
    points = [
        _point(folder, f"{count} packages", f"packages_{count}", versions) for count in PACKAGES
    ]
    for count in FILES:
        points.append(_point(folder, f"{count} files", LOCK, versions))
        write_modules(points[-1].shape.copy, count)
    points.append(_point(folder, DATA, LOCK, versions))
    write_data(points[-1].shape.copy.folder / "data")
    for point in points:
        point.shape.run(point.shape.build())
    return points


def _point(folder: Path, name: str, lock: str, versions: Versions) -> Point:
    copy = make_copy(folder / name, "bench-" + name.lower().replace(" ", "-"), lock)
    return Point(name, Shape(SHANTY, copy, versions))


def write_modules(copy: Copy, count: int) -> None:
    """Write as many modules into the package, and commit them."""
    for number in range(count):
        package = copy.folder / PACKAGE / f"part_{number // FILES_OF_FOLDER}"
        package.mkdir(exist_ok=True)
        text = MODULE.format(number=number)
        (package / f"module_{number}.py").write_text(text, encoding="utf-8")
    for words in (("add", "."), ("commit", "--quiet", "--message", "grow")):
        subprocess.run(["git", *IDENTITY, *words], cwd=copy.folder, check=True)


def write_data(folder: Path) -> None:
    """Write a gigabyte in thousands of small files and a few large ones, unknown to git."""
    for number in range(DATA_FILES):
        file = folder / f"{number // FILES_OF_FOLDER}" / f"{number}.bin"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(DATA_FILE_BYTES))
    for number in range(LARGE_FILES):
        name = str(folder / f"large-{number}.bin")
        subprocess.run(["fallocate", "--length", str(LARGE_FILE_BYTES), name], check=True)


def measure_growth(points: list[Point], ledger: Ledger, run: int, chance: random.Random) -> None:
    """Do with every size what a person does many times a day."""
    for point in chance.sample(points, len(points)):
        shape = point.shape
        lines = {"list": [*TASKS, "--list"], "config": [*TASKS, "config"], "again": shape.build()}
        for name, line in lines.items():
            ledger.add(f"{name}, {point.name}", SHANTY, run, shape.run(line).seconds)
        bare = shape.announced("build")[-1]
        ledger.add(f"again, {point.name}", BARE, run, shape.run(bare).seconds)
        _measure_edits(point, ledger, run)


def _measure_edits(point: Point, ledger: Ledger, run: int) -> None:
    """Edit a line and build, by the task and then, another edit, by the line that it announces."""
    shape = point.shape
    shape.copy.edit_line(f"{SHANTY} {run}")
    ledger.add(f"source, {point.name}", SHANTY, run, shape.run(shape.build()).seconds)
    shape.copy.edit_line(f"{BARE} {run}")
    bare = shape.announced("build")[-1]
    ledger.add(f"source, {point.name}", BARE, run, shape.run(bare).seconds)
