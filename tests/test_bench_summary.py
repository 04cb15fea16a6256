"""What several runs of the benchmark come to."""

import math
from pathlib import Path

from tests.bench.ledger import Ledger, head_of, read_rows
from tests.bench.summary import Summary, ratio, summarize


def test_the_rows_are_read_back_as_they_were_noted(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "bench.csv")
    ledger.open({"engine": "26.1: of Debian"})
    ledger.add("cold", "shanty", 1, 2.34567)
    ledger.add("bytes", "uv_guide", 1, 44, "B")
    lines = ledger.file.read_text(encoding="utf-8").splitlines()
    assert list(read_rows(lines)) == ledger.rows
    assert [row.value for row in ledger.rows] == [2.3457, 44]
    assert [row.order for row in ledger.rows] == [1, 2]
    assert head_of(lines) == {"engine": "26.1: of Debian"}


def test_a_summary_has_median_and_spread_of_each_measure_and_shape(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "bench.csv")
    ledger.open({})
    for run, value in enumerate((3.0, 1.0, 2.0, 9.0), 1):
        ledger.add("cold", "shanty", run, value)
    ledger.add("cold", "bare", 1, 5)
    found = summarize(ledger.rows)
    assert found["cold", "shanty"] == Summary(2.5, 1, 9, "s", 4)
    assert found["cold", "bare"] == Summary(5, 5, 5, "s", 1)


def test_a_ratio_to_nothing_is_infinite() -> None:
    assert ratio(3, 2) == 1.5
    assert math.isinf(ratio(3, 0))
