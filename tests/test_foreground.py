"""A command in the foreground: whose it is, the signals that reach it, and the end of it."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from shanty import foreground
from shanty.foreground import owned, started
from shanty.owner import owner
from shanty.request import Request
from tests.engine.support import wait_for
from tests.fakes import Fakes, reply, set_up

REQUEST = Request(("docker", "run", "harbour"), container="harbour-run-1", is_owned=True)
REMOVAL = "docker rm --force --volumes 1234"


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return a `docker` whose container goes on until a signal comes."""
    monkeypatch.setattr(foreground, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(foreground, "LATE_SECONDS", 0.5)
    fakes = set_up(tmp_path / "fakes", monkeypatch)
    fakes.install("docker")
    fakes.answer(reply("docker run", holds=True), reply("docker container list"))
    fakes.answer(reply("docker rm"), reply("docker kill"))
    return fakes


@pytest.fixture
def deaf(tmp_path: Path, fakes: Fakes) -> Path:
    """Return a file that is there once `docker kill` or `docker rm` has been asked for.

    The `docker` that runs the container until then heeds no signal.
    """
    assert fakes
    told = tmp_path / "told"
    script = fakes.folder / "bin" / "docker"
    real = tmp_path / "docker"
    script.rename(real)
    text = real.read_text("utf-8").replace("${0##*/}", "docker")
    real.write_text(text, "utf-8")
    script.write_text(
        f"#!/bin/sh\ntrap '' TERM\n"
        f'case "$1" in kill|rm) : > {told} ;; run) : > {told}.run;\n'
        f'while [ ! -e {told} ]; do /bin/sleep 0.01; done; exit 0 ;; esac\nexec {real} "$@"\n',
        "utf-8",
    )
    script.chmod(0o755)
    return told


def interrupt(deaf: Path, patience: float) -> None:
    """Run the command that heeds no signal, and send one to this very process."""
    with started(REQUEST, patience) as (process, _):
        wait_for(deaf.with_suffix(".run").exists)
        os.kill(os.getpid(), signal.SIGTERM)
        process.wait()


def test_a_container_of_the_foreground_says_whose_it_is() -> None:
    words, environment = owned(REQUEST)
    assert words == ("docker", "run", "--label", f"shanty.owner={owner()}", "harbour")
    assert environment["SHANTY_OWNER"] == owner()


def test_one_that_is_to_go_on_is_nobodys() -> None:
    assert owned(Request(("docker", "run", "harbour")))[0] == ("docker", "run", "harbour")


def test_after_a_signal_the_container_is_gone(fakes: Fakes) -> None:
    fakes.answer(reply("docker container list", "1234\n"))
    with started(REQUEST, 10) as (process, received):
        fakes.wait_for("holding")
        os.kill(os.getpid(), signal.SIGTERM)
        process.wait()
    assert received == [signal.SIGTERM]
    asked = next(words for words in fakes.calls if words[1] == "container")
    assert {f"label=shanty.owner={owner()}", "name=^harbour-run-1$"} < set(asked)
    assert REMOVAL in fakes.changes


def test_a_container_that_comes_after_its_client_has_ended_is_removed_too(fakes: Fakes) -> None:
    """Docker's client may be ended while the engine makes one."""
    late = reply("docker container list", "1234\n")
    fakes.answer(
        reply("docker container list", then=(reply("docker container list", then=(late,)),))
    )
    with started(REQUEST, 10) as (process, _):
        fakes.wait_for("holding")
        os.kill(os.getpid(), signal.SIGTERM)
        process.wait()
    assert fakes.changes[-1] == REMOVAL


def test_without_one_nothing_is_asked(fakes: Fakes) -> None:
    fakes.answer(reply("docker run"))
    with started(REQUEST, 10) as (process, received):
        process.wait()
    assert not received
    assert len(fakes.calls) == 1


def test_what_is_no_container_is_not_looked_for(fakes: Fakes) -> None:
    build = Request(("docker", "run", "build"))
    with started(build, 10) as (process, _):
        fakes.wait_for("holding")
        os.kill(os.getpid(), signal.SIGHUP)
        process.wait()
    assert len(fakes.calls) == 1


def test_a_signal_that_the_client_loses_comes_by_the_engine(deaf: Path, fakes: Fakes) -> None:
    """It is lost where a container is just being started."""
    fakes.answer(reply("docker container list", "1234\n"))
    interrupt(deaf, 10)
    assert deaf.exists()
    assert "docker kill --signal TERM 1234" in fakes.changes


def test_a_container_that_heeds_no_signal_is_removed_in_the_end(
    deaf: Path, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreground, "START_SECONDS", 0)
    fakes.answer(reply("docker container list", "1234\n"))
    started_at = time.monotonic()
    interrupt(deaf, 0.3)
    assert deaf.exists()
    assert time.monotonic() - started_at > 0.3
    assert "docker kill --signal TERM 1234" not in fakes.changes
    assert REMOVAL in fakes.changes


def test_a_signal_that_comes_before_the_command_runs_is_handed_on(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = subprocess.Popen

    def interrupted(*words: object, **how: object) -> object:
        monkeypatch.undo()
        os.kill(os.getpid(), signal.SIGINT)
        return start(*words, **how)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    with started(REQUEST, 10, {signal.SIGINT}) as (process, received):
        process.wait()
    assert received == [signal.SIGINT, signal.SIGTERM]
    assert fakes.folder


def test_a_signal_that_is_ignored_stays_so(fakes: Fakes) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        fakes.answer(reply("docker run"))
        with started(REQUEST, 10) as (process, received):
            os.kill(os.getpid(), signal.SIGHUP)
            process.wait()
        assert not received
    finally:
        signal.signal(signal.SIGHUP, before)
