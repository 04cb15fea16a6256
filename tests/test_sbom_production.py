"""The bill of a project's production image, which is built for it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.project import Project
from tests.fakes import (
    PYPROJECT,
    Fakes,
    Typing,
    contents,
    no_image,
    person,
    ready,
    refusal,
    reply,
    write_project,
)
from tests.images import archive, distribution, layer

BASE_IMAGE = "python:3.13-slim"


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return an engine whose images are a base, and production with a gunicorn on it."""
    fakes = ready(tmp_path / "fakes", monkeypatch)
    gunicorn = distribution("gunicorn", "27.0.1", {}, "License-Expression: MIT\n")
    content = archive([layer([]), layer(gunicorn)], {}, [])
    monkeypatch.setattr("shanty.engine.save", lambda _name, path: path.write_bytes(content))
    for name, digests in {"harbour:production": ["a", "b"], BASE_IMAGE: ["a"]}.items():
        found = [{"Id": "sha256:1", "RootFS": {"Type": "layers", "Layers": digests}}]
        fakes.answer(reply(f"docker image inspect {name}", json.dumps(found)))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return fakes


@pytest.fixture(autouse=True)
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project, with the person in its folder."""
    declared = PYPROJECT.replace("[tool.shanty]", 'dependencies = ["gunicorn"]\n[tool.shanty]', 1)
    project = write_project(make_project, declared)
    monkeypatch.chdir(project.root)
    return project


@pytest.fixture
def shanty(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Typing:
    """Return a function that types a task."""
    return person(monkeypatch, capfd)


def test_the_bill_is_all_that_is_printed(shanty: Typing, fakes: Fakes) -> None:
    answer = shanty("sbom")
    assert answer.code == 0
    values = json.loads(answer.stdout)
    (gunicorn,) = values["components"]
    assert (gunicorn["name"], gunicorn["version"]) == ("gunicorn", "27.0.1")
    assert gunicorn["licenses"] == [{"license": {"id": "MIT"}}]
    assert values["metadata"]["component"]["name"] == "harbour"
    assert "timestamp" not in values["metadata"]
    assert [line.split()[1] for line in fakes.changes] == ["buildx"]


def test_a_pull_on_the_way_is_told_elsewhere(shanty: Typing, fakes: Fakes) -> None:
    missing = no_image(BASE_IMAGE)
    fakes.answer(
        no_image("shanty/python:3.13"),
        reply(
            f"docker image inspect {BASE_IMAGE}",
            missing.stdout,
            stderr=missing.stderr,
            code=1,
            then=(
                reply(
                    f"docker image inspect {BASE_IMAGE}",
                    '[{"Id": "sha256:1", "RootFS": {"Type": "layers", "Layers": ["a"]}}]',
                ),
            ),
        ),
        reply("docker pull", "Digest: sha256:1\n"),
    )
    answer = shanty("sbom")
    assert answer.code == 0
    assert json.loads(answer.stdout)["bomFormat"] == "CycloneDX"
    assert "Digest: sha256:1" in answer.stderr


def test_a_bill_is_written_into_a_file_that_is_there_or_not(shanty: Typing, tmp_path: Path) -> None:
    file = tmp_path / "bills" / "harbour.json"
    assert (shanty("sbom", "--output", str(file)).stdout, file.is_file()) == ("", True)
    first = file.read_bytes()
    file.write_text("before", encoding="utf-8")
    assert shanty("sbom", "--output", str(file)).code == 0
    assert file.read_bytes() == first
    assert [one.name for one in file.parent.iterdir()] == ["harbour.json"]


def test_an_output_that_is_no_file_is_refused_before_anything_is_done(
    shanty: Typing, fakes: Fakes
) -> None:
    for place in ("/dev/null", "/"):
        assert refusal(shanty("sbom", "--output", place), 2) == (
            f"--output {place} is no file",
            "name one, there or not",
        )
    assert fakes.changes == []


def test_the_time_is_the_one_that_is_given(shanty: Typing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    values = json.loads(shanty("sbom").stdout)
    assert values["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"


def test_the_time_is_else_the_commit_s(shanty: Typing, project: Project, fakes: Fakes) -> None:
    fakes.install("git")
    fakes.answer(reply("git"), reply(f"git -C {project.root} log", "c0ffee 1700000000\n"))
    values = json.loads(shanty("sbom").stdout)
    assert values["metadata"]["timestamp"] == "2023-11-14T22:13:20+00:00"


def test_a_dry_run_says_the_build_and_writes_nothing(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    before = contents(project.root)
    answer = shanty("--dry", "sbom", "--output", "bill.json")
    assert answer.stdout.startswith("shanty > docker buildx build ")
    assert (fakes.changes, contents(project.root)) == ([], before)


def test_the_library_is_imported_by_this_task_alone() -> None:
    code = "import shanty, sys; sys.exit('cyclonedx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
