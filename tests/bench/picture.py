"""The comparison as a picture: a panel a measure, a bar a shape, a thin line for its spread."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.bench import figure
from tests.bench.shapes import BLOG_POST, POETRY_FAQ, SHANTY, UV_GUIDE
from tests.bench.summary import Summaries, Summary

NAMESPACE = "http://www.w3.org/2000/svg"
FONT = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif"
NAMES = {
    SHANTY: "Shanty",
    UV_GUIDE: "uv guide",
    POETRY_FAQ: "Poetry FAQ",
    BLOG_POST: "blog post",
}
PANELS = {
    "source": "one source line → production image",
    "bump": "version bump → production image",
    "more": "one dependency more → production image",
    "cold": "cold build, caches empty",
    "prod": "production: docker run → first page",
    "dev": "development: docker run → first page",
    "stop dev": "development: stop",
    "bytes": "bytes over the base image",
    "compute": "pages a second that compute (more is better)",
    "wait": "pages a second that wait 50 ms (more is better)",
}
COLUMNS = 2
WIDTH, PANEL_WIDTH, MARGIN = 880, 430, 20
LINE, TITLE, GAP = 22, 30, 20
NAME_WIDTH, VALUE_WIDTH = 86, 74
BAR = PANEL_WIDTH - NAME_WIDTH - VALUE_WIDTH
PANEL_HEIGHT = TITLE + len(NAMES) * LINE + GAP


@dataclass(frozen=True)
class Theme:
    """The colours for a light page or a dark one."""

    name: str
    text: str
    faint: str
    own: str
    other: str


THEMES = (
    Theme("light", "#1f2328", "#59636e", "#0969da", "#b6bec8"),
    Theme("dark", "#f0f6fc", "#9198a1", "#4493f8", "#565e69"),
)


def draw(summaries: Summaries, theme: Theme) -> str:
    """Return the picture as SVG, on no background."""
    measures = [one for one in PANELS if (one, SHANTY) in summaries]
    rows = -(-len(measures) // COLUMNS)
    height = rows * PANEL_HEIGHT + MARGIN
    parts = [
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}"',
        f' height="{height}" role="img" font-family="{FONT}" font-size="13">',
        "<title>Shanty beside the other ways to a production image</title>",
    ]
    for index, measure in enumerate(measures):
        row, column = divmod(index, COLUMNS)
        left, top = column * (PANEL_WIDTH + MARGIN), row * PANEL_HEIGHT + MARGIN
        parts.append(f'<g transform="translate({left} {top})">')
        parts += _panel(measure, summaries, theme)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(measure: str, summaries: Summaries, theme: Theme) -> Iterator[str]:
    found = {name: summaries[measure, name] for name in NAMES if (measure, name) in summaries}
    most = max(one.most for one in found.values()) or 1
    title = escape(PANELS[measure])
    yield f'<text x="0" y="13" font-weight="600" fill="{theme.text}">{title}</text>'
    for index, (name, one) in enumerate(found.items()):
        yield from _bar(name, one, most, TITLE + index * LINE, theme)


def _bar(name: str, one: Summary, most: float, top: int, theme: Theme) -> Iterator[str]:
    is_own = name == SHANTY
    color, weight = (theme.own, "600") if is_own else (theme.other, "400")
    width, least, far = (
        max(2, round(value / most * BAR)) for value in (one.median, one.least, one.most)
    )
    fill = theme.text if is_own else theme.faint
    end, base, middle = NAME_WIDTH - 8, top + 12, top + 8
    yield (
        f'<text x="{end}" y="{base}" text-anchor="end" font-weight="{weight}" fill="{fill}">'
        f"{NAMES[name]}</text>"
    )
    yield f'<rect x="{NAME_WIDTH}" y="{top}" width="{width}" height="16" rx="2" fill="{color}"/>'
    # From the least of the runs to the most.
    yield (
        f'<line x1="{NAME_WIDTH + least}" x2="{NAME_WIDTH + far}" y1="{middle}" y2="{middle}"'
        f' stroke="{theme.text}" stroke-opacity="0.6"/>'
    )
    yield (
        f'<text x="{NAME_WIDTH + max(width, far) + 6}" y="{base}" font-weight="{weight}"'
        f' fill="{fill}">{escape(figure.write(one.median, one.unit))}</text>'
    )
