"""What `pyproject.toml` asks for, by dependency group and by extra."""

from collections.abc import Callable

import pytest

from shanty.dependencies.declared import check_declared, declared_extras, declared_groups
from shanty.errors import UsageError
from shanty.project import Project

MakeProject = Callable[..., Project]
POETRY = """
[tool.poetry]
name = "harbour"
[tool.poetry.dependencies]
Python = "^3.11"
flask = "^3.1"
redis = { version = "^5", optional = true }
[tool.poetry.extras]
Cache_Server = ["redis"]
[tool.poetry.dev-dependencies]
ruff = "*"
[tool.poetry.group.Prod_Server]
optional = true
[tool.poetry.group.Prod_Server.dependencies]
gunicorn = "*"
[tool.poetry.group.empty]
[tool.poetry.group.all]
include-groups = ["prod-server", "dev", "all"]
"""
STANDARD = """
[project]
name = "harbour"
dependencies = ["flask"]
[project.optional-dependencies]
cache = ["redis (>=5)"]
[dependency-groups]
lint = ["ruff"]
Test = ["pytest", { include-group = "LINT" }]
[tool.poetry.dependencies]
flask = { source = "quay" }
[tool.poetry.group.test]
include-groups = ["prod"]
[tool.poetry.group.test.dependencies]
pytest = { source = "quay" }
[tool.poetry.group.prod.dependencies]
gunicorn = "*"
"""


def names(project: Project) -> dict[str, list[str]]:
    """Return the names that each group asks for."""
    return {group: [one.name for one in found] for group, found in declared_groups(project).items()}


def test_poetry_s_own_tables_name_groups_and_extras(make_project: MakeProject) -> None:
    project = make_project(pyproject=POETRY)
    assert names(project) == {
        "main": ["flask", "redis"],
        "dev": ["ruff"],
        "prod-server": ["gunicorn"],
        "empty": [],
        "all": ["gunicorn", "ruff"],
    }
    assert declared_extras(project) == {"cache-server"}


def test_the_standard_s_tables_come_first_and_poetry_s_add_groups(
    make_project: MakeProject,
) -> None:
    project = make_project(pyproject=STANDARD)
    assert names(project) == {
        "main": ["flask", "redis"],
        "lint": ["ruff"],
        "test": ["pytest", "ruff", "gunicorn"],
        "prod": ["gunicorn"],
    }
    assert [one.optional for one in declared_groups(project)["main"]] == [False, True]
    assert declared_extras(project) == {"cache"}


def test_a_group_that_includes_one_that_is_nowhere_has_its_own(make_project: MakeProject) -> None:
    text = '[tool.poetry]\n[dependency-groups]\ntest = ["pytest", { include-group = "x" }]\n'
    assert names(make_project(pyproject=text))["test"] == ["pytest"]


@pytest.mark.parametrize(
    "text",
    [
        "[tool.poetry.dependencies]\nflask = 3\n",
        '[project]\ndependencies = ["flask ^3"]\n[tool.poetry]\n',
        "[dependency-groups]\ntest = [{ group = 'x' }]\n[tool.poetry]\n",
        "[tool.poetry.dependencies]\nflask = [3]\n",
    ],
)
def test_a_dependency_that_cannot_be_read_is_told(make_project: MakeProject, text: str) -> None:
    project = make_project(pyproject=text)
    with pytest.raises(UsageError) as refused:
        declared_groups(project)
    assert refused.value.what.startswith(f"{project.pyproject_file}: a dependency cannot be read: ")


def test_a_group_and_an_extra_are_known_by_any_spelling(make_project: MakeProject) -> None:
    check_declared(make_project(pyproject=POETRY), ("main", "PROD.server"), ("cache_server",))


@pytest.mark.parametrize(
    ("groups", "extras", "told"),
    [
        (("prd",), (), "has no group 'prd'\nfix: use all, dev, empty, main, prod-server"),
        ((), ("x",), "has no extra 'x'\nfix: use cache-server"),
    ],
)
def test_a_group_or_an_extra_that_is_not_there_is_told(
    make_project: MakeProject, groups: tuple[str, ...], extras: tuple[str, ...], told: str
) -> None:
    project = make_project(pyproject=POETRY)
    with pytest.raises(UsageError) as refused:
        check_declared(project, groups, extras)
    assert str(refused.value) == f"{project.pyproject_file} {told}"


def test_a_project_without_extras_has_none_to_offer(make_project: MakeProject) -> None:
    with pytest.raises(UsageError) as refused:
        check_declared(make_project(), (), ("x",))
    assert refused.value.fix == "use none: it has no extras"
