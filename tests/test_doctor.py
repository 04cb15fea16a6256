"""`doctor` as it is typed: what a person sees, what a script can rely on."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shanty.doctor import examination
from shanty.doctor.finding import Check
from shanty.project import Project
from tests.doctoring import Network, network
from tests.fakes import (
    Fakes,
    Typing,
    contents,
    no_server,
    person,
    ready,
    refusal,
    reply,
    write_project,
)

CHECKS = (
    *("engine", "context", "storage", "rootless", "disk", "buildx", "base image", "registry"),
    *("index", "CA bundle", "proxy", "project", "lock", "settings", "package", "readme", "build"),
    *("Python", "Poetry", "versions", "ignore file", "scripts", "app", "server", "port"),
)


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine, whose engine keeps its data in `tmp_path`."""
    fakes = ready(tmp_path / "fakes", monkeypatch)
    monkeypatch.setenv("HOME", str(tmp_path))
    said = json.dumps({"Driver": "overlay2", "DockerRootDir": str(tmp_path)})
    fakes.answer(reply("docker system info", said))
    return fakes


@pytest.fixture(autouse=True)
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    """Return a server that is the package index, and the registry that Docker assumes."""
    with network() as found:
        monkeypatch.setattr("shanty.doctor.registry.HUB_HOST", found.host)
        monkeypatch.setenv("PIP_INDEX_URL", f"http://{found.host}/simple")
        yield found


@pytest.fixture(autouse=True)
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project that lacks nothing, with the person in its folder."""
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    usage = shutil.disk_usage(project.root)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=50 * 10**9))
    return project


@pytest.fixture
def shanty(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Typing:
    """Return a function that types a task."""
    return person(monkeypatch, capfd)


def test_all_is_well_in_a_line_a_check_and_ends_with_0(shanty: Typing) -> None:
    answer = shanty("doctor")
    assert (answer.code, answer.stderr) == (0, "")
    lines = answer.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["ok"] * len(CHECKS)
    assert [line[9:23].strip() for line in lines] == list(CHECKS)


def test_a_script_is_given_an_array_and_nothing_else(shanty: Typing) -> None:
    answer = shanty("doctor", "--json")
    found = json.loads(answer.stdout)
    assert (answer.code, answer.stderr) == (0, "")
    assert [one["check"] for one in found] == list(CHECKS)
    assert {tuple(one) for one in found} == {("check", "state", "what", "why", "fix")}


def test_a_problem_ends_with_1_and_is_named_on_standard_error(
    shanty: Typing, project: Project
) -> None:
    project.lock_file.unlink()
    answer = shanty("doctor", "--json")
    states = {one["check"]: one["state"] for one in json.loads(answer.stdout)}
    assert states["lock"] == "problem"
    assert list(states.values()).count("problem") == 1
    assert answer.code == 1
    assert answer.stderr == (
        "1 check found a problem: lock\nfix: do what each fix above says, then: shanty doctor\n"
    )


def test_a_finding_of_the_machine_hides_none_of_the_project(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(no_server())
    project.lock_file.write_text("[[[", encoding="utf-8")
    (project.root / "src/harbour/__init__.py").write_text("", encoding="utf-8")
    answer = shanty("doctor")
    assert answer.stderr.startswith("3 checks found a problem: engine, lock, app\n")
    assert len([line for line in answer.stdout.splitlines() if line[:8].strip()]) == len(CHECKS)


def test_in_a_folder_without_a_project_the_machine_is_looked_at(
    shanty: Typing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = shanty("doctor", "--json")
    states = {one["check"]: one["state"] for one in json.loads(answer.stdout)}
    assert answer.code == 0
    assert [name for name in CHECKS if states[name] == "fine"] == [
        name for name in CHECKS[: CHECKS.index("project")] if name != "base image"
    ]
    assert states["project"] == "note"


def test_one_fault_is_no_problem_of_two_checks(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    (project.root / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    fakes.remove("docker")
    found = {one["check"]: one for one in json.loads(shanty("doctor", "--json").stdout)}
    assert found["engine"]["what"] == "there is no docker command on this machine"
    assert found["services"]["state"] == "skipped"
    assert found["services"]["what"] == "not looked at: engine has told why"


def test_a_check_that_raises_hides_no_other(
    shanty: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(examination, "version_checks", lambda _: (Check("Poetry", "Why.", fail),))
    answer = shanty("doctor")
    assert "problem  Poetry        the look failed: ZeroDivisionError: " in answer.stdout
    assert "ok       port " in answer.stdout
    assert answer.code == 1


def test_nothing_is_written(shanty: Typing, project: Project, tmp_path: Path) -> None:
    before = contents(project.root)
    shanty("doctor")
    assert contents(project.root) == before
    assert not (tmp_path / "cache").exists()


def test_no_question_changes_anything(shanty: Typing, fakes: Fakes) -> None:
    shanty("doctor")
    assert fakes.changes == []


def test_an_option_that_there_is_not_is_refused(shanty: Typing) -> None:
    refusal(shanty("doctor", "--yaml"), 2)
