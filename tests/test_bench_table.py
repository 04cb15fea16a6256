"""The benchmark's table, its verdicts, and where they go in the README."""

import pytest

from tests.bench import figure, readme
from tests.bench.report import README
from tests.bench.summary import Key, Summary
from tests.bench.table import details, table
from tests.bench.targets import TARGETS, Verdict

SHAPES = ("shanty", "bare", "blog_post", "poetry_faq", "uv_guide", "floor")


def summaries(measure: str, *values: float, unit: str = "s") -> dict[Key, Summary]:
    """Return summaries for the shapes in order."""
    return {
        (measure, shape): Summary(value, value, value, unit, 3)
        for shape, value in zip(SHAPES, values, strict=False)
    }


def verdicts(measure: str, *values: float, unit: str = "s") -> list[Verdict]:
    """Return the verdicts on a measure."""
    (target,) = (one for one in TARGETS if one.measure == measure)
    return target.verdicts(summaries(measure, *values, unit=unit))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.3456, "s", "0.35 s"),
        (12.34, "s", "12.3 s"),
        (9876, "B", "9.9 kB"),
        (45_678_901, "B", "45.7 MB"),
        (19.6, "/s", "20/s"),
        (21, "packages", "21"),
    ],
)
def test_a_value_is_written_as_a_person_reads_it(value: float, unit: str, text: str) -> None:
    assert figure.write(value, unit) == text


def test_a_ratio_has_two_figures() -> None:
    assert [figure.times(one) for one in (0.954, 2.345, 23.4)] == ["0.95×", "2.3×", "23×"]


def test_a_line_of_the_table_has_every_shape_with_its_ratio() -> None:
    (_, _, line) = table(summaries("source", 0.9, 0.8, 4.5, 1.8, 0.9)).splitlines()
    assert line == (
        "| one source line → production image | **0.90 s** | 0.80 s (0.89×) | 4.50 s (5.0×)"
        " | 1.80 s (2.0×) | 0.90 s (1.00×) | — | no slower than the fastest: 1.00× uv guide;"
        " ≥ 5× the speed of the blog post's: 5.0× | yes, yes |"
    )


def test_what_was_not_measured_has_no_line() -> None:
    assert len(table({}).splitlines()) == 2
    assert details({}).count("\n") == 2


def test_the_details_have_the_spread() -> None:
    lines = details({("cold", "bare"): Summary(2, 1.5, 3, "s", 10)}).splitlines()
    assert lines[-1] == "| cold | bare | 2.00 s | 1.50 s | 3.00 s | 10 |"


def test_a_target_by_what_is_added_is_met_up_to_it() -> None:
    assert [one.is_met for one in verdicts("again", 0.75, 0.5)] == [True]
    assert [one.is_met for one in verdicts("again", 0.76, 0.5)] == [False]
    (found,) = verdicts("list", 0.19, 0, 0, 0, 0, 0.15)
    assert found == Verdict("at most Invoke's own +25 ms", "+40 ms", is_met=False)


def test_a_target_by_another_shape_takes_its_part() -> None:
    assert [one.is_met for one in verdicts("cold", 5, 5, 10, 9, 4)] == [True, False]
    assert [one.is_met for one in verdicts("more", 2, 2, 3, 9, 4)] == [False]


def test_a_rate_is_the_better_the_more_it_is() -> None:
    assert [one.is_met for one in verdicts("compute", 18, 0, 10, unit="/s")] == [True]
    assert [one.is_met for one in verdicts("wait", 18, 0, 10, unit="/s")] == [False]


def test_a_verdict_needs_all_that_it_compares() -> None:
    assert verdicts("cold", 5) == []


def test_the_readme_has_the_markers_and_keeps_the_rest() -> None:
    text = README.read_text(encoding="utf-8")
    replaced = readme.replaced(text, "| a table |")
    begin, _, rest = text.partition(readme.BEGIN)
    end = rest.partition(readme.END)[2]
    assert replaced == f"{begin}{readme.BEGIN}\n| a table |\n{readme.END}{end}"
    assert readme.replaced(replaced, "| a table |") == replaced


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks"):
        readme.replaced("# Shanty\n", "| a table |")
