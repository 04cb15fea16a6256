"""The two doors, opened as a person opens them: as a program of its own."""

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from shanty.project import Project
from tests.fakes import Fakes, no_server, person, ready, reply, write_project

TASKS = '"""Take this project into Docker."""\n\nfrom shanty import ns\n'
NAMES = {
    *("build", "clean", "config", "dev", "logs", "prod", "ps", "python", "run", "setup", "shell"),
    *("stop", "sync"),
}


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine."""
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture(autouse=True)
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project, with the person in its folder."""
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


def program(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run `python -m` with these words."""
    return subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False
    )


def test_the_program_tells_its_version() -> None:
    assert program("shanty", "--version").stdout == f"Shanty {version('shanty')}\n"


def test_the_program_needs_no_file_in_the_project() -> None:
    listed = program("shanty", "--list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert {line.split()[0] for line in listed.stdout.splitlines() if line.startswith(" ")} >= NAMES


def test_two_lines_make_the_same_tasks_invokes(project: Project) -> None:
    (project.root / "tasks.py").write_text(TASKS, encoding="utf-8")
    ours, theirs = program("shanty", "--list"), program("invoke", "--list")
    assert theirs.returncode == 0
    assert theirs.stdout.partition(":\n")[2] == ours.stdout.partition(":\n")[2]


def test_what_a_task_imports_is_compiled_once_and_a_project_s_tasks_leave_nothing(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.root / "tasks.py").write_text(TASKS, encoding="utf-8")
    cache = tmp_path / "cache"
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(cache))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    assert program("invoke", "config").returncode == 0
    compiled = [str(file.relative_to(cache)) for file in cache.rglob("*.pyc")]
    assert any("/shanty/settings." in name for name in compiled)
    assert [name for name in compiled if f"/{name}".startswith(f"{project.root}/")] == []


@pytest.mark.parametrize("door", ["shanty", "invoke"])
def test_a_command_is_said_and_done_through_either_door(
    door: str, project: Project, fakes: Fakes
) -> None:
    (project.root / "tasks.py").write_text(TASKS, encoding="utf-8")
    fakes.answer(reply("docker run", "out\n", stderr="log\n", code=5))
    done = program(door, "run", "--", "python", "-c", 'print("a  b")')
    assert (done.returncode, done.stdout) == (5, "out\n")
    assert fakes.calls[-1][-3:] == ["python", "-c", 'print("a  b")']
    assert done.stderr.splitlines()[-2:] == [f"shanty > {fakes.changes[-1]}", "log"]


def test_a_fault_has_two_lines_and_no_traceback(fakes: Fakes) -> None:
    fakes.answer(no_server())
    done = program("shanty", "build")
    assert (done.returncode, done.stdout) == (3, "")
    what, fix = done.stderr.splitlines()
    assert what.startswith("no Docker engine answers: ")
    assert fix == "fix: shanty setup"


def test_a_fix_names_the_door_that_the_person_came_through(project: Project, fakes: Fakes) -> None:
    (project.root / "tasks.py").write_text(TASKS, encoding="utf-8")
    fakes.answer(no_server())
    assert program("invoke", "build").stderr.splitlines()[-1] == "fix: invoke setup"


def test_the_settings_of_somebody_elses_tasks_are_not_read(project: Project, fakes: Fakes) -> None:
    for name in ("invoke.yaml", "shanty.yaml"):
        (project.root / name).write_text("run:\n  dry: true\n", encoding="utf-8")
    assert program("shanty", "build").returncode == 0
    assert fakes.changes


@pytest.mark.parametrize(
    "words", [("sail",), ("build", "--sail"), ("prod", "--port"), ("build", "again")]
)
def test_what_is_no_task_or_option_is_wrong_in_what_was_typed(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = person(monkeypatch, capfd)(*words)
    assert (answer.code, answer.stdout) == (2, "")
    assert answer.stderr.splitlines()[-1].startswith("fix: ")
    assert "Traceback" not in answer.stderr


def test_the_fix_of_a_word_that_is_no_task_is_the_list_of_them(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = person(monkeypatch, capfd)("sail")
    assert answer.stderr.splitlines()[-1] == "fix: shanty --list"


def test_a_list_of_which_nobody_reads_more_ends_without_a_word() -> None:
    line = f"{sys.executable} -m shanty --list | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["/bin/bash", "-c", line], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("141\n", "")


def test_output_that_nobody_takes_is_no_fault() -> None:
    line = f"{sys.executable} -m shanty config >&-"
    done = subprocess.run(["/bin/bash", "-c", line], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("run python manage.py check", "shanty run -- python manage.py check"),
        ("--dry run ls -l", "shanty --dry run -- ls -l"),
        ("python -c 1", "shanty python -- -c 1"),
    ],
)
def test_a_command_without_its_two_dashes_is_told_with_them(
    typed: str,
    meant: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    refused = person(monkeypatch, capfd)(*typed.split())
    assert refused.code == 2
    assert refused.stderr.splitlines()[-1] == f"fix: {meant}"
