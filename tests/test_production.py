"""The production set: the packages of the lock that Poetry would install for groups and extras."""

from collections.abc import Callable, Sequence

import pytest

from shanty.dependencies.holders import holders
from shanty.dependencies.lock import read_lock
from shanty.dependencies.production import production_set
from shanty.errors import UsageError
from shanty.project import Project

MakeProject = Callable[..., Project]
MAIN = ("main",)
PYPROJECT = """
[tool.poetry]
name = "harbour"
[tool.poetry.dependencies]
python = "^3.9"
flask = { version = "*", extras = ["async"] }
redis = { version = "*", optional = true }
numpy = [{ version = "1.26", python = "<3.12" }, { version = "2.0", python = ">=3.12" }]
winch = { version = "*", platform = "win32" }
gone = "*"
[tool.poetry.extras]
cache = ["redis"]
[tool.poetry.group.prod]
optional = true
[tool.poetry.group.prod.dependencies]
gunicorn = "*"
[tool.poetry.group.dev.dependencies]
pytest = "*"
"""

# As Poetry 2 writes it: groups and markers per package, the dependencies not asked.
LOCK_2_1 = """
[[package]]
name = "Flask"
version = "3.1"
groups = ["main"]
[[package]]
name = "redis"
version = "5.0"
optional = true
groups = ["main"]
markers = "extra == \\"cache\\""
[[package]]
name = "numpy"
version = "1.26"
groups = ["main", "dev"]
markers = { main = "python_version < \\"3.12\\"" }
[[package]]
name = "gunicorn"
version = "27.0"
groups = ["prod"]
[[package]]
name = "winch"
version = "1.0"
groups = ["main"]
markers = "sys_platform == \\"win32\\""
[extras]
cache = ["redis"]
[metadata]
lock-version = "2.1"
"""

# As Poetry 1 writes it: who needs what has to be found by walking.
LOCK_2_0 = """
[[package]]
name = "flask"
version = "3.1"
optional = false
python-versions = ">=3.9"
[package.dependencies]
Click = ">=8"
colorama = { version = "*", markers = "sys_platform == \\"win32\\"" }
asgiref = { version = ">=3", optional = true, markers = "extra == \\"async\\"" }
python-dotenv = { version = "*", optional = true, markers = "extra == \\"dotenv\\"" }
setuptools = "*"
[package.extras]
async = ["asgiref (>=3.2)"]
dotenv = ["python-dotenv"]
[[package]]
name = "click"
version = "8.1"
[package.dependencies]
flask = { version = "*", extras = ["dotenv"], markers = "python_version >= \\"3.13\\"" }
[[package]]
name = "asgiref"
version = "3.8"
[[package]]
name = "python-dotenv"
version = "1.0"
[[package]]
name = "colorama"
version = "0.4"
[[package]]
name = "winch"
version = "1.0"
[[package]]
name = "redis"
version = "5.0"
optional = true
[package.dependencies]
async-timeout = { version = "*", markers = "python_full_version < \\"3.11.3\\"" }
[[package]]
name = "async-timeout"
version = "4.0"
optional = true
[[package]]
name = "numpy"
version = "1.26"
python-versions = ">=3.9"
[[package]]
name = "numpy"
version = "2.0"
python-versions = ">=3.10"
[[package]]
name = "gunicorn"
version = "27.0"
[package.dependencies]
packaging = "*"
[[package]]
name = "packaging"
version = "24.0"
[[package]]
name = "pytest"
version = "8.0"
[package.dependencies]
packaging = "*"
[extras]
cache = ["redis"]
[metadata]
lock-version = "2.0"
"""
TWO = """
[[package]]
name = "flask"
version = "3.1"
[package.dependencies]
urllib3 = "*"
[[package]]
name = "redis"
version = "5.0"
[package.dependencies]
urllib3 = "<2"
[[package]]
name = "urllib3"
version = "2.0"
[[package]]
name = "urllib3"
version = "1.26"
[metadata]
lock-version = "2.0"
"""


def locked(
    make_project: MakeProject,
    lock: str,
    python: str,
    asked: tuple[Sequence[str], Sequence[str]] = (MAIN, ()),
    pyproject: str = PYPROJECT,
) -> list[str]:
    """Return name and version of the set of a project with this lock, for groups and extras."""
    project = make_project({"poetry.lock": lock}, pyproject)
    packages = production_set(project, read_lock(project), *asked, python)
    return [f"{package.name} {package.version}" for package in packages]


# Format 2.1


def test_a_lock_with_groups_says_who_needs_a_package(make_project: MakeProject) -> None:
    assert locked(make_project, LOCK_2_1, "3.11") == ["flask 3.1", "numpy 1.26"]
    assert locked(make_project, LOCK_2_1, "3.12") == ["flask 3.1"]


def test_a_marker_counts_for_its_own_group(make_project: MakeProject) -> None:
    assert locked(make_project, LOCK_2_1, "3.12", (("dev",), ())) == ["numpy 1.26"]


def test_groups_and_extras_that_are_asked_for_come_along(make_project: MakeProject) -> None:
    assert locked(make_project, LOCK_2_1, "3.12", (("main", "Prod"), ("Cache",))) == [
        "flask 3.1",
        "redis 5.0",
        "gunicorn 27.0",
    ]


@pytest.mark.parametrize("lock", [LOCK_2_1, LOCK_2_0])
def test_a_group_that_the_project_does_not_have_is_told(
    make_project: MakeProject, lock: str
) -> None:
    with pytest.raises(UsageError):
        locked(make_project, lock, "3.12", (("prd",), ()))


# Formats without groups

PLAIN = ["flask 3.1", "click 8.1", "asgiref 3.8", "numpy 2.0"]


def test_a_lock_without_groups_is_walked_from_the_main_dependencies(
    make_project: MakeProject,
) -> None:
    """What only Windows needs, and what the lock leaves out, is not in the set."""
    assert locked(make_project, LOCK_2_0, "3.12") == PLAIN


def test_of_two_versions_the_one_for_this_python_is_taken(make_project: MakeProject) -> None:
    assert "numpy 1.26" in locked(make_project, LOCK_2_0, "3.11")


def test_a_package_is_walked_again_for_another_of_its_extras(make_project: MakeProject) -> None:
    assert "python-dotenv 1.0" in locked(make_project, LOCK_2_0, "3.13")


def test_a_group_is_walked_from_its_own_dependencies(make_project: MakeProject) -> None:
    assert locked(make_project, LOCK_2_0, "3.12", (("prod",), ())) == [
        "gunicorn 27.0",
        "packaging 24.0",
    ]


def test_an_optional_package_waits_for_its_extra(make_project: MakeProject) -> None:
    assert set(locked(make_project, LOCK_2_0, "3.11.2", (MAIN, ("cache",)))) == {
        *set(PLAIN) - {"numpy 2.0"},
        *("numpy 1.26", "redis 5.0", "async-timeout 4.0"),
    }


def test_two_that_ask_for_one_name_get_one_version(make_project: MakeProject) -> None:
    pyproject = '[tool.poetry]\n[tool.poetry.dependencies]\nflask = "*"\nredis = "*"\n'
    found = locked(make_project, TWO, "3.12", pyproject=pyproject)
    assert found == ["flask 3.1", "redis 5.0", "urllib3 1.26"]


def test_two_that_no_version_suits_get_what_each_asks_for(make_project: MakeProject) -> None:
    pyproject = '[tool.poetry]\n[tool.poetry.dependencies]\nredis = "*"\nurllib3 = "^2"\n'
    found = locked(make_project, TWO, "3.12", pyproject=pyproject)
    assert found == ["redis 5.0", "urllib3 2.0", "urllib3 1.26"]


def test_a_repository_is_told_from_the_index_by_its_source(make_project: MakeProject) -> None:
    lock = (
        '[[package]]\nname = "quay"\nversion = "1.0"\n[package.source]\ntype = "git"\n'
        '[[package]]\nname = "quay"\nversion = "2.0"\n[metadata]\nlock-version = "2.0"\n'
    )
    for value, version in (('{ git = "https://forge.example" }', "1.0"), ('"*"', "2.0")):
        pyproject = f"[tool.poetry]\n[tool.poetry.dependencies]\nquay = {value}\n"
        assert locked(make_project, lock, "3.12", pyproject=pyproject) == [f"quay {version}"]


def test_poetry_1_0_kept_the_marker_with_the_package(make_project: MakeProject) -> None:
    lock = (
        '[[package]]\nname = "flask"\nversion = "1.0"\ncategory = "main"\n'
        "marker = 'sys_platform == \"win32\"'\n[metadata]\n"
    )
    assert locked(make_project, lock, "3.12") == []


# Who holds a package


@pytest.mark.parametrize("lock", [LOCK_2_1, LOCK_2_0])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("flask", ["main"]),
        ("redis", ["extra cache"]),
        ("gunicorn", ["group prod"]),
        ("winch", []),
        ("nothing", []),
    ],
)
def test_a_package_is_held_by_groups_or_by_an_extra(
    make_project: MakeProject, lock: str, name: str, expected: list[str]
) -> None:
    project = make_project({"poetry.lock": lock}, PYPROJECT)
    assert holders(project, read_lock(project), name) == expected


def test_a_package_may_be_held_by_several_groups(make_project: MakeProject) -> None:
    project = make_project({"poetry.lock": LOCK_2_0}, PYPROJECT)
    assert holders(project, read_lock(project), "packaging") == ["group prod", "group dev"]
