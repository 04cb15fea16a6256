"""The build context: the folder that is sent, and where of it the project lies."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shanty.context import Context, dockerfile_owner, read_context
from shanty.dependencies.lock import read_lock
from shanty.errors import UsageError
from shanty.project import Project, find_project

MakeProject = Callable[..., Project]
PYPROJECT = '[tool.poetry]\nname = "harbour"\n'


def write(root: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def context_of(root: Path, *paths: str, project: str = "app") -> Context:
    """Return the context of a project below `root` whose lock takes packages from these paths.

    What ends in `.whl` is a file, anything else a folder.
    """
    lock = '[[package]]\nname = "flask"\nversion = "3.1"\n'
    for number, path in enumerate(paths):
        kind = "file" if path.endswith(".whl") else "directory"
        lock += (
            f'[[package]]\nname = "lib{number}"\nversion = "1"\n'
            f'[package.source]\ntype = "{kind}"\nurl = "{path}"\n'
        )
    lock += '[metadata]\nlock-version = "2.1"\n'
    write(root / project, {"pyproject.toml": PYPROJECT, "poetry.lock": lock})
    found = find_project(root / project)
    return read_context(found, read_lock(found))


def test_a_project_that_needs_nothing_beside_it_is_its_own_context(
    make_project: MakeProject,
) -> None:
    project = make_project()
    context = read_context(project, None)
    assert context == Context(project, project.root, None, ".", "/opt/app")
    assert context.inside("docs") == "/opt/app/docs"


@pytest.mark.parametrize(
    ("there", "paths", "top", "project_dir", "dependencies"),
    [
        (["lib/x"], ["../lib"], "", "app", ["lib"]),
        (["lib/x", "tools/y/z"], ["../tools/y", "../lib"], "", "app", ["lib", "tools/y"]),
        (["lib/x"], ["../lib", "../app/../lib"], "", "app", ["lib"]),
        (["lib/x", "lib/sub/y"], ["../lib/sub", "../lib"], "", "app", ["lib"]),
        (["wheels/lib-1.whl"], ["../wheels/lib-1.whl"], "", "app", ["wheels/lib-1.whl"]),
        (["app/libs/a/x"], ["libs/a"], "app", ".", ["libs/a"]),
        (["app/lib-1.whl"], ["lib-1.whl"], "app", ".", ["lib-1.whl"]),
        (["app/libs/a/x", "lib/x"], ["libs/a", "../lib"], "", "app", ["app/libs/a", "lib"]),
        (["setup.py"], [".."], "", "app", ["."]),
    ],
)
def test_the_context_is_the_smallest_folder_with_all_that_is_depended_on_by_path(  # noqa: PLR0913, PLR0917
    tmp_path: Path,
    there: list[str],
    paths: list[str],
    top: str,
    project_dir: str,
    dependencies: list[str],
) -> None:
    write(tmp_path, dict.fromkeys(there, ""))
    context = context_of(tmp_path, *paths)
    assert context.root == tmp_path / top
    assert (context.project_dir, context.path_dependencies) == (project_dir, tuple(dependencies))


@pytest.mark.parametrize(
    ("project", "path", "app_dir", "inside"),
    [
        ("app", "../lib", "/opt/app/app", "/opt/app/lib"),
        ("a/b/app", "../../../lib", "/opt/app/a/b/app", "/opt/app/lib"),
        ("app", "libs/lib", "/opt/app", "/opt/app/libs/lib"),
        ("app", "..", "/opt/app/app", "/opt/app"),
    ],
)
def test_in_the_images_a_dependency_lies_as_far_from_the_project_as_here(
    tmp_path: Path, project: str, path: str, app_dir: str, inside: str
) -> None:
    write(tmp_path / project / path, {"pyproject.toml": PYPROJECT})
    context = context_of(tmp_path, path, project=project)
    assert context.app_dir == app_dir
    assert [context.inside(one) for one in context.path_dependencies] == [inside]


def test_a_link_to_a_dependency_leads_to_where_it_is(tmp_path: Path) -> None:
    write(tmp_path, {"shared/lib/x": ""})
    (tmp_path / "lib").symlink_to(tmp_path / "shared" / "lib")
    assert context_of(tmp_path, "../lib").path_dependencies == ("shared/lib",)


@pytest.mark.parametrize("path", ["../lib", "vendor/lib-1.whl"])
def test_a_dependency_that_is_not_there_is_told_by_its_path_and_its_name(
    tmp_path: Path, path: str
) -> None:
    with pytest.raises(UsageError) as refused:
        context_of(tmp_path, path)
    missing = (tmp_path / "app" / path).resolve()
    assert str(refused.value) == (
        f"{tmp_path / 'app' / 'poetry.lock'} depends on {missing}, and there is nothing\n"
        "fix: get it, or take it out of the dependencies: invoke remove lib0"
    )


# The owner of the Dockerfile


def test_an_owner_gives_its_own_folder_and_what_lies_in_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "docker/Dockerfile": "",
            "lib/x": "",
            "pyproject.toml": '[tool.shanty]\nproject = "app"\n',
        },
    )
    context_of(tmp_path, "../lib")
    project = find_project(tmp_path)
    context = read_context(project, read_lock(project))
    assert (context.root, context.owner) == (tmp_path, tmp_path)
    assert (context.project_dir, context.path_dependencies) == ("app", ("lib",))


def test_an_owner_below_what_is_depended_on_is_built_from_above(tmp_path: Path) -> None:
    write(tmp_path, {"app/docker/Dockerfile": "", "lib/x": ""})
    context = context_of(tmp_path, "../lib")
    assert (context.root, context.owner) == (tmp_path, tmp_path / "app")
    assert (context.docker_dir, context.path_dependencies) == ("app/docker", ("lib",))


def test_the_project_s_own_dockerfile_comes_before_the_workspace_s(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": '[tool.shanty]\nproject = "app"\n'})
    write(tmp_path, {"app/pyproject.toml": PYPROJECT, "app/docker/other": ""})
    project = find_project(tmp_path)
    assert dockerfile_owner(project) is None
    write(tmp_path, {"docker/Dockerfile": ""})
    assert dockerfile_owner(project) == tmp_path
    write(tmp_path, {"app/docker/Dockerfile": ""})
    assert dockerfile_owner(project) == tmp_path / "app"
