"""The benchmark's picture."""

from xml.etree import ElementTree as ET

from tests.bench.picture import BAR, NAMES, PANEL_HEIGHT, THEMES, WIDTH, draw
from tests.bench.summary import Key, Summary

SVG = "{http://www.w3.org/2000/svg}"


def summaries(*measures: str) -> dict[Key, Summary]:
    """Return summaries of each shape, the last of which has the longest bar."""
    return {
        (measure, shape): Summary(1 + number, 1, 2 + number, "s", 3)
        for measure in measures
        for number, shape in enumerate(NAMES)
    }


def test_a_bar_is_as_long_as_its_part_of_the_longest() -> None:
    root = ET.fromstring(draw(summaries("cold"), THEMES[0]))  # noqa: S314 - our own
    bars = [int(bar.get("width", "")) for bar in root.iter(f"{SVG}rect")]
    assert bars == [round(BAR * part / 5) for part in (1, 2, 3, 4)]


def test_a_line_goes_from_the_least_to_the_most() -> None:
    root = ET.fromstring(draw(summaries("cold"), THEMES[0]))  # noqa: S314 - our own
    last = list(root.iter(f"{SVG}line"))[-1]
    length = int(last.get("x2", "")) - int(last.get("x1", ""))
    assert length == BAR - round(BAR / 5)


def test_each_measure_that_was_made_has_a_panel() -> None:
    root = ET.fromstring(draw(summaries("cold", "source", "wait"), THEMES[1]))  # noqa: S314
    assert len(root.findall(f"{SVG}g")) == 3
    assert int(root.get("height", "")) > 2 * PANEL_HEIGHT
    assert root.get("width") == str(WIDTH)


def test_a_shape_that_was_not_measured_has_no_bar() -> None:
    found = summaries("dev")
    del found["dev", "uv_guide"]
    root = ET.fromstring(draw(found, THEMES[0]))  # noqa: S314
    assert len(list(root.iter(f"{SVG}rect"))) == len(NAMES) - 1


def test_the_themes_differ_in_every_colour() -> None:
    light, dark = THEMES
    assert {light.name, dark.name} == {"light", "dark"}
    ours, others = ({theme.text, theme.faint, theme.own, theme.other} for theme in (light, dark))
    assert len(ours | others) == 8
