"""What a build reads besides the packages: names that agree, a readme, licence files."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.errors import UsageError
from shanty.project import Project, find_project
from shanty.project_files import check_project, read_by_build

NAME = 'name = "harbour"'
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
        (
            '[project]\nlicense-files = ["***"]\n[tool.poetry]\n',
            *("[project] license-files", "***"),
        ),
    ],
)
def test_a_declared_file_that_is_missing_is_told(
    make_project: MakeProject, text: str, key: str, name: str
) -> None:
    """Poetry 2 ends the build with it, after the dependencies have been installed."""
    project = make_project({"here.md": ""}, named(text))
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
    check_project(make_project({"here.md": ""}, named(text)))


def named(text: str) -> str:
    """Return what `pyproject.toml` says, with a name where it says none."""
    return text if "name" in text else text.replace("[tool.poetry]", f"[tool.poetry]\n{NAME}")


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


def test_a_declared_package_that_is_missing_is_told(make_project: MakeProject) -> None:
    declared = 'packages = [{ include = "harbour" }, { include = "quay", from = "src" }]'
    project = make_project(
        {"harbour.py": "", "harbour/__init__.py": ""}, f"[tool.poetry]\n{NAME}\n{declared}\n"
    )
    with pytest.raises(UsageError) as refused:
        check_project(project)
    assert str(refused.value) == (
        f"{project.pyproject_file}: packages names src/quay, "
        "and there is no such folder or module\n"
        'fix: name the one that there is: packages = [{ include = "harbour" }], '
        "or set package-mode = false"
    )


@pytest.mark.parametrize(
    ("files", "both", "packages"),
    [
        (
            ("harbour/__init__.py", "src/harbour/web.py"),
            "harbour and src/harbour",
            '{ include = "harbour" }',
        ),
        (
            ("src/harbour.py", "src/harbour/a.py"),
            "src/harbour and src/harbour.py",
            '{ include = "harbour", from = "src" }',
        ),
    ],
)
def test_two_places_of_the_package_are_told(
    make_project: MakeProject, files: tuple[str, ...], both: str, packages: str
) -> None:
    project = make_project(dict.fromkeys(files, ""), f"[tool.poetry]\n{NAME}\n")
    with pytest.raises(UsageError) as refused:
        check_project(project)
    assert str(refused.value) == (
        f"{project.root} has both {both}, and either may be the package\n"
        f"fix: say which in {project.pyproject_file}: [tool.poetry] packages = [{packages}]"
    )


def test_a_folder_of_the_package_s_name_without_code_is_no_second_package(
    make_project: MakeProject,
) -> None:
    files = {"harbour/chart.svg": "", "src/harbour/__init__.py": ""}
    check_project(make_project(files, f"[tool.poetry]\n{NAME}\n"))


def test_without_another_package_none_is_named(make_project: MakeProject) -> None:
    declared = 'packages = [{ include = "quay" }]'
    project = make_project({"tests/__init__.py": ""}, f"[tool.poetry]\n{NAME}\n{declared}\n")
    with pytest.raises(UsageError) as refused:
        check_project(project)
    assert refused.value.fix == "name another, or set package-mode = false"


@pytest.mark.parametrize(
    ("target", "why"), [("nowhere", "and there is nothing"), ("link", "round in a circle")]
)
def test_a_link_in_the_package_that_leads_nowhere_is_told(
    make_project: MakeProject, target: str, why: str
) -> None:
    project = make_project({"harbour/__init__.py": ""}, f"[tool.poetry]\n{NAME}\n")
    link = project.root / "harbour" / "link"
    link.symlink_to(target)
    with pytest.raises(UsageError) as refused:
        check_project(project)
    assert str(refused.value) == (
        f"{link} is a link to {target}, {why}: no wheel can be built with it\nfix: rm {link}"
    )


def test_a_link_out_of_what_poetry_makes_a_wheel_of_is_told(make_project: MakeProject) -> None:
    """Other build backends may follow it as far as the project goes."""
    files = {"src/harbour/__init__.py": "", "notes.md": ""}
    project = make_project(files, f"[tool.poetry]\n{NAME}\n")
    link = project.root / "src" / "harbour" / "notes.md"
    link.symlink_to("../../notes.md")
    with pytest.raises(UsageError) as refused:
        check_project(project)
    assert refused.value.what.startswith(f"{link} is a link to ../../notes.md, outside of ")
    backend = '[build-system]\nbuild-backend = "hatchling.build"\n'
    check_project(make_project({}, f"[tool.poetry]\n{NAME}\n{backend}"))


def test_a_file_of_the_wheel_whose_name_is_no_text_is_told_with_the_command_that_renames_it(
    make_project: MakeProject,
) -> None:
    project = make_project({"harbour/__init__.py": ""}, f"[tool.poetry]\n{NAME}\n")
    folder = project.root / "harbour"
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9")).touch()
    with pytest.raises(UsageError) as refused:
        check_project(project)
    assert refused.value.what.startswith(f"{folder}/caf\ufffd is a file name that is not UTF-8")
    subprocess.run(["/bin/sh", "-euc", refused.value.fix], check=True)
    assert (folder / "café").is_file()
    check_project(project)


def test_a_link_to_the_folder_that_it_is_in_hurts_nobody(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": ""}, f"[tool.poetry]\n{NAME}\n")
    (project.root / "harbour" / "link").symlink_to(".")
    check_project(project)


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


def test_a_package_that_is_a_link_is_read_where_it_leads(make_project: MakeProject) -> None:
    project = make_project({"src/code/__init__.py": ""})
    (project.root / "harbour").symlink_to("src/code")
    found = read_by_build(find_project(project.root)) or ()
    assert sorted(found) == ["LICENSES", "harbour", "src/code"]
