"""Where the Python modules of a project lie, and how each is imported."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.project import Project
from shanty.search.places import Places

MakeProject = Callable[..., Project]
UNPACKAGED = "[tool.poetry]\npackage-mode = false\n"


def usual(places: Places) -> list[str]:
    return [module.name for module in places.usual]


def beside(places: Places) -> list[str]:
    return [str(file.relative_to(places.root)) for file in places.others]


def test_a_package_comes_before_the_root_and_the_root_before_other_folders(
    make_project: MakeProject,
) -> None:
    files = [
        *("quay/app.py", "api/__init__.py", "main.py", "app.py", "harbour/wsgi/__init__.py"),
        *("harbour/main.py", "harbour/__init__.py", "harbour/core.py", "core.py", "src/run.py"),
    ]
    places = Places(make_project(dict.fromkeys(files, "")))
    assert usual(places) == [
        *("harbour", "harbour.main", "harbour.wsgi", "app", "main", "api", "run", "app"),
    ]
    assert [str(one.import_root.relative_to(places.root)) for one in places.usual[-2:]] == [
        *("src", "quay"),
    ]
    assert beside(places) == ["harbour/core.py", "core.py"]


def test_what_stands_beside_an_application_never_counts(make_project: MakeProject) -> None:
    files = [
        *("tests/app.py", "docs/conf.py", "migrations/app.py", "scripts/app.py", ".venv/app.py"),
        *("myenv/pyvenv.cfg", "myenv/lib/app.py", "lib/pyproject.toml", "lib/app.py"),
        *("noxfile.py", "manage.py", "harbour/conftest.py", "harbour/test_app.py"),
        *("harbour/tests/app.py", "harbour/__main__.py", "harbour/__init__.py"),
    ]
    places = Places(make_project(dict.fromkeys(files, "")))
    assert usual(places) == ["harbour"]
    assert beside(places) == []


def test_a_package_of_such_a_name_counts_when_it_is_the_project(make_project: MakeProject) -> None:
    project = make_project(
        {"tools/__init__.py": "", "tools/tests/x.py": "", "tools/core.py": ""},
        '[tool.poetry]\npackages = [{ include = "tools" }]\n',
    )
    assert usual(Places(project)) == ["tools"]
    assert beside(Places(project)) == ["tools/core.py"]


def test_tests_of_the_source_distribution_are_no_package(make_project: MakeProject) -> None:
    project = make_project(
        {"harbour/__init__.py": "", "tests/__init__.py": ""},
        '[tool.poetry]\npackages = [{ include = "harbour" }, { include = "tests/*.py" }]\n',
    )
    assert usual(Places(project)) == ["harbour"]


@pytest.mark.parametrize(
    ("pyproject", "in_wheel"),
    [
        ('[tool.poetry]\nname = "harbour"\n', True),
        ('[tool.poetry]\nname = "quay"\n', False),
        (UNPACKAGED, False),
        ('[tool.poetry]\npackages = [{ include = "**/*.py" }]\n', True),
    ],
)
def test_the_wheel_has_what_poetry_packs(
    make_project: MakeProject, pyproject: str, *, in_wheel: bool
) -> None:
    project = make_project({"harbour/__init__.py": ""}, pyproject)
    places = Places(project)
    assert usual(places) == ["harbour"]
    assert places.in_wheel(project.root / "harbour" / "__init__.py") is in_wheel


@pytest.mark.parametrize(
    ("files", "name", "root"),
    [
        ({"src/main.py": ""}, "main", "src"),
        ({"src/main.py": "import src.x", "src/x.py": ""}, "src.main", "."),
        ({"src/main.py": "from .x import y", "src/x.py": ""}, "src.main", "."),
        ({"src/main.py": "", "src/__init__.py": ""}, "src.main", "."),
        ({"src/main.py": "import x", "src/x.py": ""}, "main", "src"),
        ({"back/app/main.py": "import app.x", "back/app/__init__.py": ""}, "app.main", "back"),
        ({"back/app/main.py": "import back.app.x"}, "back.app.main", "."),
        ({"back/app/main.py": "from ..x import y"}, "back.app.main", "."),
        ({"back/app/__init__.py": "from .x import y"}, "app", "back"),
        ({"back/main.py": "import json\nfrom x import y"}, "main", "back"),
        ({"back/main.py": "def x(:"}, "main", "back"),
        ({"main.py": "import json"}, "main", "."),
    ],
)
def test_a_module_outside_the_wheel_is_imported_from_where_its_own_imports_are_found(
    make_project: MakeProject, files: dict[str, str], name: str, root: str
) -> None:
    project = make_project(files, UNPACKAGED)
    module = Places(project).module(project.root / next(iter(files)))
    assert (module.name, module.import_root) == (name, project.root / root)


def test_a_module_beside_the_package_in_src_is_imported_as_the_package_is(
    make_project: MakeProject,
) -> None:
    files = dict.fromkeys(("src/__init__.py", "src/harbour/__init__.py"), "")
    project = make_project({**files, "src/main.py": "from harbour import x"})
    module = Places(project).find("main")
    assert module is not None
    assert module.import_root == project.root / "src"


def test_a_module_is_found_by_its_name_wherever_it_lies(make_project: MakeProject) -> None:
    files = dict.fromkeys(("one/two/main.py", "one/two/x/__init__.py", "one/two/y.py"), "")
    project = make_project(files, UNPACKAGED)
    places = Places(project)
    for name in ("x", "y", "one.two.y"):
        found = places.find(name)
        assert found is not None
        assert found.name == name
    assert places.find("two.z") is None
    assert places.root_of("one.z") == project.root
    assert places.root_of("two") is None


def test_links_that_lead_nowhere_or_round_are_passed_over(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project({"harbour/__init__.py": ""})
    (project.root / "harbour" / "app.py").symlink_to(tmp_path / "nothing.py")
    (project.root / "harbour" / "core.py").symlink_to(tmp_path / "nothing.py")
    (project.root / "harbour" / "round").symlink_to(project.root)
    assert usual(Places(project)) == ["harbour"]
    assert beside(Places(project)) == []
