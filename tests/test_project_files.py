"""What a build reads besides the packages: names that agree, a readme, licence files."""

from collections.abc import Callable

import pytest

from shanty.errors import UsageError
from shanty.project import Project
from shanty.project_files import check_project, included_in_wheel

MakeProject = Callable[..., Project]


@pytest.mark.parametrize(
    ("text", "key", "name"),
    [
        ('[project]\nreadme = "README.md"\n[tool.poetry]\n', "[project] readme", "README.md"),
        (
            '[project.readme]\nfile = "docs/a.rst"\n[tool.poetry]\n',
            *("[project] readme", "docs/a.rst"),
        ),
        ('[tool.poetry]\nreadme = "a.md"\n', "[tool.poetry] readme", "a.md"),
        ('[tool.poetry]\nreadme = ["here.md", "a.md"]\n', "[tool.poetry] readme", "a.md"),
        (
            '[project]\nlicense = { file = "LICENCE" }\n[tool.poetry]\n',
            *("[project] license", "LICENCE"),
        ),
        (
            '[project]\nlicense-files = ["here*", "/LICEN[CS]E*"]\n[tool.poetry]\n',
            *("[project] license-files", "/LICEN[CS]E*"),
        ),
    ],
)
def test_a_declared_file_that_is_missing_is_told(
    make_project: MakeProject, text: str, key: str, name: str
) -> None:
    """Poetry 2 ends the build with it, after the dependencies have been installed."""
    project = make_project({"here.md": ""}, text)
    with pytest.raises(UsageError) as refused:
        check_project(project)
    assert str(refused.value) == (
        f"{project.pyproject_file}: {key} = {name!r}, and there is no such file: "
        f"Poetry does not build the project without it\nfix: write {name}, or take the key out"
    )


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nreadme = "here.md"\nlicense-files = ["her?.md"]\n[tool.poetry]\n',
        '[project]\nlicense = "MIT"\nreadme = { text = "Moored." }\n[tool.poetry]\n',
        '[project]\nreadme = "here.md"\n[tool.poetry]\nreadme = "passed over"\n',
        '[project]\nlicense-files = ""\n[tool.poetry]\n',
        "[project]\nlicense-files = []\n[tool.poetry]\n",
        '[tool.poetry]\nreadme = ["here.md", "here.md"]\n',
        '[tool.poetry]\nreadme = "gone"\npackage-mode = false\n',
        '[project]\nname = "Old.Harbour"\n[tool.poetry]\nname = "old-harbour"\n',
    ],
)
def test_a_project_that_poetry_builds_passes(make_project: MakeProject, text: str) -> None:
    check_project(make_project({"here.md": ""}, text))


def test_two_names_are_told(make_project: MakeProject) -> None:
    project = make_project(pyproject='[project]\nname = "a"\n[tool.poetry]\nname = "b"\n')
    with pytest.raises(UsageError) as refused:
        check_project(project)
    assert str(refused.value) == (
        f"{project.pyproject_file} has two names: 'a' under [project], 'b' under [tool.poetry]\n"
        "fix: take the name out of [tool.poetry]"
    )


@pytest.mark.parametrize(
    ("include", "expected"),
    [
        ('["data"]', ()),
        ('[{ path = "data" }]', ()),
        ('[{ path = "data", format = "sdist" }]', ()),
        ('[{ path = "app.py", format = "wheel" }]', ("app.py",)),
        ('["x", { path = "data/*", format = ["sdist", "wheel"] }]', ("data/*",)),
    ],
)
def test_what_the_wheel_holds_beside_the_packages_names_its_format(
    make_project: MakeProject, include: str, expected: tuple[str, ...]
) -> None:
    project = make_project(pyproject=f"[tool.poetry]\ninclude = {include}\n")
    assert included_in_wheel(project) == expected
