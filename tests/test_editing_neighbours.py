"""What Poetry has to see beside the two files: every dependency by path, whoever names it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.dependencies.lock import Lock
from shanty.dependencies.locked_package import LockedPackage
from shanty.editing.neighbours import is_built, neighbours
from shanty.project import Project
from tests.conftest import PYPROJECT

MakeProject = Callable[..., Project]


def folder(project: Project, name: str, pyproject: str = "") -> Path:
    """Make a folder beside the project, or in it, with a `pyproject.toml` if it has one."""
    made = (project.root / name).resolve()
    made.mkdir(parents=True, exist_ok=True)
    if pyproject:
        (made / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    return made


def lock(project: Project, **urls: str) -> Lock:
    """Return a lock with packages by path."""
    packages = [LockedPackage(name, "1", source="directory", url=url) for name, url in urls.items()]
    return Lock(project.lock_file, None, "", {}, packages=(*packages, LockedPackage("flask", "3")))


@pytest.mark.parametrize(
    "declared",
    [
        '[tool.poetry.dependencies]\nlib = { path = "../lib", develop = true }\n',
        '[tool.poetry.dependencies]\nlib = [{ path = "../lib", python = "<4" }, "1"]\n',
        '[tool.poetry.group.test.dependencies]\nlib = { path = "../lib" }\n',
        '[tool.poetry.dev-dependencies]\nlib.path = "../lib/"\n',
        '[dependency-groups]\ntest = ["lib @ file:../lib", { include-group = "other" }]\n',
    ],
)
def test_what_is_declared_by_path_is_seen(make_project: MakeProject, declared: str) -> None:
    project = make_project(pyproject=PYPROJECT + declared)
    lib = folder(project, "../lib")
    assert neighbours(project, None, ()) == (lib,)


def test_an_address_of_a_file_is_a_path_too(make_project: MakeProject, tmp_path: Path) -> None:
    lib = tmp_path / "a lib"
    lib.mkdir()
    address = f"file://{tmp_path}/a%20lib"
    text = PYPROJECT.replace("[build-", f'dependencies = ["lib @ {address} ; os_name"]\n[build-')
    assert neighbours(make_project(pyproject=text), None, ()) == (lib,)


def test_what_is_locked_and_what_is_typed_is_seen(make_project: MakeProject) -> None:
    project = make_project()
    locked, typed = folder(project, "../locked"), folder(project, "../typed")
    words = ("--group", "test", "../typed[extra]", "flask", "git+https://forge.example/a.git", "/")
    assert neighbours(project, lock(project, locked="../locked"), words) == (locked, typed)


def test_a_neighbour_brings_its_own(make_project: MakeProject) -> None:
    project = make_project()
    other = '[tool.poetry.dependencies]\nrope = { path = "../rope" }\nlib = { path = "../lib" }\n'
    lib, rope = folder(project, "../lib", other), folder(project, "../rope", "no toml")
    assert neighbours(project, None, ["../lib"]) == (lib, rope)


def test_what_is_not_there_is_left_to_poetry(make_project: MakeProject) -> None:
    project = make_project()
    assert neighbours(project, lock(project, gone="../gone"), ["../nothing", "./"]) == ()


def test_what_lies_in_a_neighbour_comes_with_it(make_project: MakeProject) -> None:
    project = make_project()
    lib = folder(project, "../lib")
    folder(project, "../lib/inner")
    assert neighbours(project, None, ["../lib/inner", "../lib"]) == (lib,)


def test_the_project_hides_what_lies_in_it_from_a_folder_above(make_project: MakeProject) -> None:
    """The copies take the project's place: of what is in it, only what is named is there."""
    project = make_project()
    inner = folder(project, "libs/inner")
    folder(project, "libs/inner/deep")
    words = ["../", "libs/inner", "libs/inner/deep"]
    assert neighbours(project, None, words) == (project.root.parent, inner)


def test_poetry_builds_what_is_not_its_own(make_project: MakeProject) -> None:
    project = make_project()
    setuptools = '[build-system]\nbuild-backend = "setuptools.build_meta"\n'
    assert is_built(folder(project, "../built", setuptools))
    assert is_built(folder(project, "../older"))
    assert not is_built(folder(project, "../poetry", PYPROJECT))
    wheel = project.root / "lib.whl"
    wheel.touch()
    assert not is_built(wheel)
