"""The trials of an image: how its containers are started, and what became of that."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shanty.container import ContainerOptions
from shanty.failure.case import Diagnosis
from shanty.project import Project
from shanty.verify.running import Running
from shanty.verify.trials import Attempt, Needs, Trials
from tests.fakes import Fakes, ready, reply
from tests.harbour import context
from tests.verifying import (
    NAME,
    closed_port,
    hurry,
    inspected,
    listening,
    serving,
    trial_ports,
)

ALIVE = inspected(Status="running", Running=True)
HELD = "--pids-limit 2048 --stop-timeout 40 --read-only --tmpfs /tmp:noexec,nosuid,nodev"


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine, where nobody waits for long."""
    monkeypatch.setattr(sys, "argv", ["shanty"])
    monkeypatch.setattr("shanty.verify.trials.secrets.token_hex", lambda _count: "c0ffee")
    hurry(monkeypatch)
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture
def trials(make_project: Callable[..., Project]) -> Trials:
    """Return the trials of an image that explains nothing."""
    project = make_project()
    return Trials(
        context(project), ContainerOptions(), "harbour:1", "harbour", ("serve", "a b"), silent
    )


def silent(_log: str) -> None:
    """Find no reason in a log."""


# Starting


def test_a_trial_is_a_container_held_as_prods_with_a_name_and_port_of_its_own(
    trials: Trials,
    fakes: Fakes,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    trial_ports(monkeypatch, 40001)
    name = "harbour-verify-c0ffee"
    with trials.started(Needs()) as found:
        assert found == Running(name, 40001, 40001)
        line = fakes.changes[-1]
    assert line == (
        f"docker run --rm --pull never --name {name} "
        f"--label shanty.project={trials.context.project.id} --label shanty.task=verify "
        f"--cap-drop ALL --security-opt no-new-privileges {HELD} "
        "--env PORT=40001 --publish 127.0.0.1:40001:40001 harbour:1"
    )
    assert capsys.readouterr().err == f"shanty > {line}\n"
    assert fakes.changes == [line, f"docker rm --force --volumes {name}"]


def test_a_trial_is_given_what_it_needs_beyond_and_what_the_person_asked_for(
    trials: Trials, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial_ports(monkeypatch, 40001)
    asked = replace(trials, options=ContainerOptions(env=("QUAY=1",), detach=True))
    with asked.started(Needs(port=5000, capabilities=True, writable=True)) as found:
        assert (found.port, found.inner_port) == (40001, 5000)
    line = fakes.changes[0]
    assert line.startswith("docker run --detach ")
    assert "--env QUAY " in line
    assert line.endswith(
        "--pids-limit 2048 --stop-timeout 40 --user 0:0 "
        "--env PORT=5000 --publish 127.0.0.1:40001:5000 harbour:1"
    )
    assert "--cap-drop" not in line


def test_an_app_that_is_to_take_orders_is_wrapped_around_the_images_own_start(
    trials: Trials, fakes: Fakes
) -> None:
    with trials.started(Needs(), "wsgi"):
        pass
    words = next(words for words in fakes.calls if words[1] == "run")
    assert words[words.index("SHANTY_INTERFACE=wsgi") :][1:6] == [
        *("--env", "SHANTY_SITE", "--entrypoint", "/bin/sh", "harbour:1"),
    ]
    assert words[-3:] == ["sh", "serve", "a b"]


# How it went


def test_what_answers_needs_no_reason(trials: Trials) -> None:
    with serving() as port:
        assert trials.attempt(Running(NAME, port, port)) == Attempt("answers")


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Diagnosis("it cannot write to /opt/app", "shanty prod --writable"), "it cannot write to"),
        (Diagnosis("it lacks a module", "invoke add flask"), ""),
        (None, ""),
    ],
)
def test_what_answers_with_a_fault_is_told_where_it_could_not_write(
    trials: Trials, fakes: Fakes, reason: Diagnosis | None, told: str
) -> None:
    fakes.answer(ALIVE, reply("docker container logs", "Read-only file system: '/opt/app'\n"))
    explaining = replace(trials, explain=lambda log: reason if "Read-only" in log else None)
    with serving(lambda _request: (500, "")) as port:
        attempt = explaining.attempt(Running(NAME, port, port))
    assert attempt.outcome == "answers"
    assert attempt.reason[: len(told) or None] == told


@pytest.mark.parametrize(
    ("log", "reason", "told"),
    [
        ("before\nImportError: flask\n", Diagnosis("it lacks flask", "add it"), "it lacks flask"),
        ("before\ngoodbye\n", None, "goodbye"),
        ("no postgres://me:rope@db\n", None, "no postgres://…@db"),
        ("", None, "it said nothing"),
    ],
)
def test_what_ends_is_told_by_its_reason_or_its_last_words_without_the_secrets(
    trials: Trials, fakes: Fakes, log: str, reason: Diagnosis | None, told: str
) -> None:
    fakes.answer(inspected(), reply("docker container logs", log))
    explaining = replace(trials, explain=lambda _log: reason)
    attempt = explaining.attempt(Running(NAME, closed_port(), 8888))
    assert attempt == Attempt("ended", told, reason.fix if reason else "")


def test_what_listens_elsewhere_is_told_by_its_port_the_servers_own_first(
    trials: Trials, fakes: Fakes
) -> None:
    others = (5678, True, True), (6000, False, False)
    fakes.answer(ALIVE, listening(*others, (5000, False, True)))
    attempt = trials.attempt(Running(NAME, closed_port(), 8888))
    assert attempt == Attempt("elsewhere", "it listens on 5000", port=5000)


def test_what_only_the_container_reaches_is_told_to_be_so(trials: Trials, fakes: Fakes) -> None:
    fakes.answer(ALIVE, listening((8888, True, True)))
    attempt = trials.attempt(Running(NAME, closed_port(), 8888))
    reason = "it listens on 8888, where the container alone reaches it"
    assert attempt == Attempt("elsewhere", reason, port=8888, loopback=True)


def test_what_ends_while_one_looks_where_it_listens_is_told_by_its_last_words(
    trials: Trials, fakes: Fakes
) -> None:
    looks = listening((5000, False, True))
    gone = reply("docker exec", stderr="is not running\n", code=1)
    fakes.answer(ALIVE, replace(looks, then=(replace(looks, then=(gone,)),)))
    fakes.answer(reply("docker container logs", "goodbye\n"))
    attempt = trials.attempt(Running(NAME, closed_port(), 8888))
    assert attempt == Attempt("elsewhere", "goodbye")
