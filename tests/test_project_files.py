"""What a build reads besides the packages: names that agree, a readme, licence files."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.errors import UsageError
from shanty.project import Project
from shanty.project_files import check_project, read_by_build

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
        ('["data"]', ("data",)),
        ('[{ path = "data" }]', ("data",)),
        ('[{ path = "data", format = "sdist" }]', ()),
        ('[{ path = "data", format = ["sdist"] }]', ()),
        ('["x", { path = "data/*", format = ["sdist", "wheel"] }]', ("x", "data/*")),
    ],
)
def test_a_wheel_is_made_from_the_packages_and_what_is_included(
    make_project: MakeProject, include: str, expected: tuple[str, ...]
) -> None:
    text = f'[tool.poetry]\nname = "harbour"\ninclude = {include}\n'
    project = make_project({"src/harbour/__init__.py": ""}, text)
    assert read_by_build(project) == ("src/harbour", *expected, "LICENSES")


def test_a_wheel_is_made_from_the_readme_and_the_licences(make_project: MakeProject) -> None:
    text = (
        '[project]\nname = "harbour"\nreadme = "docs/about.md"\n'
        'license = { file = "legal/MIT.txt" }\nlicense-files = ["/legal/*"]\n[tool.poetry]\n'
    )
    project = make_project({"harbour.py": ""}, text)
    assert read_by_build(project) == ("harbour.py", "docs/about.md", "legal/*", "legal/MIT.txt")


@pytest.mark.parametrize(
    "table",
    ['[tool.poetry.build]\nscript = "build.py"', '[build-system]\nbuild-backend = "hatchling"'],
)
def test_what_a_build_of_one_s_own_reads_is_not_known(
    make_project: MakeProject, table: str
) -> None:
    text = f'[project]\nname = "harbour"\n[tool.poetry]\n{table}\n'
    assert read_by_build(make_project({"harbour.py": ""}, text)) is None


def test_a_wheel_is_made_from_what_the_links_in_its_packages_lead_to(
    make_project: MakeProject, tmp_path: Path
) -> None:
    """What lies outside the project is in no context."""
    project = make_project({"harbour/__init__.py": "", "assets/logo.svg": ""})
    links = {"logo.svg": "../assets/logo.svg", "out": str(tmp_path), "loop": "loop"}
    for name, target in links.items():
        (project.root / "harbour" / name).symlink_to(target)
    found = read_by_build(project) or ()
    assert sorted(found) == ["LICENSES", "assets/logo.svg", "harbour", "harbour/loop"]
