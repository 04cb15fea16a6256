"""The table that a project's `pyproject.toml` is given."""

import tomllib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanty.dependencies.lock import read_lock
from shanty.errors import UsageError
from shanty.init.own_settings import found_settings, settings_lines, with_settings
from shanty.project import Project
from shanty.recipe import read_recipe
from shanty.settings import Given, Value, resolve
from tests.fakes import write_project

MakeProject = Callable[..., Project]
LINES = ["[tool.shanty]", 'app = "harbour:app"']
POETRY = '[tool.poetry]\nname = "harbour"'


def test_what_images_hang_on_is_written_down_and_what_was_given_elsewhere(
    make_project: MakeProject,
) -> None:
    project = write_project(make_project, pyproject=f'[project]\nname="harbour"\n\n{POETRY}\n')
    lock = read_lock(project)
    environment = {"SHANTY_PORT": "9000", "SHANTY_GROUPS": "main"}
    resolved = resolve(Given(project, lock, environment, {}))
    found = found_settings(resolved, read_recipe(project, lock, resolved))
    assert list(found) == ["app", "python-version", "poetry-version", "port", "groups"]
    assert found["app"] == "harbour:create_app()"
    assert found["port"] == 9000


def test_the_table_says_what_was_found() -> None:
    found: dict[str, Value] = {"app": 'web:make("a\\b")', "port": 9000, "groups": ("main", "prod")}
    assert tomllib.loads("\n".join(settings_lines(found))) == {
        "tool": {"shanty": {**found, "groups": ["main", "prod"]}}
    }


@given(st.text())
def test_a_value_is_read_back_as_it_was_meant(value: str) -> None:
    lines = "\n".join(settings_lines({"serve": value}))
    assert tomllib.loads(lines)["tool"]["shanty"]["serve"] == value


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"{POETRY}\n", f'{POETRY}\n\n[tool.shanty]\napp = "harbour:app"\n'),
        (POETRY, f'{POETRY}\n\n[tool.shanty]\napp = "harbour:app"\n'),
        ('[tool.poetry]\r\nname = "harbour" # é\r\n\r\n', None),
        ('[tool.poetry]\r\nname = "harbour"', None),
        ("# dotted\ntool.poetry.name = 'harbour'", None),
        ("[tool]\npoetry.name = 'harbour' # why\n", None),
        ("[tool.poetry]\n[[tool.poetry.source]]\nname='x'\n[tool.ruff]\n", None),
    ],
)
def test_every_byte_that_was_there_stays(
    make_project: MakeProject, before: str, after: str | None
) -> None:
    written = with_settings(make_project(pyproject=before), LINES)
    assert written == (after or written)
    assert written.startswith(before)
    newlines = {"\r\n"} if "\r\n" in before else {"\n"}
    assert {line[len(line.rstrip()) :] for line in written.splitlines(keepends=True)} == newlines
    assert tomllib.loads(written)["tool"]["shanty"] == {"app": "harbour:app"}


def test_a_file_that_takes_no_table_is_refused_with_what_to_write(
    make_project: MakeProject,
) -> None:
    project = make_project(pyproject='tool = { poetry = { name = "harbour" } }\n')
    with pytest.raises(UsageError) as refused:
        with_settings(project, LINES)
    assert refused.value.what == f"{project.pyproject_file} takes no [tool.shanty] at its end"
    assert refused.value.fix == 'write it there yourself, with app = "harbour:app"'
