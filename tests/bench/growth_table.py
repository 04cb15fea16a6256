"""What the work costs as it grows, as a table, and whether a curve is too steep."""

from tests.bench import figure
from tests.bench.growth import DATA, FILES, PACKAGES
from tests.bench.shapes import BARE, SHANTY
from tests.bench.summary import Summaries

MEASURES = {
    "list": "`shanty --list`",
    "config": "`shanty config`",
    "again": "build again",
    "source": "one source line",
}
SIZES = {"packages": PACKAGES, "files": FILES}
# What one run differs from the next by.
NOISE_SECONDS = 0.1
STEEPER = 1.5


def table(summaries: Summaries) -> str:
    """Return a line for each size of the work; in brackets, bare docker."""
    head = ["", *MEASURES.values()]
    lines = [head, ["---"] * len(head)]
    lines += [[point, *(_cell(summaries, one, point) for one in MEASURES)] for point in points()]
    lines.append(["steeper than linear", *(_steep(summaries, one) for one in MEASURES)])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def points() -> list[str]:
    """Return the name of each size."""
    return [f"{count} {kind}" for kind, counts in SIZES.items() for count in counts] + [DATA]


def _cell(summaries: Summaries, measure: str, point: str) -> str:
    own = figure.write(summaries[f"{measure}, {point}", SHANTY].median, "s")
    bare = summaries.get((f"{measure}, {point}", BARE))
    return f"{own} ({figure.write(bare.median, 's')})" if bare else own


def _steep(summaries: Summaries, measure: str) -> str:
    found = [
        kind
        for kind, counts in SIZES.items()
        if is_steep(
            [(count, summaries[f"{measure}, {count} {kind}", SHANTY].median) for count in counts]
        )
    ]
    return f"**in {', '.join(found)}**" if found else "no"


def is_steep(curve: list[tuple[int, float]]) -> bool:
    """Tell whether the cost of one more grows with their number, by more than noise."""
    (fewest, first), (some, second), (many, third) = curve
    linear = max(second - first, NOISE_SECONDS) * (many - fewest) / (some - fewest)
    return third - first > linear * STEEPER
