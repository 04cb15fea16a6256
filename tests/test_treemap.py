"""A treemap: areas as large as they should be, and an SVG that any reader takes."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanty.image.treemap import STYLE, Area, Box, draw, fitting, squarified

SPACE = Box(0, 40, 960, 500)


def parsed(svg: str) -> ET.Element:
    """Return an SVG as elements; fail on what is no XML."""
    return ET.fromstring(svg)  # noqa: S314 - made here


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=40))
def test_the_areas_are_as_the_sizes_and_fill_the_space(sizes: list[int]) -> None:
    sizes.sort(reverse=True)
    boxes = squarified(sizes, SPACE)
    whole = SPACE.width * SPACE.height
    for size, box in zip(sizes, boxes, strict=True):
        assert box.width * box.height == pytest.approx(size * whole / sum(sizes))
        assert box.x >= -0.01
        assert box.y >= 39.99
        assert box.x + box.width <= 960.01
        assert box.y + box.height <= 540.01


@given(st.lists(st.integers(1, 1000), min_size=2, max_size=12))
def test_no_area_lies_on_another(sizes: list[int]) -> None:
    boxes = squarified(sorted(sizes, reverse=True), SPACE)
    for number, one in enumerate(boxes):
        for other in boxes[number + 1 :]:
            apart = (
                one.x + one.width <= other.x + 0.01
                or other.x + other.width <= one.x + 0.01
                or one.y + one.height <= other.y + 0.01
                or other.y + other.height <= one.y + 0.01
            )
            assert apart


def test_areas_are_near_to_squares() -> None:
    """The example of the paper that the layout is from."""
    boxes = squarified([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))
    assert (boxes[0].width, boxes[0].height) == (3, 2)
    assert max(max(box[2:]) / min(box[2:]) for box in boxes) < 3


def test_the_text_is_escaped_and_valid_whatever_it_says() -> None:
    label = 'a <b> & "c" ]]> \x00\x1b'
    svg = draw(label, [Area(label, "1 B", "files", 1)])
    read = parsed(svg)
    assert (
        read.findtext("{*}g/{*}title")
        == 'a <b> & "c" ]]> \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}: 1 B'
    )
    assert read.findtext("{*}title") == read.findtext("{*}text")


def test_the_same_areas_give_the_same_bytes_and_the_large_come_first() -> None:
    areas = [Area(f"part {size}", f"{size} B", "files", size) for size in (3, 0, 90, 7)]
    assert draw("t", areas) == draw("t", areas)
    figures = [one.text or "" for one in parsed(draw("t", areas)).iterfind(".//{*}g/{*}title")]
    assert figures == ["part 90: 90 B", "part 7: 7 B", "part 3: 3 B"]


def test_a_label_is_cut_to_fit_or_left_out() -> None:
    areas = [Area("x" * 200, "1 MB", "files", 10**6), Area("small", "1 B", "files", 1)]
    large, small = parsed(draw("t", areas)).iterfind("{*}g")
    texts = [one.text or "" for one in large.iterfind("{*}text")]
    assert texts[0].endswith("x…")
    assert len(texts[0]) < 150
    assert texts[1] == "1 MB"
    assert small.find("{*}text") is None


@pytest.mark.parametrize(
    ("width", "height", "shown"),
    [
        (200, 100, ["jinja2 3.1.6", "1.2 MB, 3.3%"]),
        (200, 20, ["jinja2 3.1.6"]),
        (200, 12, []),
        (60, 100, ["jinja2 …", "1.2 MB"]),
        (40, 100, ["jin…"]),
        (20, 100, []),
    ],
)
def test_of_a_figure_its_first_part_will_do(width: int, height: int, shown: list[str]) -> None:
    assert fitting("jinja2 3.1.6", "1.2 MB, 3.3%", Box(0, 0, width, height)) == shown


def test_light_and_dark_have_a_colour_for_every_kind() -> None:
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")
    kinds = (
        "distribution",
        "project",
        "environment",
        "bytecode",
        "shanty",
        "changed",
        "files",
        "hidden",
    )
    for kind in kinds:
        assert f".{kind} {{ fill: #" in light
        assert f".{kind} {{ fill: #" in dark
    assert all(one != other for one, other in pairwise(sorted(light.split("fill: ")[1:9])))
