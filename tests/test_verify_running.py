"""A container on trial, in front of a recording `docker` and real ports."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from shanty.errors import RunError
from shanty.request import Request
from shanty.verify import running as running_module
from shanty.verify.running import LISTENERS, Insides, Listener, Running, running
from tests.fakes import Fakes, ready, reply
from tests.verifying import NAME, closed_port, events, hurry, inspected, listening, serving

ASKED = Request(("docker", "run", "--name", NAME, "harbour:production"), container=NAME)
ALIVE = inspected(Status="running", Running=True)
HEALTHY = inspected(Health={"Status": "healthy"})
NO_LONGER = f"Error response from daemon: container {NAME} is not running\n"


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine, where nobody waits for long."""
    monkeypatch.setattr(sys, "argv", ["shanty"])
    hurry(monkeypatch)
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a container that does not answer be given up at once."""
    monkeypatch.setattr(running_module, "READY_SECONDS", 0.3)


def container(inner_port: int = 8888) -> Running:
    """Return a container that nothing reaches."""
    return Running(NAME, closed_port(), inner_port)


# Waiting


def test_the_wait_ends_when_it_answers_and_the_engine_is_not_asked(fakes: Fakes) -> None:
    with serving() as port:
        assert Running(NAME, port, port).wait() == "answers"
    assert fakes.calls == []


def test_the_wait_ends_when_the_container_has_ended(fakes: Fakes) -> None:
    fakes.answer(inspected())
    assert container().wait() == "ended"


def test_what_listens_on_another_port_at_two_looks_is_elsewhere(fakes: Fakes) -> None:
    fakes.answer(ALIVE, listening((5000, False, True)))
    assert container().wait() == "elsewhere"
    assert sum(words[1] == "exec" for words in fakes.calls) == 2


def test_what_listens_where_only_the_container_reaches_it_is_elsewhere(fakes: Fakes) -> None:
    fakes.answer(ALIVE, listening((8888, True, True)))
    assert container(8888).wait() == "elsewhere"


@pytest.mark.usefixtures("brief")
def test_what_listens_elsewhere_at_first_may_be_about_to_start(fakes: Fakes) -> None:
    started = listening((5000, True, False), (8888, False, True))
    fakes.answer(ALIVE, replace(listening((5000, True, False)), then=(started,)))
    assert container(8888).wait() == "silent"


@pytest.mark.usefixtures("brief")
def test_what_listens_to_nothing_is_waited_for_to_the_end(fakes: Fakes) -> None:
    fakes.answer(ALIVE, listening())
    assert container().wait() == "silent"


@pytest.mark.usefixtures("brief")
def test_the_look_is_taken_only_now_and_then(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running_module, "LOOK_SECONDS", 60)
    fakes.answer(ALIVE)
    assert container().wait() == "silent"
    assert not [words for words in fakes.calls if words[1] == "exec"]


# Looking inside


def test_its_processes_are_looked_at_from_inside_with_its_own_python(fakes: Fakes) -> None:
    fakes.answer(listening((8888, False, True), (5678, True, False), command=["python", "-m", "a"]))
    assert container().insides() == Insides(
        ("python", "-m", "a"),
        (
            Listener(8888, loopback=False, is_server=True),
            Listener(5678, loopback=True, is_server=False),
        ),
    )
    script = LISTENERS.read_text("utf-8")
    assert fakes.questions == [["docker", "exec", NAME, "python", "-I", "-c", script]]


def test_a_container_that_has_ended_shows_nothing(fakes: Fakes) -> None:
    fakes.answer(reply("docker exec", stderr=NO_LONGER, code=1))
    assert container().insides() == Insides((), ())
    assert container().elsewhere() == ()


# Health


def test_health_is_waited_for(fakes: Fakes) -> None:
    starting = inspected(Health={"Status": "starting"})
    fakes.answer(replace(starting, then=(HEALTHY,)))
    assert container().wait_for_health(10)


def test_what_never_gets_healthy_is_given_up(fakes: Fakes) -> None:
    fakes.answer(inspected(Health={"Status": "unhealthy"}))
    assert not container().wait_for_health(0.01)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"Health": {"Log": [{"Output": "before"}, {"Output": " no answer\n"}]}}, "no answer"),
        ({"Health": {"Log": [{"Output": None}]}}, ""),
        ({"Health": {"Log": None}}, ""),
        ({}, ""),
    ],
)
def test_the_last_health_check_is_told_in_its_own_words(
    fakes: Fakes, state: dict[str, object], said: str
) -> None:
    fakes.answer(inspected(**state))
    assert container().last_probe() == said


# Stopping


def test_a_stop_takes_from_the_signal_to_the_end_of_the_process(fakes: Fakes) -> None:
    fakes.answer(inspected(ExitCode=143), events(("kill", 1.5), ("die", 1.75), ("stop", 9)))
    assert container().stop() == (0.25, 143)
    assert fakes.changes == [f"docker stop {NAME}"]


def test_a_stop_whose_end_the_engine_does_not_tell_takes_as_long_as_the_command(
    fakes: Fakes,
) -> None:
    fakes.answer(inspected(ExitCode=None), events())
    before = time.monotonic()
    seconds, code = container().stop()
    assert 0.005 < seconds < time.monotonic() - before
    assert (fakes.changes, code) == ([f"docker stop {NAME}"], 0)


def test_it_can_be_started_once_more(fakes: Fakes) -> None:
    fakes.answer(reply("docker start"))
    container().start_again()
    assert fakes.changes == [f"docker start {NAME}"]


# The whole of it


def test_a_container_is_removed_whatever_happens_to_it(fakes: Fakes) -> None:
    def interrupted() -> None:
        with running(ASKED, 1, 2) as found:
            assert found == Running(NAME, 1, 2)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert fakes.changes == [
        f"docker run --name {NAME} harbour:production",
        f"docker rm --force --volumes {NAME}",
    ]


def test_a_container_that_docker_cannot_start_is_told_and_removed(fakes: Fakes) -> None:
    fakes.answer(reply("docker run", code=125))
    with pytest.raises(RunError) as refused, running(ASKED, 1, 2):
        pass
    assert str(refused.value) == (
        f"{NAME} could not be started\nfix: docker run --name {NAME} harbour:production"
    )
    assert fakes.changes[-1] == f"docker rm --force --volumes {NAME}"
