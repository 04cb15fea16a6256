"""The Poetry project: where it is and what its `pyproject.toml` says of it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.errors import UsageError
from shanty.project import Project, find_project
from tests.checkouts import begin

MakeProject = Callable[..., Project]
SETUPTOOLS = '[build-system]\nbuild-backend = "setuptools.build_meta"\n'


def write(folder: Path, text: str) -> Path:
    """Write a `pyproject.toml` into a folder, made for it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pyproject.toml"
    file.write_text(text)
    return file


# Finding it


def test_a_project_is_found_from_any_folder_inside_it(make_project: MakeProject) -> None:
    project = make_project({"src/harbour/deep/x.py": ""})
    assert find_project(project.root / "src" / "harbour" / "deep") == project
    assert project.workspace == project.root
    assert project.pyproject_file == project.root / "pyproject.toml"
    assert project.lock_file == project.root / "poetry.lock"


def test_a_project_is_found_through_a_symbolic_link(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project()
    (tmp_path / "link").symlink_to(project.root)
    assert find_project(tmp_path / "link").root == project.root


def test_a_tool_poetry_table_is_enough(make_project: MakeProject) -> None:
    """Poetry builds an old project that names no build backend."""
    assert make_project(pyproject="[tool.poetry]\n").root.name == "harbour"


def test_the_nearest_project_wins(make_project: MakeProject) -> None:
    outer = make_project({"inner/pyproject.toml": "[tool.poetry]\n"})
    assert find_project(outer.root / "inner").root == outer.root / "inner"


def test_another_tool_s_project_on_the_way_up_is_passed_over(make_project: MakeProject) -> None:
    project = make_project({"docs/pyproject.toml": SETUPTOOLS})
    assert find_project(project.root / "docs") == project


def test_no_pyproject_anywhere_is_told_with_the_place(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        find_project(tmp_path)
    assert str(refused.value) == (
        f"no pyproject.toml in {tmp_path} or above it\n"
        "fix: go to the folder of a Poetry project, or make one here with: poetry init"
    )


def test_one_that_git_has_still_is_given_back_by_git(make_project: MakeProject) -> None:
    project = make_project({"poetry.lock": ""})
    begin(project.root)
    project.pyproject_file.unlink()
    with pytest.raises(UsageError) as refused:
        find_project(project.root)
    assert str(refused.value) == (
        f"no pyproject.toml in {project.root} or above it, only poetry.lock\n"
        f"fix: git checkout HEAD -- {project.pyproject_file}"
    )
    subprocess.run(["/bin/sh", "-euc", refused.value.fix], check=True, cwd=project.root)
    assert find_project(project.root) == project


@pytest.mark.parametrize(
    ("text", "backend"),
    [(SETUPTOOLS, "setuptools.build_meta"), ("[project]\n", "no build backend")],
)
def test_another_tool_s_project_is_told_by_its_backend(
    tmp_path: Path, text: str, backend: str
) -> None:
    file = write(tmp_path / "harbour", text)
    write(tmp_path, "")
    with pytest.raises(UsageError) as refused:
        find_project(file.parent)
    assert str(refused.value) == (
        f"{file} is not a Poetry project: it has {backend} and no [tool.poetry]\n"
        "fix: go to the folder of a Poetry project, or make one here with: poetry init"
    )


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["uv.lock"], "uv.lock"),
        (["requirements.txt", "setup.py"], "setup.py, requirements.txt"),
        (["Pipfile", "environment.yml", "pdm.lock"], "pdm.lock, Pipfile, environment.yml"),
    ],
)
def test_what_other_tools_keep_there_is_told(tmp_path: Path, files: list[str], found: str) -> None:
    for name in files:
        (tmp_path / name).touch()
    with pytest.raises(UsageError) as refused:
        find_project(tmp_path)
    assert refused.value.what == f"no pyproject.toml in {tmp_path} or above it, only {found}"
    file = write(tmp_path, SETUPTOOLS)
    with pytest.raises(UsageError) as refused:
        find_project(tmp_path)
    assert refused.value.what == (
        f"{file} is not a Poetry project: it has setuptools.build_meta, {found} "
        "and no [tool.poetry]"
    )


def test_without_a_build_system_poetry_s_lock_makes_it_poetry_s(tmp_path: Path) -> None:
    """Poetry is what builds a project that names no build system."""
    write(tmp_path, '[project]\nname = "harbour"\n')
    with pytest.raises(UsageError):
        find_project(tmp_path)
    (tmp_path / "poetry.lock").touch()
    found = find_project(tmp_path)
    assert (found.name, found.is_built_by_poetry) == ("harbour", True)


def test_another_build_backend_beside_poetry_s_lock_is_still_another(tmp_path: Path) -> None:
    write(tmp_path, SETUPTOOLS)
    (tmp_path / "poetry.lock").touch()
    with pytest.raises(UsageError):
        find_project(tmp_path)


# Handing over


def test_a_workspace_hands_over_to_a_project_below_it(
    make_project: MakeProject, tmp_path: Path
) -> None:
    inner = make_project()
    write(tmp_path, '[tool.shanty]\nproject = "harbour"\n')
    found = find_project(tmp_path)
    assert (found.root, found.workspace) == (inner.root, tmp_path)
    assert found.name == "harbour"


def test_a_workspace_has_no_settings_of_its_own(tmp_path: Path) -> None:
    file = write(tmp_path, '[tool.shanty]\nproject = "harbour"\nport = 80\n')
    with pytest.raises(UsageError) as refused:
        find_project(tmp_path)
    assert str(refused.value) == (
        f"{file}: [tool.shanty] hands over to 'harbour', so port has no meaning in it\n"
        "fix: move port to [tool.shanty] in harbour/pyproject.toml"
    )


@pytest.mark.parametrize("folder", ["nowhere", "../outside", "."])
def test_a_workspace_hands_over_to_nothing_but_a_project_below_it(
    tmp_path: Path, folder: str
) -> None:
    write(tmp_path / "outside", "[tool.poetry]\n")
    file = write(tmp_path / "inside", f'[tool.poetry]\n[tool.shanty]\nproject = "{folder}"\n')
    with pytest.raises(UsageError) as refused:
        find_project(tmp_path / "inside")
    assert str(refused.value) == (
        f"{file}: [tool.shanty] project = {folder!r} names no project below {tmp_path / 'inside'}\n"
        "fix: name the folder of a Poetry project, relative to this file"
    )


def test_a_workspace_hands_over_to_no_name_that_no_folder_has(tmp_path: Path) -> None:
    write(tmp_path, '[tool.shanty]\nproject = "a\\u0000b"\n')
    with pytest.raises(UsageError, match="holds a NUL"):
        find_project(tmp_path)


def test_a_workspace_does_not_hand_over_to_another_tool_s_project(tmp_path: Path) -> None:
    file = write(tmp_path, '[tool.shanty]\nproject = "docs"\n')
    docs = write(tmp_path / "docs", SETUPTOOLS)
    with pytest.raises(UsageError) as refused:
        find_project(tmp_path)
    assert str(refused.value) == (
        f"{docs} is not a Poetry project: it has no [tool.poetry]\n"
        f"fix: name another folder under [tool.shanty] project in {file}"
    )


# What it says


@pytest.mark.parametrize("place", ["project", "tool.poetry"])
def test_the_name_stands_in_either_table(make_project: MakeProject, place: str) -> None:
    project = make_project(pyproject=f'[{place}]\nname = "quay"\n[tool.poetry.build]\n')
    assert project.name == "quay"


def test_a_path_is_no_name(make_project: MakeProject) -> None:
    project = make_project(pyproject='[tool.poetry]\nname = "/quay"\n')
    with pytest.raises(UsageError):
        _ = project.name


def test_a_project_without_a_name_is_told_where_to_write_one(make_project: MakeProject) -> None:
    project = make_project(pyproject='[project]\nname = ""\n[tool.poetry]\n')
    with pytest.raises(UsageError) as refused:
        _ = project.name
    assert str(refused.value) == (
        f'{project.pyproject_file} gives the project no name\nfix: write name = "…" under [project]'
    )


@pytest.mark.parametrize(
    ("text", "constraint"),
    [
        ('[project]\nrequires-python = ">=3.11"\n[tool.poetry]\n', ">=3.11"),
        ('[tool.poetry.dependencies]\npython = "^3.11"\n', "^3.11"),
        ("[tool.poetry]\n", "*"),
    ],
)
def test_the_python_releases_admitted_stand_in_either_table(
    make_project: MakeProject, text: str, constraint: str
) -> None:
    assert make_project(pyproject=text).requires_python == constraint


def test_poetry_s_own_python_constraint_is_the_narrower_one(make_project: MakeProject) -> None:
    """Poetry locks for the second and refuses it unless it lies inside the first."""
    project = make_project(
        pyproject='[project]\nrequires-python = ">=3.11"\n'
        '[tool.poetry.dependencies]\npython = ">=3.11,<3.13"\n'
    )
    assert project.requires_python == ">=3.11,<3.13"


def test_the_settings_are_the_tool_shanty_table(make_project: MakeProject) -> None:
    assert make_project(pyproject="[tool.poetry]\n[tool.shanty]\nport = 80\n").settings == {
        "port": 80
    }
    assert make_project(pyproject="[tool.poetry]\n").settings == {}


def test_the_id_is_the_folder_s_own(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project()
    write(tmp_path / "other", "[tool.poetry]\n")
    assert len(project.id) == 12
    assert project.id == find_project(project.root).id
    assert project.id != find_project(tmp_path / "other").id


# What goes into the wheel


@pytest.mark.parametrize(
    "place", ["harbour/__init__.py", "harbour.py", "src/harbour/__init__.py", "src/harbour.py"]
)
def test_a_package_is_found_in_each_of_poetry_s_default_places(
    make_project: MakeProject, place: str
) -> None:
    project = make_project({place: ""})
    assert tuple(package.path for package in project.packages) == (
        project.root / place.removesuffix("/__init__.py"),
    )


def test_a_package_at_the_top_comes_before_one_below_src(make_project: MakeProject) -> None:
    """As Poetry looks for them."""
    project = make_project({"harbour/__init__.py": "", "src/harbour/__init__.py": ""})
    assert tuple(package.path for package in project.packages) == (project.root / "harbour",)


@pytest.mark.parametrize(
    "name", ["harbour-pilot", "harbour.pilot", "Harbour_Pilot", "harbour--pilot"]
)
def test_the_package_is_named_as_poetry_normalizes_the_project(
    make_project: MakeProject, name: str
) -> None:
    project = make_project(
        {"harbour_pilot/__init__.py": ""}, f'[project]\nname = "{name}"\n[tool.poetry]\n'
    )
    assert tuple(package.path for package in project.packages) == (project.root / "harbour_pilot",)


def test_declared_packages_are_the_ones_that_count(make_project: MakeProject) -> None:
    project = make_project(
        {"harbour/__init__.py": "", "lib/quay/__init__.py": "", "crane.py": ""},
        '[tool.poetry]\nname = "harbour"\n'
        'packages = [{ include = "quay", from = "lib" }, { include = "crane.py" }]\n',
    )
    assert tuple(package.path for package in project.packages) == (
        project.root / "lib" / "quay",
        project.root / "crane.py",
    )


def test_a_declared_pattern_stands_for_the_package_it_matches(make_project: MakeProject) -> None:
    """Poetry's own manual writes `include = "extra_package/**/*.py"`."""
    project = make_project(
        {"quay/__init__.py": "", "quay/deep/x.py": ""},
        '[tool.poetry]\nname = "x"\npackages = [{ include = "quay/**/*.py" }]\n',
    )
    assert tuple(package.path for package in project.packages) == (project.root / "quay",)


def test_no_package_is_told_with_the_places_looked_at(make_project: MakeProject) -> None:
    project = make_project(pyproject='[tool.poetry]\npackages = [{ include = "quay" }]\n')
    with pytest.raises(UsageError) as refused:
        _ = project.packages
    assert str(refused.value) == (
        f"{project.pyproject_file}: no package found (looked for quay)\n"
        "fix: name the folder under [tool.poetry] packages"
    )


@pytest.mark.parametrize(
    "packages",
    [
        '["quay"]',
        '[{ from = "lib" }]',
        '[{ include = "/quay" }]',
        '[{ include = "quay", from = "/lib" }]',
    ],
)
def test_packages_written_wrongly_are_told_as_such(
    make_project: MakeProject, packages: str
) -> None:
    project = make_project(pyproject=f"[tool.poetry]\npackages = {packages}\n")
    with pytest.raises(UsageError) as refused:
        _ = project.packages
    assert refused.value.what.startswith(f"{project.pyproject_file}: ")


@pytest.mark.parametrize(
    ("text", "package_mode", "has_package"),
    [
        ('name = "harbour"', True, True),
        ('name = "quay"', True, False),
        ('name = "quay"\npackages = [{ include = "harbour" }]', True, True),
        ("package-mode = true\nname = 'harbour'", True, True),
        ("package-mode = false", False, False),
        ('package-mode = false\nname = "harbour"', False, False),
    ],
)
def test_a_project_may_have_no_package_of_its_own(
    make_project: MakeProject, text: str, package_mode: object, has_package: object
) -> None:
    project = make_project({"harbour/__init__.py": ""}, f"[tool.poetry]\n{text}\n")
    assert (project.package_mode, project.has_package) == (package_mode, has_package)


def test_above_a_project_the_way_down_to_it_is_told(
    make_project: MakeProject, tmp_path: Path
) -> None:
    """What is no project, or cannot be read, is passed over."""
    make_project()
    for name, text in {"a": "[", "b": "[tool.black]\n", "my shop": "[tool.poetry]\n"}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        find_project(tmp_path)
    assert refused.value.fix == "cd harbour"
    (tmp_path / "harbour" / "pyproject.toml").unlink()
    with pytest.raises(UsageError) as refused:
        find_project(tmp_path)
    assert refused.value.fix == "cd 'my shop'"
