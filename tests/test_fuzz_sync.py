"""What writes a `pyproject.toml` changes one value of it and no byte else, or refuses."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanty.errors import ShantyError
from shanty.init.own_settings import with_settings
from shanty.project import Project
from shanty.pyproject import read_exactly, set_value, table
from tests.fuzzing import examples
from tests.shapes import read_shapes
from tests.shapes.shaping import Shaping
from tests.toml_files import toml_files

DOTTED = st.sampled_from(
    ["tool.shanty.poetry-version", "tool.shanty.base-image", "tool.poetry.requires-poetry"]
)
LINES = ["[tool.shanty]", 'app = "harbour:app"']
# As they are, with Windows' line ends, and without the last one.
FORMS = [("\n", "\n"), ("\r\n", "\r\n"), ("\n", "")]


def said(text: str, dotted: str) -> object:
    """Return the value at a dotted path, `None` where there is none."""
    values: object = tomllib.loads(text)
    for key in dotted.split("."):
        values = values.get(key) if isinstance(values, dict) else None
    return values


def alike_at_start(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def changed(before: str, after: str) -> tuple[int, int, int]:
    """Return where two texts begin to differ, and where each of them goes on alike."""
    start = alike_at_start(before, after)
    alike = alike_at_start(before[start:][::-1], after[start:][::-1])
    return start, len(before) - alike, len(after) - alike


def stands_for(text: str, value: object) -> bool:
    """Tell whether a text is this value as TOML writes it."""
    try:
        return tomllib.loads(f"x ={text}") == {"x": value}
    except tomllib.TOMLDecodeError:
        return False


def only_value_differs(before: str, after: str, old: object, new: str) -> bool:
    """Tell whether two texts are the same but for one value, or for what was put in between."""
    start, end, ended = changed(before, after)
    if old is None:
        return start == end
    starts = [at + 1 for at in range(start + 1) if before[at : at + 1] == "="]
    return any(
        stands_for(before[at : end + more], old) and stands_for(after[at : ended + more], new)
        for at in starts
        for more in range(6)
    )


def check_set(file: Path, text: str, dotted: str, value: str) -> None:
    """Set a value in a file, and look at all of it."""
    file.write_bytes(text.encode())
    old = said(text, dotted)
    try:
        has_changed = set_value(file, dotted, value)
    except ShantyError:
        assert file.read_bytes() == text.encode()
        return
    after = file.read_bytes().decode()
    assert has_changed == (old != value)
    assert only_value_differs(text, after, old, value) or old == value
    assert without(after, dotted) == without(text, dotted)
    assert said(after, dotted) == value
    assert not set_value(file, dotted, value)
    assert file.read_bytes().decode() == after


def without(text: str, dotted: str) -> dict[str, Any]:
    """Return all that a file says but one value, and a table that holds nothing else."""
    values = read_exactly(text)
    parent, _, key = dotted.rpartition(".")
    inner: Any = table(values, parent)
    if inner:
        inner.pop(key, None)
    name = parent.removeprefix("tool.")
    if not inner and name in table(values, "tool"):
        del values["tool"][name]
    if not values.get("tool", True):
        del values["tool"]
    return values


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return one folder for all the examples: each writes its file anew."""
    return tmp_path_factory.mktemp("fuzz")


@examples(200)
@given(toml_files(), DOTTED, st.one_of(st.sampled_from(["2.5.1", ">=2.5.1"]), st.text()))
def test_one_value_of_a_made_up_file_changes_and_no_byte_else(
    folder: Path, text: str, dotted: str, value: str
) -> None:
    check_set(folder / "pyproject.toml", text, dotted, value)


@pytest.mark.parametrize(
    ("dotted", "end", "last"),
    [
        *(("tool.shanty.poetry-version", *form) for form in FORMS),
        ("tool.poetry.requires-poetry", "\n", "\n"),
    ],
)
def test_one_value_of_every_collected_file_changes_and_no_byte_else(
    folder: Path, dotted: str, end: str, last: str
) -> None:
    """None of those is refused."""
    for shape in read_shapes():
        text = shape.rstrip("\n").replace("\n", end) + last
        file = folder / "pyproject.toml"
        check_set(file, text, dotted, "2.5.1")
        assert said(file.read_bytes().decode(), dotted) == "2.5.1"


def check_added(file: Path, text: str) -> bool:
    """Add a table to a file; tell whether it took it."""
    file.write_bytes(text.encode())
    project = Project(file.parent, file.parent, tomllib.loads(text))
    try:
        after = with_settings(project, LINES)
    except ShantyError:
        return False
    assert after.startswith(text)
    assert ("\n" in after.replace("\r\n", "")) == (
        "\n" in text.replace("\r\n", "") or "\r" not in text
    )
    assert said(after, "tool.shanty") == {"app": "harbour:app"}
    assert without(after, "tool.shanty.app") == without(text, "tool.shanty.app")
    return True


@examples(100)
@given(toml_files())
def test_a_table_is_added_to_a_made_up_file_and_no_byte_changes(folder: Path, text: str) -> None:
    check_added(folder / "pyproject.toml", text)


@pytest.mark.parametrize(("end", "last"), FORMS)
def test_a_table_is_added_to_every_collected_file(folder: Path, end: str, last: str) -> None:
    for shape in read_shapes():
        text = shape.rstrip("\n").replace("\n", end) + last
        assert check_added(folder / "pyproject.toml", text)


def test_the_collected_shapes_are_distinct_and_parse() -> None:
    shapes = read_shapes()
    assert len(shapes) == len(set(shapes)) == 200
    assert all(tomllib.loads(shape) is not None for shape in shapes)


def test_a_shape_has_the_form_of_its_file_and_no_word_of_it() -> None:
    text = (
        '[tool.poetry] # why\nname  = "Bøje" # é\n[secret]\n"x.y" = [\'a\', {my = 12, url = "b"}]\n'
    )
    shape = Shaping().of(text)
    assert shape == (
        '[tool.poetry] # anchor\nname  = "ñandú" # ñandú\n[buoy0]\n'
        '"crew1." = [\'deck\', {ensign2 = 11, url = "foam"}]\n'
    )
