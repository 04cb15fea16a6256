"""What was measured: a row a run, written down at once."""

import csv
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field, fields
from pathlib import Path

ARTIFACTS = Path(__file__).parents[2] / "artifacts" / "bench"


@dataclass(frozen=True)
class Row:
    """One value: of which measure and shape, in which run, when, and how busy the machine was."""

    measure: str
    shape: str
    run: int
    value: float
    unit: str
    order: int
    load: float


@dataclass
class Ledger:
    """The rows so far, and the file that they are in."""

    file: Path
    rows: list[Row] = field(default_factory=list)

    def open(self, head: Mapping[str, str]) -> None:
        """Begin the file with what was measured where."""
        lines = [f"# {name}: {value}" for name, value in head.items()]
        names = ",".join(one.name for one in fields(Row))
        self.file.write_text("\n".join([*lines, names]) + "\n", encoding="utf-8")

    def add(self, measure: str, shape: str, run: int, value: float, unit: str = "s") -> None:
        """Note a value, in the file too."""
        load = round(os.getloadavg()[0], 2)
        row = Row(measure, shape, run, round(value, 4), unit, len(self.rows) + 1, load)
        self.rows.append(row)
        with self.file.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerow(astuple(row))
        print(f"{run:3} {measure:24} {shape:12} {row.value:12g} {unit}", flush=True)

    def keep(self, name: str, said: str) -> None:
        """Keep what a build said, for whoever asks where the time went."""
        ARTIFACTS.mkdir(parents=True, exist_ok=True)
        (ARTIFACTS / name).write_text(said, encoding="utf-8")


def head_of(lines: Iterable[str]) -> dict[str, str]:
    """Return what a file of rows says of the machine."""
    found = (line[2:].rstrip("\n").partition(": ") for line in lines if line.startswith("# "))
    return {name: value for name, _, value in found}


def read_rows(lines: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of such a file."""
    for one in csv.DictReader(line for line in lines if not line.startswith("#")):
        yield Row(
            one["measure"],
            one["shape"],
            int(one["run"]),
            float(one["value"]),
            one["unit"],
            int(one["order"]),
            float(one["load"]),
        )
