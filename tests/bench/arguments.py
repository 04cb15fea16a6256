"""What was asked for on the command line."""

import argparse
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
# Where a few runs go, or a part: they are no figures to show.
TRIALS = Path(__file__).parents[2] / "artifacts" / "bench"
MEASURES = ("list", "serve", "throughput", "weight", "build", "growth")
RUNS = 10
QUICK_RUNS = 2


@dataclass(frozen=True)
class Arguments:
    """How often what is measured, and where the results go."""

    runs: int
    only: tuple[str, ...]
    folder: Path
    write_readme: bool
    draw: bool
    seed: int = 7


def parse(words: list[str]) -> Arguments:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--runs", type=int, help=f"how often; {RUNS} unless told")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_RUNS} runs")
    parser.add_argument("--only", nargs="+", choices=MEASURES, default=MEASURES)
    parser.add_argument("--results", type=Path, help="the folder for the results")
    parser.add_argument("--write-readme", action="store_true", help="put the table there too")
    parser.add_argument("--draw", action="store_true", help="measure nothing, draw anew")
    found = parser.parse_args(words)
    runs = found.runs or (QUICK_RUNS if found.quick else RUNS)
    is_whole = found.draw or (runs >= RUNS and set(found.only) == set(MEASURES))
    return Arguments(
        runs,
        tuple(found.only),
        found.results or (RESULTS if is_whole else TRIALS),
        found.write_readme,
        found.draw,
    )
