"""How long builds take: cold, again, and after each change."""

import random
import re
from pathlib import Path

from tests.bench.ledger import Ledger
from tests.bench.project import Copy
from tests.bench.shapes import BARE, FLOOR, SHANTY, Shape

# A build says what it fetched: uv how many packages, pip and Poetry which.
PREPARED = re.compile(r"Prepared (\d+) package")
DOWNLOADED = re.compile(r"Downloading \S+\.(?:whl|tar\.gz)(?= |$)", re.MULTILINE)
OWN = re.compile(r"\+ harbour==")
INSTALLING = re.compile(r"- Installing (?!harbour)\S+ \(")
SENT = re.compile(r"transferring (context|docker): ([\d.]+)(k|M|G)?B")
# The steps that install Poetry, and have it list what the lock comes to.
OF_POETRY = re.compile(r"^#(\d+) \[(?:tools|described|requirements) \d+/\d+\] RUN", re.MULTILINE)
DONE = re.compile(r"^#(\d+) DONE ([\d.]+)s", re.MULTILINE)
# A wheel is made in one step and installed in another: what is left when these two do nothing.
TWO_STEPS = """\
FROM {base} AS build
COPY line ./
RUN mkdir -p /made/wheels && cp line /made/wheels
FROM {base}
RUN --mount=type=bind,from=build,source=/made/wheels,target=/tmp/wheels true
"""
FACTORS = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}
AGAIN = 3
EDITS = 3


def fetched(said: str) -> int:
    """Return how many packages a build says it fetched."""
    # The project's own wheel is prepared too, and comes from nowhere.
    prepared = sum(int(number) for number in PREPARED.findall(said)) - len(OWN.findall(said))
    return max(prepared, 0) + len(DOWNLOADED.findall(said)) + len(INSTALLING.findall(said))


def sent(said: str, name: str = "context") -> int:
    """Return how many bytes of a context a build says it sent."""
    found = [
        float(number) * FACTORS[factor]
        for context, number, factor in SENT.findall(said)
        if context == name
    ]
    return round(max(found, default=0))


def seconds_of_poetry(said: str) -> float:
    """Return how long the steps of a build took that Poetry works in."""
    steps = set(OF_POETRY.findall(said))
    return sum(float(seconds) for step, seconds in DONE.findall(said) if step in steps)


def empty_caches(shape: Shape) -> None:
    """Leave the engine, which is the benchmark's own, no cache of builds and of packages."""
    shape.run(["docker", "builder", "prune", "--all", "--force"])


def measure_builds(shapes: list[Shape], ledger: Ledger, run: int, chance: random.Random) -> None:
    """Build every shape with empty caches, then after each change."""
    for shape in chance.sample(shapes, len(shapes)):
        _begin(shape.copy)
        empty_caches(shape)
        said = _measure(shape, ledger, run, "cold")
        ledger.add("context", shape.name, run, sent(said), "B")
        if shape.name == SHANTY:
            ledger.add("context", "needed", run, shape.copy.needed_bytes(), "B")
            _measure_again(shape, ledger, run, chance)
        for edit in range(EDITS):
            shape.copy.edit_line(f"run {run}, edit {edit}")
            _measure(shape, ledger, run, "source")
        shape.copy.take_lock("twenty", f"1.0.{run}")
        _measure(shape, ledger, run, "bump")
        shape.copy.take_lock("one_more")
        said = _measure(shape, ledger, run, "more")
        ledger.add("fetched", shape.name, run, fetched(said), "packages")
        _begin(shape.copy)
        # What is served and weighed next is the same in every run.
        shape.run(shape.build())


def measure_floor(shape: Shape, folder: Path, ledger: Ledger, run: int) -> None:
    """Build two steps that do nothing, with a line that is not as it was before."""
    folder.mkdir(exist_ok=True)
    (folder / "Dockerfile").write_text(TWO_STEPS.format(base=shape.versions.base), encoding="utf-8")
    line = ["docker", "buildx", "build", "--load", "--tag", "bench-floor", str(folder)]
    for words in ("before", "after"):
        (folder / "line").write_text(f"{words} {run}\n", encoding="utf-8")
        seconds = shape.run(line).seconds
    for measure in ("source", "bump"):
        ledger.add(measure, FLOOR, run, seconds)


def _begin(copy: Copy) -> None:
    copy.take_lock("twenty")
    copy.edit_line("none")


def _measure(shape: Shape, ledger: Ledger, run: int, measure: str) -> str:
    done = shape.run(shape.build())
    ledger.add(measure, shape.name, run, done.seconds)
    if shape.name == SHANTY and measure in {"cold", "more"}:
        ledger.add(measure, FLOOR, run, seconds_of_poetry(done.said))
    ledger.keep(f"{measure}-{shape.name}-{run}.log", done.said)
    return done.said


def _measure_again(shape: Shape, ledger: Ledger, run: int, chance: random.Random) -> None:
    """Build what is built, by the task and by the line that it announces."""
    lines = {SHANTY: shape.build(), BARE: shape.announced("build")[-1]}
    for _ in range(AGAIN):
        for name in chance.sample(list(lines), len(lines)):
            ledger.add("again", name, run, shape.run(lines[name]).seconds)
