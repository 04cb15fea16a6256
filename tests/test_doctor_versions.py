"""Whether the versions of a project suit, and whether every copy of them agrees."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shanty.doctor.finding import Finding
from shanty.doctor.subject import Subject
from shanty.doctor.versions import version_checks
from shanty.project import Project
from tests.doctoring import finding, findings, told
from tests.fakes import Fakes, ready, reply, write_project

PINNED = "python:3.13-slim@sha256:" + "a" * 64
MOVED = "sha256:" + "b" * 64


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine."""
    monkeypatch.setattr("sys.argv", ["shanty"])
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture(autouse=True)
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project whose versions suit, with the person in its folder."""
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


def look(project: Project, name: str, environment: Mapping[str, str] | None = None) -> Finding:
    """Return what is found by the look of a name."""
    return finding(version_checks(Subject(project.root, environment or {})), name)


def pin(project: Project, base_image: str) -> None:
    """Pin a project's base image."""
    file = project.pyproject_file
    text = file.read_text(encoding="utf-8")
    line = f'base-image = "{base_image}"\npython-version'
    file.write_text(text.replace("python-version", line), encoding="utf-8")


def test_versions_that_suit_are_told_with_where_they_are_from(project: Project) -> None:
    assert look(project, "Python").what == "3.13, by pyproject.toml"
    assert look(project, "Poetry").what == "2.5.1, poetry.lock, line 1"
    assert look(project, "versions").what == "every copy agrees: Poetry 2.5.1, Python 3.13"
    found = look(project, "Python", {"SHANTY_PYTHON_VERSION": "3.12"})
    assert told(found) == ("fine", "3.12, by SHANTY_PYTHON_VERSION", "")


def test_a_python_that_the_project_does_not_admit_is_a_problem(project: Project) -> None:
    assert told(look(project, "Python", {"SHANTY_PYTHON_VERSION": "3.10"})) == (
        "problem",
        "python-version 3.10 is outside requires-python = '>=3.11,<4.0'",
        'set [tool.shanty] python-version = "3.14"',
    )


def test_a_poetry_that_cannot_read_the_lock_is_a_problem(project: Project) -> None:
    text = project.lock_file.read_text(encoding="utf-8")
    project.lock_file.write_text(text.replace('"2.1"', '"3.0"'), encoding="utf-8")
    found = look(project, "Poetry")
    assert found.state == "problem"
    assert "cannot read a lock of format 3.0" in found.what


def test_a_lock_of_another_poetry_is_worth_a_note(project: Project) -> None:
    assert told(look(project, "Poetry", {"SHANTY_POETRY_VERSION": "2.4.3"})) == (
        "note",
        "poetry.lock was written by Poetry 2.5.1, not 2.4.3",
        "shanty lock",
    )


def test_without_a_lock_poetry_is_not_looked_at(project: Project) -> None:
    project.lock_file.unlink()
    assert look(project, "Poetry").what == "not looked at: there is no lock that can be read"
    assert look(project, "versions").what == "not looked at: poetry-version is not settled"


def test_each_copy_that_differs_is_a_problem(project: Project) -> None:
    (project.root / "docker").mkdir()
    (project.root / "docker/Dockerfile").write_text(
        "ARG POETRY_VERSION=2.0.1\nARG PYTHON_VERSION=3.11\nFROM scratch AS staging\n", "utf-8"
    )
    found = findings(version_checks(Subject(project.root, {})), "versions")
    assert [told(one) for one in found] == [
        ("problem", "docker/Dockerfile:1: POETRY_VERSION is 2.0.1, wanted 2.5.1", "shanty sync"),
        ("problem", "docker/Dockerfile:2: PYTHON_VERSION is 3.11, wanted 3.13", "shanty sync"),
    ]


def test_a_pin_that_its_registry_still_has_is_fine(project: Project, fakes: Fakes) -> None:
    pin(project, PINNED)
    answer = json.dumps({"digest": PINNED.partition("@")[2]})
    fakes.answer(reply("docker buildx imagetools", answer))
    assert look(project, "versions").state == "fine"


def test_a_tag_that_has_moved_is_a_problem(project: Project, fakes: Fakes) -> None:
    pin(project, PINNED)
    fakes.answer(reply("docker buildx imagetools", json.dumps({"digest": MOVED})))
    state, what, fix = told(look(project, "versions"))
    assert (state, fix) == ("problem", "shanty sync --pin-base")
    assert what.endswith(f"wanted python:3.13-slim@{MOVED}: the tag has moved since")


def test_a_pinned_tag_that_its_registry_lacks_is_a_problem(project: Project, fakes: Fakes) -> None:
    pin(project, PINNED)
    said = "ERROR: docker.io/library/python:3.13-slim: not found\n"
    fakes.answer(reply("docker buildx imagetools", stderr=said, code=1))
    first, second = findings(version_checks(Subject(project.root, {})), "versions")
    assert first.what.startswith("no registry has the base image python:3.13-slim")
    assert (first.state, second.state) == ("problem", "fine")


@pytest.mark.parametrize(
    ("base_image", "reason"),
    [
        (PINNED, "the registry of python:3.13-slim cannot be asked: no route to host"),
        (PINNED.replace(":3.13-slim", ""), "base-image .* has no tag"),
    ],
)
def test_a_pin_that_cannot_be_checked_is_worth_a_note(
    base_image: str, reason: str, project: Project, fakes: Fakes
) -> None:
    pin(project, base_image)
    fakes.answer(reply("docker buildx imagetools", stderr="ERROR: no route to host\n", code=1))
    first, second = findings(version_checks(Subject(project.root, {})), "versions")
    assert (first.state, second.state, first.fix) == ("note", "fine", "shanty sync --check")
    assert re.search(f"is not checked: {reason}", first.what)


def test_a_registry_that_says_nothing_is_not_waited_for(
    project: Project, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shanty.doctor.later.ENGINE_SECONDS", 0.5)
    pin(project, PINNED)
    fakes.answer(reply("docker buildx imagetools", holds=True))
    first, _ = findings(version_checks(Subject(project.root, {})), "versions")
    assert "its registry said nothing: not within 0 s" in first.what
