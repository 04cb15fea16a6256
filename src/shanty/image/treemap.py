"""Areas in place of figures: a squarified treemap as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree import ElementTree as ET

WIDTH, HEIGHT, HEAD = 960, 540, 40
# The fewest letters that a label is cut to.
SHORTEST = 4
GAP, LETTER, LINE = 2, 6.5, 16
STYLE = """
:root { --ground: #fff; --text: #1b1f24; --edge: #fff; }
.distribution { fill: #a8c7f0; } .project { fill: #a5d6a7; } .environment { fill: #cfd8dc; }
.bytecode { fill: #ffe0a3; } .shanty { fill: #d1c4e9; } .changed { fill: #f5c6b8; }
.files { fill: #e6d3b8; } .hidden { fill: #e0e0e0; }
@media (prefers-color-scheme: dark) {
:root { --ground: #14171a; --text: #eceff1; --edge: #14171a; }
.distribution { fill: #2b4f7d; } .project { fill: #2f6034; } .environment { fill: #3d484e; }
.bytecode { fill: #6f5413; } .shanty { fill: #4b3d73; } .changed { fill: #74402f; }
.files { fill: #5a4a31; } .hidden { fill: #424242; }
}
.ground { fill: var(--ground); } text { fill: var(--text); font: 12px sans-serif; }
.head { font-size: 16px; } rect { stroke: var(--edge); }
"""


@dataclass(frozen=True)
class Area:
    """What is drawn: its label, its figure in words, its kind, which is a class of the style."""

    label: str
    figure: str
    kind: str
    size: int


class Box(NamedTuple):
    """A rectangle: where its upper left corner is, and its sides."""

    x: float
    y: float
    width: float
    height: float


def squarified(sizes: Sequence[int], box: Box) -> list[Box]:
    """Return a rectangle for each size, in their order, as near to squares as goes.

    The sizes are above zero, the largest first. Source: Bruls, Huizing and van Wijk, "Squarified
    Treemaps", 2000.
    """
    areas = [size * box.width * box.height / sum(sizes) for size in sizes]
    boxes: list[Box] = []
    while areas:
        side = min(box.width, box.height)
        count = 1
        while count < len(areas) and _worst(areas[: count + 1], side) <= _worst(
            areas[:count], side
        ):
            count += 1
        row, areas = areas[:count], areas[count:]
        placed, box = _row(row, box)
        boxes += placed
    return boxes


def _worst(row: list[float], side: float) -> float:
    """Return how far from a square the worst of a row along a side is."""
    total = sum(row)
    return max(side**2 * max(row) / total**2, total**2 / (side**2 * min(row)))


def _row(row: list[float], box: Box) -> tuple[list[Box], Box]:
    """Lay a row along the shorter side; return its rectangles, and the one that is left."""
    placed, along = [], 0.0
    if box.width >= box.height:
        depth = sum(row) / box.height
        for area in row:
            placed.append(Box(box.x, box.y + along, depth, area / depth))
            along += area / depth
        return placed, Box(box.x + depth, box.y, box.width - depth, box.height)
    depth = sum(row) / box.width
    for area in row:
        placed.append(Box(box.x + along, box.y, area / depth, depth))
        along += area / depth
    return placed, Box(box.x, box.y + depth, box.width, box.height - depth)


def draw(title: str, areas: Sequence[Area]) -> str:
    """Return an SVG of areas, each with its label where that fits, and both words as a tooltip."""
    title = _clean(title)
    svg = ET.Element(
        "svg",
        {"xmlns": "http://www.w3.org/2000/svg", "viewBox": f"0 0 {WIDTH} {HEIGHT}", "role": "img"},
    )
    ET.SubElement(svg, "title").text = title
    ET.SubElement(svg, "style").text = STYLE
    ET.SubElement(svg, "rect", {"class": "ground", "width": "100%", "height": "100%"})
    head = ET.SubElement(svg, "text", {"class": "head", "x": "8", "y": "26"})
    head.text = title
    drawn = sorted((one for one in areas if one.size > 0), key=lambda one: -one.size)
    boxes = squarified([one.size for one in drawn], Box(0, HEAD, WIDTH, HEIGHT - HEAD))
    for area, box in zip(drawn, boxes, strict=True):
        _draw(svg, area, box)
    ET.indent(svg)
    return ET.tostring(svg, encoding="unicode") + "\n"


def _draw(svg: ET.Element, area: Area, box: Box) -> None:
    group = ET.SubElement(svg, "g")
    label = _clean(area.label)
    ET.SubElement(group, "title").text = f"{label}: {area.figure}"
    sides = {key: f"{value:.2f}" for key, value in box._asdict().items()}
    ET.SubElement(group, "rect", {"class": area.kind, **sides})
    for number, words in enumerate(fitting(label, area.figure, box), 1):
        place = {"x": f"{box.x + 2 * GAP:.2f}", "y": f"{box.y + number * LINE:.2f}"}
        ET.SubElement(group, "text", place).text = words


def fitting(label: str, figure: str, box: Box) -> list[str]:
    """Return the lines that a rectangle has room for: of the label a part will do."""
    fits = int((box.width - 4 * GAP) / LETTER)
    cut = label if len(label) <= fits else f"{label[: fits - 1]}…" if fits >= SHORTEST else ""
    whole = next((one for one in (figure, figure.partition(",")[0]) if len(one) <= fits), "")
    lines = int((box.height - GAP) / LINE)
    return [words for words in (cut, whole if cut else "") if words][:lines]


def _clean(text: str) -> str:
    """Return a text without the characters that no XML may have."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
