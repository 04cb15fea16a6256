"""What the benchmark says of work that grows."""

from tests.bench.growth_table import MEASURES, is_steep, points, table
from tests.bench.summary import Key, Summary


def test_a_line_and_less_than_a_line_are_not_steep() -> None:
    assert not is_steep([(10, 0.3), (1000, 0.4), (20_000, 2.3)])
    assert not is_steep([(10, 0.3), (50, 0.8), (150, 0.9)])
    assert not is_steep([(10, 0.3), (50, 0.25), (150, 0.3)])


def test_what_grows_with_the_square_is_steep() -> None:
    assert is_steep([(10, 0.3), (1000, 0.4), (20_000, 40.3)])
    assert is_steep([(10, 0.3), (50, 0.3), (150, 0.9)])


def test_the_table_has_a_line_a_size_and_says_what_is_steep() -> None:
    found: dict[Key, Summary] = {
        (f"{measure}, {point}", "shanty"): Summary(0.5, 0.5, 0.5, "s", 3)
        for measure in MEASURES
        for point in points()
    }
    found["again, 10 files", "bare"] = Summary(0.4, 0.4, 0.4, "s", 3)
    found["source, 20000 files", "shanty"] = Summary(90, 90, 90, "s", 3)
    lines = table(found).splitlines()
    assert len(lines) == 2 + len(points()) + 1
    assert lines[5] == "| 10 files | 0.50 s | 0.50 s | 0.50 s (0.40 s) | 0.50 s |"
    assert lines[-1] == "| steeper than linear | no | no | no | **in files** |"
