"""Announcing a request and carrying it out in the person's own terminal."""

import os
import pty
import signal
import subprocess
import sys
import tty
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from shanty.errors import RunError
from shanty.request import Request
from shanty.tee import Tail
from shanty.terminal import (
    announce,
    execute,
    execute_build,
    execute_quietly,
    execute_server,
    execute_step,
    is_terminal,
)
from tests.fakes import DEADLINE_SECONDS, Fakes, reply, set_up

REQUEST = Request(("docker", "run", "it's"), {"TOKEN": "s3cret"})
EVERY_WAY = pytest.mark.parametrize("carry_out", [execute, execute_server, execute_quietly])
Way = Callable[[Request], int]


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return a `docker` that knows one command."""
    fakes = set_up(tmp_path / "fakes", monkeypatch)
    fakes.install("docker")
    fakes.answer(reply("docker run", "said\n"))
    return fakes


def start(function: str, tail: str = "") -> "subprocess.Popen[bytes]":
    """Carry out a request in a process group of its own, as a shell would."""
    code = (
        "import sys; from shanty import terminal; from shanty.request import Request; "
        "from shanty.tee import Tail; "
        f'sys.exit(terminal.{function}(Request(("docker", "run")){tail}))'
    )
    return subprocess.Popen([sys.executable, "-c", code], process_group=0)


# Announcing


def test_a_command_is_announced_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    announce(REQUEST)
    assert capsys.readouterr() == ("", "shanty > docker run 'it'\"'\"'s'\n")


def test_a_command_that_will_not_run_is_the_output_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    announce(REQUEST, dry=True)
    assert capsys.readouterr() == ("shanty > docker run 'it'\"'\"'s'\n", "")


def test_the_mark_is_bold_for_a_person(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    announce(Request(("docker", "ps")))
    assert capsys.readouterr().err == "\x1b[1mshanty >\x1b[0m docker ps\n"


def test_lines_end_whole_while_a_container_has_the_terminal_as_its_own() -> None:
    near, far = pty.openpty()
    try:
        code = "from shanty import terminal; terminal.say('one\\ntwo')"
        tty.setraw(far)
        subprocess.run([sys.executable, "-c", code], stderr=far, check=True)
        assert os.read(near, 100) == b"shanty: one\r\ntwo\r\n"
    finally:
        os.close(near)
        os.close(far)


def test_no_color_is_honoured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    announce(Request(("docker", "ps")))
    assert capsys.readouterr().err == "shanty > docker ps\n"


@pytest.mark.parametrize(
    ("stdin", "stdout", "expected"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_a_person_sits_at_both_ends_or_at_none(
    stdin: bool,  # noqa: FBT001
    stdout: bool,  # noqa: FBT001
    expected: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: stdin)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: stdout)
    assert is_terminal() is expected


# Carrying out


def test_what_goes_on_beside_a_command_ends_with_it(fakes: Fakes) -> None:
    fakes.answer(reply("docker run", code=3, holds=True))
    looks: list[int] = []

    def look() -> bool:
        looks.append(len(looks))
        if len(looks) == 2:
            for process in psutil.Process().children():
                process.terminate()
        return False

    assert execute_step(REQUEST, beside=look) == 3
    assert looks[:2] == [0, 1]


def test_a_fault_beside_a_command_ends_it(fakes: Fakes) -> None:
    fakes.answer(reply("docker run", holds=True))

    def fail() -> bool:
        fakes.wait_for("holding")
        raise RunError("it broke", "mend it")

    with pytest.raises(RunError):
        execute_step(REQUEST, beside=fail)
    assert fakes.wait_for("signal") == signal.SIGTERM


@EVERY_WAY
def test_the_exit_code_is_the_commands_own(carry_out: Way, fakes: Fakes) -> None:
    fakes.answer(reply("docker run", code=7))
    assert carry_out(REQUEST) == 7


@pytest.mark.parametrize("carry_out", [execute, execute_server])
def test_a_command_that_was_killed_gives_the_code_that_a_shell_would(
    carry_out: Way, fakes: Fakes
) -> None:
    fakes.answer(reply("docker run", code=-signal.SIGKILL))
    assert carry_out(REQUEST) == 128 + signal.SIGKILL


@EVERY_WAY
def test_a_value_that_is_no_part_of_the_line_travels_in_the_environment(
    carry_out: Way, fakes: Fakes
) -> None:
    assert carry_out(REQUEST) == 0
    assert fakes.environment("docker run")["TOKEN"] == "s3cret"  # noqa: S105
    assert "TOKEN" not in os.environ


@pytest.mark.parametrize(
    ("carry_out", "output"),
    [(execute, "said\n"), (execute_server, "said\n"), (execute_quietly, "")],
)
def test_the_output_is_shown_unless_it_is_to_be_quiet(
    carry_out: Way, output: str, capfd: pytest.CaptureFixture[str]
) -> None:
    carry_out(REQUEST)
    assert capfd.readouterr().out == output


@pytest.mark.parametrize("carry_out", [execute_build, execute_server, execute_step])
def test_what_is_said_is_kept_where_it_is_wanted(
    carry_out: Callable[[Request, Tail], int], fakes: Fakes, capfd: pytest.CaptureFixture[str]
) -> None:
    fakes.answer(reply("docker run", stderr="why\n", code=7))
    tail = Tail()
    assert carry_out(REQUEST, tail) == 7
    assert tail.text == "why\n"
    assert capfd.readouterr().err == "why\n"


@pytest.mark.parametrize("carry_out", [execute_build, execute_step])
def test_a_step_that_was_interrupted_ends_what_it_is_a_step_of(
    carry_out: Way, fakes: Fakes
) -> None:
    fakes.answer(reply("docker run", code=130))
    with pytest.raises(KeyboardInterrupt):
        carry_out(REQUEST)


@pytest.mark.parametrize("carry_out", [execute, execute_server])
def test_the_signals_are_as_before_once_the_command_has_ended(carry_out: Way) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    carry_out(REQUEST)
    assert [signal.getsignal(number) for number in numbers] == before


# Signals


@pytest.mark.parametrize("tail", ["", ", Tail()"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_server_is_stopped_as_docker_would_stop_it(
    number: signal.Signals, tail: str, fakes: Fakes
) -> None:
    fakes.answer(reply("docker run", holds=True))
    process = start("execute_server", tail)
    fakes.wait_for("holding")
    os.killpg(process.pid, number)
    assert process.wait(DEADLINE_SECONDS) == 130
    assert fakes.wait_for("signal") == signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_command_is_told_to_end_when_the_task_is(number: signal.Signals, fakes: Fakes) -> None:
    fakes.answer(reply("docker run", code=143, holds=True))
    process = start("execute")
    fakes.wait_for("holding")
    process.send_signal(number)
    assert process.wait(DEADLINE_SECONDS) == 130
    assert fakes.wait_for("signal") == signal.SIGTERM


def test_an_interrupt_from_the_terminal_is_the_commands_to_answer(fakes: Fakes) -> None:
    fakes.answer(reply("docker run", code=42, holds=True))
    process = start("execute")
    fakes.wait_for("holding")
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(DEADLINE_SECONDS) == 42
    assert fakes.wait_for("signal") == signal.SIGINT


@pytest.mark.parametrize(("stderr", "code"), [("cannot start a stopped process", 130), ("no", 125)])
def test_an_interrupt_that_the_containers_terminal_took_before_its_start_is_one(
    stderr: str, code: int, fakes: Fakes, capfd: pytest.CaptureFixture[str]
) -> None:
    """Docker knows it as a container that cannot be started."""
    fakes.answer(reply("docker run", stderr=stderr, code=125))
    assert execute(Request(("docker", "run", "--tty"))) == code
    assert capfd.readouterr().err == stderr
