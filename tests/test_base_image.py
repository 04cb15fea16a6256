"""The best base image that can be made on this system for a project; how, `test_machine` shows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.dependencies.lock import Lock
from shanty.own_base import on_own_base
from shanty.project import Project
from shanty.settings import Given, resolve
from shanty.setup import apt
from shanty.setup.base_image import carried_python, made_here

MakeProject = Callable[..., Project]
APP = "from flask import Flask\napp = Flask(__name__)\n"
System = Callable[[str], None]


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    """Return a function that makes this machine a system of some kind, with apt on it."""

    def be(name: str) -> None:
        release = tmp_path / "os-release"
        release.write_text(f"ID={name}\n", encoding="utf-8")
        monkeypatch.setattr(apt, "Path", lambda _path: release)
        (tmp_path / "apt-get").touch(mode=0o755)
        monkeypatch.setenv("PATH", str(tmp_path))

    return be


def given(make_project: MakeProject, admitted: str, app: str = APP, **environment: str) -> Given:
    """Return a project that admits some releases of Python."""
    pyproject = f'[project]\nname = "harbour"\nrequires-python = "{admitted}"\n[tool.poetry]\n'
    project = make_project({"harbour/__init__.py": app}, pyproject)
    return Given(project, Lock(project.lock_file, "2.5.1", "", {}), environment, {})


@pytest.mark.parametrize(
    ("name", "admitted", "python_version"),
    [
        ("debian", ">=3.11,<3.13", "3.11"),
        ("debian", ">=3.9,<4.0", "3.14"),
        ("debian", ">=3.12,<3.13", None),
        ("ubuntu", ">=3.11,<3.14", "3.12"),
        ("ubuntu", ">=3.11,<3.12", None),
        ("fedora", ">=3.11,<4.0", None),
    ],
)
def test_the_best_python_is_the_newest_that_the_system_carries_and_the_project_admits(
    make_project: MakeProject, system: System, name: str, admitted: str, python_version: str | None
) -> None:
    system(name)
    project = given(make_project, admitted)
    made = made_here(project)
    assert carried_python(project) == python_version
    assert (made.settings.python_version if made else None) == python_version
    assert made is None or made.settings.base_image == f"shanty/python:{python_version}"


def test_the_reason_says_that_the_system_decided_unless_somebody_did(
    make_project: MakeProject, system: System
) -> None:
    system("debian")
    made = made_here(given(make_project, ">=3.11,<3.13"))
    assert made
    assert made.sources["python-version"] == (
        "newest that requires-python >=3.11,<3.13 admits; 3.12 suits better and cannot be had here"
    )
    made = made_here(given(make_project, ">=3.11,<3.13", SHANTY_PYTHON_VERSION="3.12"))
    assert made
    assert made.settings.base_image == "shanty/python:3.12"
    assert made.sources["python-version"] == "SHANTY_PYTHON_VERSION"


def test_the_python_is_known_where_no_app_is(make_project: MakeProject, system: System) -> None:
    """A machine can be made ready before there is one."""
    system("debian")
    assert carried_python(given(make_project, ">=3.11,<3.13", app="")) == "3.11"


def test_a_base_image_made_here_changes_nothing_else(make_project: MakeProject) -> None:
    resolved = resolve(given(make_project, ">=3.11,<3.13"))
    own = on_own_base(resolved)
    assert own.settings.base_image == "shanty/python:3.12"
    assert (own.sources, own.found) == (resolved.sources, resolved.found)
