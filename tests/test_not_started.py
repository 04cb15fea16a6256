"""A container that Docker has not started is told with the reason, and leaves nothing."""

import socket
from pathlib import Path

import pytest

from shanty.errors import MachineError, RunError
from shanty.not_started import not_started
from shanty.project import Project
from shanty.request import Request
from tests.fakes import Fakes, ready

NAME = "harbour-prod-8888"
ASKED = Request(("docker", "run", "--detach", "--name", NAME), container=NAME)
HOST = "127.0.0.1"
PROJECT = Project(Path("/srv/harbour"), Path("/srv/harbour"), {})
ALLOCATED = (
    "docker: Error response from daemon: driver failed programming external connectivity: "
    "Bind for 127.0.0.1:8888 failed: port is already allocated\n\n"
    "Run 'docker run --help' for more information\n"
)
REMOVED = [f"docker rm --force --volumes {NAME}"]


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine, on which no container runs."""
    monkeypatch.setattr("sys.argv", ["shanty"])
    return ready(tmp_path / "fakes", monkeypatch)


def test_one_that_another_command_has_just_started_is_left_to_it(fakes: Fakes) -> None:
    said = f'docker: Conflict. The container name "/{NAME}" is already in use by container "1".\n'
    fault = not_started(ASKED, said, HOST, 8888, PROJECT)
    assert isinstance(fault, MachineError)
    assert fault.what == f"the container {NAME} was started by another command just now"
    assert fakes.changes == []


def test_a_port_that_somebody_took_meanwhile_is_told_with_who_has_it(fakes: Fakes) -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        fault = not_started(ASKED, ALLOCATED, HOST, port, PROJECT)
    assert fault.what.startswith(f"port {port} is taken by ")
    assert fakes.changes == REMOVED


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            ALLOCATED,
            (
                "Error response from daemon: driver failed programming external connectivity: "
                "Bind for 127.0.0.1:8888 failed: port is already allocated"
            ),
        ),
        ("all went wrong\n", "all went wrong"),
        ("", "Docker says above why"),
    ],
)
def test_what_nobody_explains_is_told_in_docker_s_words(
    said: str, reason: str, fakes: Fakes
) -> None:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    fault = not_started(ASKED, said, HOST, port, PROJECT)
    assert isinstance(fault, RunError)
    assert str(fault) == (
        f"{NAME} was not started: {reason}\nfix: mend what Docker names, then look: shanty ps"
    )
    assert fakes.changes == REMOVED


def test_a_port_that_is_taken_is_told_where_nothing_was_kept_of_what_docker_said(
    fakes: Fakes,
) -> None:
    foreground = Request(("docker", "run", "--rm", "--name", NAME), container=NAME)
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        fault = not_started(foreground, "", HOST, port, PROJECT)
    assert fault.what.startswith(f"port {port} is taken by ")
    assert fakes.changes == []
