"""What is found of the engine, by what a scripted docker command says."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from shanty import engine
from shanty.doctor import later
from shanty.doctor.finding import Finding, SkippedError
from shanty.doctor.machine import Machine
from tests.doctoring import finding, findings, told
from tests.fakes import (
    NO_ENGINE,
    NOT_LET_IN,
    Fakes,
    Reply,
    no_server,
    ready,
    reply,
    server,
)

ON_INFO = ("storage", "rootless", "disk")
UNIX = "unix:///srv/engine.sock"


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine, whose engine keeps its data below `tmp_path`."""
    monkeypatch.setattr("sys.argv", ["shanty"])
    monkeypatch.setenv("HOME", str(tmp_path))
    fakes = ready(tmp_path / "fakes", monkeypatch)
    fakes.answer(info(Driver="overlay2", DockerRootDir=str(tmp_path)))
    return fakes


def info(**known: Any) -> Reply:  # noqa: ANN401
    """Return what the engine says of itself."""
    return reply("docker system info", json.dumps(known))


def look(name: str, environment: Mapping[str, str] | None = None) -> Finding:
    """Return what is found by the look of a name."""
    return finding(Machine(environment or {}).checks(), name)


def test_an_engine_that_lacks_nothing_is_fine() -> None:
    checks = Machine({}).checks()
    assert finding(checks, "engine").what == "Docker 26.1.5 answers"
    assert finding(checks, "context").what == "default: nothing leads elsewhere"
    assert finding(checks, "storage").what == "overlay2"
    assert finding(checks, "rootless").what == "no: the engine runs as root"
    assert finding(checks, "buildx").what == "buildx 0.13.1+ds1"


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        (no_server(), f"no Docker engine answers: {NO_ENGINE.strip()}"),
        (no_server(NOT_LET_IN), f"the Docker engine does not let you in: {NOT_LET_IN.strip()}"),
        (server("24.0.9"), "the Docker engine of this machine is 24.0.9; 25 or newer is needed"),
    ],
)
def test_an_engine_that_will_not_do_is_one_problem(answer: Reply, what: str, fakes: Fakes) -> None:
    fakes.answer(answer)
    checks = Machine({}).checks()
    found = finding(checks, "engine")
    assert (found.state, found.what) == ("problem", what)
    for name in ON_INFO:
        assert told(finding(checks, name)) == ("skipped", "not looked at: no engine will do", "")
    assert finding(checks, "buildx").state == "fine"


def test_without_a_docker_command_that_is_said_once(fakes: Fakes) -> None:
    fakes.remove("docker")
    checks = Machine({}).checks()
    what = "there is no docker command on this machine"
    assert told(finding(checks, "engine")) == ("problem", what, "shanty setup")
    assert told(finding(checks, "buildx")) == ("skipped", f"not looked at: {what}", "")


def test_an_engine_that_accepts_and_says_nothing_is_not_waited_for(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "ENGINE_SECONDS", 0.5)
    monkeypatch.setattr("shanty.doctor.machine.ENGINE_SECONDS", 0.5)
    fakes.answer(reply("docker version", holds=True), reply("docker system info", holds=True))
    found = look("engine")
    assert found.state == "problem"
    assert found.what.startswith("the Docker engine of this machine does not answer")


def test_an_engine_that_names_itself_and_then_says_nothing_is_a_problem_too(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "ENGINE_SECONDS", 0.5)
    fakes.answer(reply("docker system info", holds=True))
    machine = Machine({})
    assert finding(machine.checks(), "engine").state == "problem"
    assert not machine.is_ready
    with pytest.raises(SkippedError):
        machine.require_engine()


def test_an_engine_that_answers_is_ready() -> None:
    assert Machine({}).is_ready


def test_a_socket_that_somebody_named_is_told_with_the_variable() -> None:
    assert told(look("context", {"DOCKER_HOST": UNIX})) == ("fine", f"{UNIX} (DOCKER_HOST)", "")


def test_a_context_is_told_with_its_address(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"desk").hexdigest()
    meta = tmp_path / ".docker/contexts/meta" / digest / "meta.json"
    meta.parent.mkdir(parents=True)
    meta.write_text(json.dumps({"Endpoints": {"docker": {"Host": UNIX}}}), encoding="utf-8")
    found = look("context", {"DOCKER_CONTEXT": "desk", "DOCKER_CONFIG": str(tmp_path / ".docker")})
    assert told(found) == ("fine", f"desk (DOCKER_CONTEXT), {UNIX}", "")


def test_a_context_that_leads_nowhere_is_told_by_the_engine(tmp_path: Path) -> None:
    found = look("context", {"DOCKER_CONTEXT": "desk", "DOCKER_CONFIG": str(tmp_path)})
    assert found.what == "not looked at: desk (DOCKER_CONTEXT) is not known here"


@pytest.mark.parametrize("address", ["tcp://harbour.example:2375", "ssh://me@harbour.example"])
def test_another_machines_engine_is_worth_a_note(address: str) -> None:
    state, what, fix = told(look("context", {"DOCKER_HOST": address}))
    assert (state, fix) == ("note", "unset DOCKER_HOST")
    assert "harbour.example" in what
    assert "me@" not in what


def test_a_driver_that_copies_whole_layers_is_worth_a_note(fakes: Fakes) -> None:
    fakes.answer(info(Driver="vfs"))
    assert look("storage").state == "note"


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["name=seccomp,profile=builtin", "name=rootless"], "yes"),
        (["name=userns"], "no: the engine runs as root, with userns"),
        (["name=rootless", "name=selinux"], "yes, with selinux"),
    ],
)
def test_whether_the_engine_is_rootless_is_told(
    options: list[str], what: str, fakes: Fakes
) -> None:
    fakes.answer(info(SecurityOptions=options))
    assert told(look("rootless")) == ("fine", what, "")


def test_an_engine_that_limits_no_memory_is_worth_a_note(fakes: Fakes) -> None:
    fakes.answer(info(MemoryLimit=False))
    fine, note = findings(Machine({}).checks(), "rootless")
    assert (fine.state, note.state) == ("fine", "note")
    assert note.what == "the engine limits no memory"


@pytest.mark.parametrize(("left", "state"), [(0.4, "problem"), (3.0, "note"), (12.0, "fine")])
def test_the_room_that_is_left_is_told(
    left: float, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=left * 10**9))
    found = look("disk")
    assert (found.state, found.what) == (state, f"{left} GB left in {tmp_path}")
    assert found.fix.startswith("docker builder prune") is (state != "fine")


@pytest.mark.parametrize(
    ("folder", "environment"),
    [("/nowhere/docker", {}), (None, {"DOCKER_HOST": "tcp://127.0.0.1:2375"})],
)
def test_a_disk_of_another_machine_is_not_looked_at(
    folder: str | None, environment: Mapping[str, str], tmp_path: Path, fakes: Fakes
) -> None:
    folder = folder or str(tmp_path)
    fakes.answer(info(DockerRootDir=folder))
    assert look("disk", environment).what == (
        f"not looked at: the engine keeps its data elsewhere, in {folder}"
    )


@pytest.mark.parametrize(
    ("said", "code", "what"),
    [
        ("", 1, "docker has no buildx plugin"),
        ("github.com/docker/buildx v0.10.4 0", 0, "docker's buildx plugin is v0.10.4; 0.12 or"),
    ],
)
def test_a_plugin_that_will_not_do_is_a_problem(
    said: str, code: int, what: str, fakes: Fakes
) -> None:
    fakes.answer(reply("docker buildx version", said, stderr="unknown command", code=code))
    found = look("buildx")
    assert (found.state, found.fix) == ("problem", "shanty setup")
    assert found.what.startswith(what)


def test_an_engine_by_a_long_way_is_waited_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine.patience(3) == 3
    monkeypatch.setenv("DOCKER_HOST", "ssh://harbour.example")
    assert engine.patience(3) == engine.REMOTE_SECONDS
