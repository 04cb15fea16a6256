"""The version that git's tags give a project, and the plugins that go unheeded."""

import re
import subprocess
from collections.abc import Callable

import pytest

from shanty.dynamic_version import check_backend, project_version, unheeded_plugins
from shanty.errors import UsageError
from shanty.project import Project

MakeProject = Callable[..., Project]
DYNAMIC = '[tool.poetry]\nname = "harbour"\n[tool.poetry-dynamic-versioning]\nenable = true\n'
BACKEND = '[build-system]\nbuild-backend = "poetry_dynamic_versioning.backend"\n'
ASKED = """\
[tool.poetry.requires-plugins]
poetry-polylith-plugin = "*"
poetry-plugin-export = "*"
poetry-dotenv-plugin = "*"
"""


def git(project: Project, *words: str) -> None:
    """Run git in a project."""
    person = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
    subprocess.run(["git", "-C", str(project.root), *person, *words], check=True)


def committed(project: Project, *tags: str) -> Project:
    """Return a project with one commit that bears these tags."""
    git(project, "init", "--quiet")
    git(project, "commit", "--quiet", "--allow-empty", "--message", "x")
    for tag in tags:
        git(project, "tag", tag)
    return project


@pytest.mark.parametrize(
    ("tag", "version"), [("v1.2.3", "1.2.3"), ("v0.1", "0.1"), ("v2.0-rc.1", "2.0-rc.1")]
)
def test_at_a_tag_the_version_is_the_tag_s(
    make_project: MakeProject, tag: str, version: str
) -> None:
    project = committed(make_project(pyproject=DYNAMIC), tag, "latest", "release-9")
    assert project_version(project) == version
    git(project, "commit", "--quiet", "--allow-empty", "--message", "y")
    pattern = rf"{re.escape(version)}\.post1\.dev0\+[0-9a-f]{{7}}"
    assert re.fullmatch(pattern, project_version(project))


@pytest.mark.parametrize("tags", [(), ("1.2.3",), ("version1",)])
def test_without_a_tag_of_a_version_there_is_no_version_yet(
    make_project: MakeProject, tags: tuple[str, ...]
) -> None:
    assert project_version(committed(make_project(pyproject=DYNAMIC), *tags)) == "0.0.0"


def test_without_a_commit_a_checkout_or_git_there_is_none_either(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(pyproject=DYNAMIC)
    assert project_version(project) == "0.0.0"
    git(project, "init", "--quiet")
    assert project_version(project) == "0.0.0"
    monkeypatch.setenv("PATH", "/nowhere")
    assert project_version(project) == "0.0.0"


@pytest.mark.parametrize("enable", ["enable = false", ""])
def test_a_project_that_does_not_ask_for_it_keeps_its_own(
    make_project: MakeProject, enable: str
) -> None:
    project = make_project(pyproject=DYNAMIC.replace("enable = true", enable))
    assert project_version(committed(project, "v1.2.3")) == ""


@pytest.mark.parametrize(
    ("pyproject", "unheeded"),
    [
        ("[tool.poetry]\n", []),
        (DYNAMIC, ["poetry-dynamic-versioning"]),
        (DYNAMIC + BACKEND, []),
        (ASKED, ["poetry-dotenv-plugin", "poetry-polylith-plugin"]),
    ],
)
def test_a_plugin_that_no_image_runs_is_told_unless_it_does_no_harm(
    make_project: MakeProject, pyproject: str, unheeded: list[str]
) -> None:
    assert unheeded_plugins(make_project(pyproject=pyproject)) == unheeded


def test_a_backend_that_no_build_installs_is_refused(make_project: MakeProject) -> None:
    project = make_project(pyproject=DYNAMIC + BACKEND + 'requires = ["poetry-core>=2.0"]\n')
    with pytest.raises(UsageError) as refused:
        check_backend(project)
    assert str(refused.value) == (
        f"{project.pyproject_file}: build-backend is poetry_dynamic_versioning.backend, and "
        "requires has no poetry-dynamic-versioning: nothing can build the project\n"
        'fix: [build-system] requires = ["poetry-core>=2.0", "poetry-dynamic-versioning"]'
    )


@pytest.mark.parametrize(
    "build_system",
    [
        BACKEND + 'requires = ["poetry_dynamic_versioning[plugin]>=1.0"]\n',
        BACKEND + 'requires = ["no such luck", "Poetry-Dynamic-Versioning"]\n',
        '[build-system]\nbuild-backend = "poetry.core.masonry.api"\n',
    ],
)
def test_a_backend_that_a_build_installs_is_not_refused(
    make_project: MakeProject, build_system: str
) -> None:
    project = make_project(pyproject='[tool.poetry]\nname = "harbour"\n' + build_system)
    check_backend(project)
