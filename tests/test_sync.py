"""The copies of a version, and making them follow the one that counts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.dependencies.lock import Lock
from shanty.errors import UsageError
from shanty.project import Project, find_project
from shanty.sync import Difference, differences, mend, relock_reason

MakeProject = Callable[..., Project]
DOCKERFILE = """\
# Say ARG POETRY_VERSION=0 in a comment.\r
ARG PYTHON_VERSION=3.11\r
ARG POETRY_VERSION="2.4.0" # pinned\r
FROM python:${PYTHON_VERSION}-slim AS staging
ARG POETRY_VERSION
  ARG  PYTHON_VERSION='3.11'
"""


def poetry(requires: str) -> str:
    """Return a `pyproject.toml` that asks for this Poetry."""
    return f"[tool.poetry]\n{requires}\n[tool.ruff]\nfix = true  # keep\n"


def test_a_project_without_copies_has_no_difference(make_project: MakeProject) -> None:
    assert differences(make_project(), "2.5.1", "3.13", "python:3.13-slim") == []


def test_copies_that_follow_are_no_difference(make_project: MakeProject) -> None:
    project = make_project({"docker/Dockerfile": DOCKERFILE}, poetry('requires-poetry = ">=2.0"'))
    assert differences(project, "2.4.0", "3.11", "python:3.11-slim") == []


def test_every_copy_in_the_dockerfile_is_compared(make_project: MakeProject) -> None:
    project = make_project({"docker/Dockerfile": DOCKERFILE})
    file = project.root / "docker" / "Dockerfile"
    assert differences(project, "2.5.1", "3.13", "python:3.13-slim") == [
        Difference(file, 3, "POETRY_VERSION", "2.4.0", "2.5.1"),
        Difference(file, 2, "PYTHON_VERSION", "3.11", "3.13"),
        Difference(file, 6, "PYTHON_VERSION", "3.11", "3.13"),
    ]


def test_the_dockerfile_of_the_workspace_is_a_copy_too(
    make_project: MakeProject, tmp_path: Path
) -> None:
    make_project()
    (tmp_path / "pyproject.toml").write_text('[tool.shanty]\nproject = "harbour"\n')
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "Dockerfile").write_text("ARG PYTHON_VERSION=3.11\n")
    (found,) = differences(find_project(tmp_path), "2.5.1", "3.13", "python:3.13-slim")
    assert found.path == tmp_path / "docker" / "Dockerfile"


def test_mending_the_dockerfile_changes_the_versions_and_nothing_else(
    make_project: MakeProject,
) -> None:
    project = make_project({"docker/Dockerfile": DOCKERFILE})
    for difference in differences(project, "2.5.1", "3.13", "python:3.13-slim"):
        mend(difference)
    written = (project.root / "docker" / "Dockerfile").read_bytes().decode()
    assert written == DOCKERFILE.replace("2.4.0", "2.5.1").replace("3.11", "3.13")
    assert differences(project, "2.5.1", "3.13", "python:3.13-slim") == []


def test_an_argument_in_small_letters_is_a_copy_too(make_project: MakeProject) -> None:
    """Docker reads its instructions in any case."""
    project = make_project({"docker/Dockerfile": "arg PYTHON_VERSION=3.11\n"})
    assert [found.line for found in differences(project, "2.5.1", "3.13", "python:3.13-slim")] == [
        1
    ]


DIGEST, OTHER = (f"sha256:{digit * 64}" for digit in "ab")
PINNED = f"python:3.13-slim@{DIGEST}"


def with_base(base_image: str) -> str:
    """Return a `pyproject.toml` that names a base image."""
    return f'[tool.poetry]\n[tool.shanty]\nbase-image = "{base_image}"  # why\n'


@pytest.mark.parametrize(
    ("named", "base_image", "wanted"),
    [
        ("python:${PYTHON_VERSION}-slim", PINNED, PINNED),
        (PINNED, PINNED, None),
        ("python:${PYTHON_VERSION}-slim", "python:3.13-slim", None),
        ("python:3.13-slim", "python:3.13-slim", None),
        (PINNED, "python:3.13-slim", "python:${PYTHON_VERSION}-slim"),
        ("harbour/base:${PYTHON_VERSION}", "harbour/base:3.13", None),
    ],
)
def test_the_base_image_of_the_dockerfile_is_a_copy_of_the_settings(
    make_project: MakeProject, named: str, base_image: str, wanted: str | None
) -> None:
    project = make_project({"docker/Dockerfile": f"ARG BASE_IMAGE={named}\nFROM x AS staging\n"})
    found = differences(project, "2.5.1", "3.13", base_image)
    assert [one.wanted for one in found] == ([wanted] if wanted else [])
    for difference in found:
        mend(difference)
    assert differences(project, "2.5.1", "3.13", base_image) == []
    text = (project.root / "docker/Dockerfile").read_text(encoding="utf-8")
    assert text == f"ARG BASE_IMAGE={wanted or named}\nFROM x AS staging\n"


def test_a_tag_that_has_moved_is_a_difference_of_its_own_kind(make_project: MakeProject) -> None:
    project = make_project(pyproject=with_base(PINNED))
    moved = f"python:3.13-slim@{OTHER}"
    (found,) = differences(project, "2.5.1", "3.13", moved)
    assert str(found).endswith(
        f":3: base-image is {PINNED}, wanted {moved}: the tag has moved since"
    )
    mend(found)
    assert project.pyproject_file.read_text(encoding="utf-8") == with_base(moved)


def test_a_base_image_of_another_python_is_a_difference(make_project: MakeProject) -> None:
    project = make_project(pyproject=with_base("python:3.12-slim"))
    (found,) = differences(project, "2.5.1", "3.13", "python:3.13-slim")
    assert str(found).endswith(":3: base-image is python:3.12-slim, wanted python:3.13-slim")


def test_a_poetry_that_the_project_refuses_is_a_difference(make_project: MakeProject) -> None:
    project = make_project(pyproject=poetry('# why\nrequires-poetry = "^1.8" # old'))
    assert differences(project, "2.5.1", "3.13", "python:3.13-slim") == [
        Difference(project.pyproject_file, 3, "requires-poetry", "^1.8", ">=2.5.1")
    ]


def test_mending_requires_poetry_changes_its_value_and_nothing_else(
    make_project: MakeProject,
) -> None:
    project = make_project(pyproject=poetry('requires-poetry = "^1.8" # old'))
    (difference,) = differences(project, "2.5.1", "3.13", "python:3.13-slim")
    mend(difference)
    assert project.pyproject_file.read_text() == poetry('requires-poetry = ">=2.5.1" # old')
    assert differences(find_project(project.root), "2.5.1", "3.13", "python:3.13-slim") == []


def test_requires_poetry_may_give_a_choice(make_project: MakeProject) -> None:
    project = make_project(pyproject=poetry('requires-poetry = "^1.8 || >=2.4"'))
    assert differences(project, "2.5.1", "3.13", "python:3.13-slim") == []


def test_a_requires_poetry_that_cannot_be_read_is_told_by_its_own_name(
    make_project: MakeProject,
) -> None:
    project = make_project(pyproject=poetry('requires-poetry = "latest"'))
    with pytest.raises(UsageError) as refused:
        differences(project, "2.5.1", "3.13", "python:3.13-slim")
    assert "requires-poetry = 'latest'" in refused.value.what


def test_a_difference_is_told_as_one_would_type_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    difference = Difference(tmp_path / "docker" / "Dockerfile", 3, "PYTHON_VERSION", "3.11", "3.13")
    assert str(difference) == "docker/Dockerfile:3: PYTHON_VERSION is 3.11, wanted 3.13"


@pytest.mark.parametrize(
    ("writer", "reason"),
    [
        ("2.4.0", "poetry.lock was written by Poetry 2.4.0, not 2.5.1"),
        ("2.5.1", None),
        ("2.5.1.0", None),
        (None, None),
    ],
)
def test_a_lock_is_written_anew_when_another_poetry_wrote_it(
    writer: str | None, reason: str | None
) -> None:
    lock = Lock(Path("poetry.lock"), writer, "", {})
    assert relock_reason(lock, "2.5.1") == reason
