"""What Docker's client says ends as an error that names the cause and a way out."""

from pathlib import Path

import pytest

from shanty import engine
from shanty.errors import HungError, MachineError, ShantyError, UsageError
from tests.fakes import Fakes, Reply, no_server, ready, reply


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine."""
    monkeypatch.setattr("sys.argv", ["shanty"])
    return ready(tmp_path / "fakes", monkeypatch)


def told(kind: type[ShantyError]) -> tuple[str, str]:
    """Return both lines of the error that the engine's version ends in."""
    with pytest.raises(kind) as fault:
        engine.engine_version()
    assert type(fault.value) is kind
    return fault.value.what, fault.value.fix


def test_an_engine_that_never_answers_is_told_in_time(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ANSWER_SECONDS", 0.5)
    fakes.answer(Reply(("docker", "version"), holds=True))
    assert told(HungError) == (
        "the Docker engine of this machine does not answer: asked 0 s ago",
        "shanty setup",
    )


def test_an_engine_elsewhere_is_named_with_the_way_back(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://harbour:2375")
    fakes.answer(no_server("Cannot connect to the Docker daemon at tcp://harbour:2375.\n"))
    what, fix = told(MachineError)
    assert what == (
        "no Docker engine answers: Cannot connect to the Docker daemon at tcp://harbour:2375. "
        "(DOCKER_HOST leads there)"
    )
    assert fix == "unset DOCKER_HOST  # or start the engine there"


def test_an_engine_over_ssh_is_given_the_time_that_docker_gives_it(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "ssh://harbour")
    monkeypatch.setattr(engine, "REMOTE_SECONDS", 0.5)
    fakes.answer(Reply(("docker", "version"), holds=True))
    assert told(HungError)[0].startswith("the Docker engine of ssh://harbour (DOCKER_HOST) does")


def test_a_context_that_leads_nowhere_is_named(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "far")
    said = 'unable to resolve docker endpoint: context "far": context not found: open /x: gone'
    fakes.answer(Reply(("docker", "version"), stderr=f"Failed to initialize: {said}\n", code=1))
    assert told(UsageError) == (
        'DOCKER_CONTEXT far leads to no engine: context "far": context not found',
        "unset DOCKER_CONTEXT  # or start the engine there",
    )


def test_podman_is_not_taken_for_docker(fakes: Fakes) -> None:
    fakes.answer(reply("docker version", '{"Client": {"APIVersion": "4.3.1"}}'))
    what = "the docker command of this machine is podman, which is another engine"
    assert told(MachineError) == (what, "shanty setup")
    fakes.remove("docker")
    fakes.install("podman")
    engine.forget()
    what = "there is no docker command on this machine, only podman, which is another engine"
    assert told(MachineError) == (what, "shanty setup")


@pytest.mark.parametrize("stdout", ["", "[]", "{}", '{"Server": {}}'])
def test_a_client_that_tells_no_version_has_found_no_engine(stdout: str, fakes: Fakes) -> None:
    fakes.answer(reply("docker version", stdout))
    assert told(MachineError)[0] == "no Docker engine answers: its client names none"


def test_a_buildx_that_is_too_old_is_named_with_what_is_needed(fakes: Fakes) -> None:
    fakes.answer(reply("docker buildx version", "github.com/docker/buildx v0.8.2 abc\n"))
    with pytest.raises(MachineError) as fault:
        engine.check_engine()
    assert str(fault.value) == (
        "docker's buildx plugin is v0.8.2; 0.12 or newer is needed\nfix: shanty setup"
    )
