"""`FLASK_APP` as `.flaskenv` gives it, read as Flask reads it."""

from collections.abc import Callable

import pytest

from shanty.project import Project
from shanty.search.flaskenv import flask_app
from shanty.search.places import Places

MakeProject = Callable[..., Project]
FILES = dict.fromkeys(("src/harbour/__init__.py", "src/harbour/web.py", "serve.py", "x.txt"), "")


@pytest.mark.parametrize(
    ("line", "name", "file", "callable_name"),
    [
        ("FLASK_APP=harbour", "harbour", "src/harbour/__init__.py", ""),
        ("FLASK_APP = 'harbour.web:site'", "harbour.web", "src/harbour/web.py", "site"),
        ('export FLASK_APP="serve.py"', "serve", "serve.py", ""),
        ("FLASK_APP=src/harbour", "harbour", "src/harbour/__init__.py", ""),
        ("FLASK_APP=src/harbour/web.py:site # x", "harbour.web", "src/harbour/web.py", "site"),
        ("FLASK_APP=\"serve:create_app('a', 1)\"", "serve", "serve.py", "create_app('a', 1)"),
        ("FLASK_APP=quay:app", "quay", "", "app"),
        ("FLASK_APP=x.txt", "x.txt", "", ""),
        ("FLASK_DEBUG=1\nFLASK_APP=x\nFLASK_APP=serve", "serve", "serve.py", ""),
    ],
)
def test_flask_app_is_a_module_or_a_path_and_perhaps_a_callable(
    make_project: MakeProject, line: str, name: str, file: str, callable_name: str
) -> None:
    project = make_project({**FILES, ".flaskenv": f"{line}\n"})
    found = flask_app(Places(project))
    assert found is not None
    assert (found.name, found.callable) == (name, callable_name)
    assert (found.module and found.module.file) == (project.root / file if file else None)


@pytest.mark.parametrize(
    "text", ["", "FLASK_APP=\n", "# FLASK_APP=serve\n", "MY_FLASK_APP=serve\n"]
)
def test_a_file_that_does_not_say_it_is_passed_over(make_project: MakeProject, text: str) -> None:
    assert flask_app(Places(make_project({**FILES, ".flaskenv": text}))) is None


def test_without_a_readable_file_there_is_none(make_project: MakeProject) -> None:
    project = make_project(FILES)
    assert flask_app(Places(project)) is None
    (project.root / ".flaskenv").write_bytes(b"FLASK_APP=\xff")
    assert flask_app(Places(project)) is None
