"""What several runs come to: the median and the spread."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from tests.bench.ledger import Row

Key = tuple[str, str]


@dataclass(frozen=True)
class Summary:
    """The median of some runs, the least and the most of them, their unit and their number."""

    median: float
    least: float
    most: float
    unit: str
    count: int


Summaries = Mapping[Key, Summary]


def summarize(rows: Iterable[Row]) -> dict[Key, Summary]:
    """Return a summary for each measure and shape."""
    found: dict[Key, list[Row]] = {}
    for row in rows:
        found.setdefault((row.measure, row.shape), []).append(row)
    return {key: _summary(several) for key, several in found.items()}


def _summary(rows: list[Row]) -> Summary:
    values = [row.value for row in rows]
    return Summary(median(values), min(values), max(values), rows[0].unit, len(values))


def ratio(value: float, other: float) -> float:
    """Return how many times the one is the other; of nothing it is infinitely many."""
    return value / other if other else float("inf")
