"""What commands that were killed have left of a project: it is ended before the next one."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shanty import engine, orphans
from shanty.errors import HungError
from shanty.orphans import end_orphans, private_folder
from shanty.owner import VARIABLE, owner
from shanty.project import Project
from tests.fakes import Fakes, no_server, reply, server, set_up

LIST = "docker container list"


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    """Return a project."""
    return make_project()


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return a `docker` that knows no container."""
    fakes = set_up(tmp_path / "fakes", monkeypatch)
    fakes.install("docker")
    fakes.answer(server("26.1.5"), reply(LIST), reply("docker rm"))
    return fakes


@pytest.fixture
def gone() -> str:
    """Return the owner that a command was which has been killed."""
    line = [sys.executable, "-c", "from shanty.owner import owner; print(owner())"]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for temporary files of the test's own."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


Working = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def working() -> Iterator[Working]:
    """Return a function that starts a process for an owner; all of them end with the test."""
    started = []

    def start(text: str, *words: str, cwd: Path | None = None) -> "subprocess.Popen[bytes]":
        line = [sys.executable, "-ISc", "print(flush=True); import time; time.sleep(60)", *words]
        environment = {**os.environ, VARIABLE: text}
        process = subprocess.Popen(line, env=environment, cwd=cwd, stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def has_ended(process: "subprocess.Popen[bytes]") -> bool:
    """Tell whether a process ends soon."""
    try:
        return process.wait(0.5) is not None
    except subprocess.TimeoutExpired:
        return False


# Containers


def test_the_container_of_a_killed_command_is_removed_and_named(
    project: Project, fakes: Fakes, gone: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fakes.answer(
        reply(
            LIST, f"harbour-dev-1\trunning\tdev\t{gone}\nharbour-run-3\tcreated\trun\t{owner()}\n"
        )
    )
    end_orphans(project)
    removal = "docker rm --force --volumes harbour-dev-1"
    assert fakes.changes == [removal]
    assert capsys.readouterr().err == (
        "shanty: left by a command that was killed, and ended now: harbour-dev-1\n"
        f"shanty > {removal}\n"
    )


def test_what_a_killed_command_ran_in_a_server_is_ended_there(
    project: Project, fakes: Fakes, gone: str, capsys: pytest.CaptureFixture[str]
) -> None:
    servers = (f"harbour-{one}\trunning\tdev\t" for one in ("idle", "busy"))
    fakes.answer(
        reply(LIST, "\n".join(servers)),
        reply("docker container inspect", "/harbour-idle\n/harbour-busy x x\n"),
        reply("docker exec", f"SHANTY_RUN={gone}.abc\nSHANTY_RUN={owner()}.def\n"),
    )
    end_orphans(project)
    ends = [words for words in fakes.calls if words[:2] == ["docker", "exec"]][1:]
    assert [words[2] for words in ends] == ["harbour-busy"]
    assert ends[0][-2:] == ["SHANTY_RUN", f"{gone}.abc"]
    assert "ended now: what ran in harbour-busy\n" in capsys.readouterr().err


def test_only_this_projects_containers_are_asked_for(project: Project, fakes: Fakes) -> None:
    end_orphans(project)
    assert any(f"label=shanty.project={project.id}" in words for words in fakes.calls)
    assert fakes.changes == []


def test_an_engine_that_is_not_there_is_not_complained_of(project: Project, fakes: Fakes) -> None:
    fakes.answer(no_server())
    end_orphans(project)
    fakes.remove("docker")
    end_orphans(project)
    assert fakes.changes == []


def test_an_engine_that_never_answers_is_named(
    project: Project, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ANSWER_SECONDS", 0.5)
    fakes.answer(reply("docker version", holds=True))
    with pytest.raises(HungError):
        end_orphans(project)


# Processes


def test_a_client_that_lost_its_command_is_ended(
    project: Project, working: Working, gone: str
) -> None:
    client = working(gone, "--label", f"shanty.project={project.id}")
    beside = working(gone, cwd=project.root)
    end_orphans(project)
    assert has_ended(client)
    assert has_ended(beside)


def test_what_works_for_others_goes_on(
    project: Project, working: Working, gone: str, tmp_path: Path
) -> None:
    ours = working(owner(), "--label", f"shanty.project={project.id}")
    theirs = working(gone, "--label", "shanty.project=0123", cwd=tmp_path)
    end_orphans(project)
    assert not has_ended(ours)
    assert not has_ended(theirs)


def test_a_process_that_ends_meanwhile_is_no_trouble(
    project: Project, monkeypatch: pytest.MonkeyPatch, working: Working, gone: str
) -> None:
    process = working(gone, cwd=project.root)

    def refuse(*_: object) -> None:
        raise ProcessLookupError

    monkeypatch.setattr(os, "kill", refuse)
    end_orphans(project)
    monkeypatch.undo()
    assert not has_ended(process)


def test_where_processes_cannot_be_seen_nothing_is_ended(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, working: Working, gone: str
) -> None:
    process = working(gone, cwd=project.root)
    monkeypatch.setattr(orphans, "PROC", tmp_path / "none")
    end_orphans(project)
    assert not has_ended(process)


# Folders


def test_a_private_folder_is_gone_at_the_end(temporary: Path) -> None:
    with private_folder("poetry") as folder:
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not list(temporary.iterdir())


def test_the_private_folder_of_a_killed_command_is_removed(
    project: Project, temporary: Path, gone: str
) -> None:
    left = temporary / f"shanty-poetry-{gone}-abc_1"
    (left / "project").mkdir(parents=True)
    others = [temporary / name for name in (f"shanty-poetry-{owner()}-a", "shanty-a-b-c", "mine")]
    for folder in others:
        folder.mkdir()
    end_orphans(project)
    assert sorted(temporary.iterdir()) == sorted(others)
