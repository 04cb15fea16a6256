"""The comparison as a table in Markdown."""

from collections.abc import Mapping

from tests.bench import figure
from tests.bench.shapes import BARE, BLOG_POST, FLOOR, POETRY_FAQ, SHANTY, UV_GUIDE
from tests.bench.summary import Summaries, Summary, ratio
from tests.bench.targets import TARGETS, Target

COLUMNS = {
    SHANTY: "Shanty",
    BARE: "bare docker",
    BLOG_POST: "blog post",
    POETRY_FAQ: "Poetry FAQ",
    UV_GUIDE: "uv guide",
    FLOOR: "floor",
}
NONE = "—"


def table(summaries: Summaries) -> str:
    """Return a line for each measure, with how many times Shanty's value each other's is."""
    head = ["", *COLUMNS.values(), "target", "met"]
    lines = [head, ["---"] * len(head)]
    lines += [_line(target, summaries) for target in TARGETS if _has(target, summaries)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def details(summaries: Summaries) -> str:
    """Return the median and the spread of everything that was measured."""
    lines = [["measure", "shape", "median", "least", "most", "runs"], ["---"] * 6]
    for (measure, shape), one in summaries.items():
        values = [figure.write(value, one.unit) for value in (one.median, one.least, one.most)]
        lines.append([measure, shape, *values, str(one.count)])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def described(head: Mapping[str, str]) -> str:
    """Return the machine and the versions in a sentence."""
    return "; ".join(f"{name}: {value}" for name, value in head.items()) + "."


def _has(target: Target, summaries: Summaries) -> bool:
    return (target.measure, SHANTY) in summaries


def _line(target: Target, summaries: Summaries) -> list[str]:
    own = summaries[target.measure, SHANTY]
    cells = [_cell(summaries.get((target.measure, shape)), own) for shape in COLUMNS]
    cells[0] = f"**{figure.write(own.median, own.unit)}**"
    if needed := summaries.get((target.measure, "needed")):
        cells[-1] = _cell(needed, own)
    verdicts = target.verdicts(summaries)
    wanted = "; ".join(f"{one.wanted}: {one.found}" for one in verdicts) or NONE
    met = ", ".join("yes" if one.is_met else "**no**" for one in verdicts) or NONE
    return [target.title, *cells, wanted, met]


def _cell(one: Summary | None, own: Summary) -> str:
    if one is None:
        return NONE
    text = figure.write(one.median, one.unit)
    return f"{text} ({figure.times(ratio(one.median, own.median))})" if own.median else text
