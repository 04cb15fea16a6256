"""Measure it all, in the network namespace of an engine that is the benchmark's own."""

import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import builds, commands, growth, servers, throughput, weight
from tests.bench.arguments import Arguments, parse
from tests.bench.ledger import Ledger
from tests.bench.machine import describe
from tests.bench.preparation import Prepared, prepare
from tests.bench.shapes import BLOG_POST, SHANTY

Measure = Callable[[int], None]

STARTS = 3


def measures(
    prepared: Prepared, folder: Path, ledger: Ledger, chance: random.Random
) -> dict[str, Measure]:
    """Return what is measured in each run, by the word that `--only` takes."""
    shapes = prepared.shapes
    folders = commands.make_folders(folder / "commands")
    pair = [shapes[SHANTY], shapes[BLOG_POST]]
    served = [name for name in shapes if name != "bare"]
    of_production = [servers.Start("prod", shapes[name], "production") for name in served]
    starts = [*of_production, *(servers.Start("dev", shape, "development") for shape in pair)]
    source = [
        servers.Start("prod without bytecode", shape, "production")
        for shape in prepared.without_bytecode.values()
    ]

    def serve(run: int) -> None:
        servers.measure_floor(shapes[SHANTY], ledger, run)
        servers.measure_starts([*starts, *source], ledger, run, chance)
        # A start differs from the next by more than the ways from each other.
        for _ in range(STARTS - 1):
            servers.measure_starts([*of_production, *source], ledger, run, chance)
        servers.measure_stop_floor(shapes[SHANTY], ledger, run)
        servers.measure_typed(shapes[SHANTY], ledger, run)

    def build(run: int) -> None:
        builds.measure_floor(shapes[SHANTY], folder / "floor", ledger, run)
        builds.measure_builds(list(shapes.values()), ledger, run, chance)

    return {
        "list": lambda run: commands.measure_list(folders, ledger, run, chance),
        "serve": serve,
        "throughput": lambda run: throughput.measure_throughput(pair, ledger, run, chance),
        "weight": lambda run: weight.measure_weight(prepared, ledger, run),
        # Last, for it empties the caches; the images stay.
        "build": build,
    }


def measure(arguments: Arguments, folder: Path) -> None:
    """Prepare, then measure as often as wanted."""
    prepared = prepare(folder, arguments.only)
    ledger = Ledger(arguments.folder / "bench.csv")
    head = describe(prepared)
    ledger.open(head)
    chance = random.Random(arguments.seed)  # noqa: S311 - an order, the same every time
    every = measures(prepared, folder, ledger, chance)
    for run in range(1, arguments.runs + 1):
        for name, one in every.items():
            if name in arguments.only:
                one(run)
    if "growth" in arguments.only:
        grow(arguments, prepared, folder, head)


def grow(arguments: Arguments, prepared: Prepared, folder: Path, head: dict[str, str]) -> None:
    """Measure as the work grows; the rows are a file of their own."""
    points = growth.make_points(folder / "growth", prepared.shapes[SHANTY].versions)
    ledger = Ledger(arguments.folder / "growth.csv")
    ledger.open(head)
    chance = random.Random(arguments.seed)  # noqa: S311 - an order, the same every time
    for run in range(1, arguments.runs + 1):
        growth.measure_growth(points, ledger, run, chance)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        measure(parse(sys.argv[1:]), Path(folder))
