"""Who has a port of this machine."""

import errno
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from shanty.door import door
from shanty.errors import MachineError, UsageError
from shanty.port import check_free, free_port
from shanty.project import Project
from tests.fakes import Fakes, container, listed, ready, reply

HOST = "127.0.0.1"
PROJECT = Project(Path("/srv/harbour"), Path("/srv/harbour"), {})


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine, on which no container runs."""
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port that this process listens on."""
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def open_socket(**how: object) -> SimpleNamespace:
    """Return one row of the machine's list of sockets."""
    usual = {"laddr": (HOST, 1), "status": psutil.CONN_LISTEN, "pid": os.getpid()}
    return SimpleNamespace(**(usual | how))


def test_a_free_port_is_nobodys(taken: int, fakes: Fakes) -> None:
    with socket.create_server((HOST, 0)) as server:
        free = server.getsockname()[1]
    check_free(HOST, free, PROJECT)
    assert free != taken
    assert fakes.calls == []


def test_a_port_that_nobody_has_can_be_asked_for() -> None:
    port = free_port()
    with socket.create_server((HOST, port)) as server:
        assert server.getsockname()[1] == port
        assert free_port() != port


def test_a_process_that_has_the_port_is_named_with_its_number(taken: int) -> None:
    with pytest.raises(MachineError) as refused:
        check_free(HOST, taken, PROJECT)
    assert str(refused.value) == (
        f"port {taken} is taken by {psutil.Process().name()} (process {os.getpid()})\n"
        f"fix: choose another: --port {taken + 1}"
    )


def test_a_container_that_has_the_port_is_named(taken: int, fakes: Fakes) -> None:
    fakes.answer(
        listed(["harbour-dev-8888"], f"--filter publish={taken}"), container("harbour-dev-8888")
    )
    with pytest.raises(MachineError, match=f"^port {taken} is taken by the container harbour-dev"):
        check_free(HOST, taken, PROJECT)


def test_a_container_of_the_project_itself_is_to_be_stopped(taken: int, fakes: Fakes) -> None:
    running = "harbour-prod-8888"
    own = listed([running], f"--filter label=shanty.project={PROJECT.id}")
    fakes.answer(listed([running], f"--filter publish={taken}"), own, container(running))
    with pytest.raises(MachineError) as refused:
        check_free(HOST, taken, PROJECT)
    assert str(refused.value) == (
        f"port {taken} is taken by harbour-prod-8888, which serves this project at "
        f"http://127.0.0.1:8888/\n"
        f"fix: {door()} stop, or choose another: --port {taken + 1}"
    )


def test_a_port_whose_holder_may_not_be_seen_is_another_users(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_kind: str) -> list[object]:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", refuse)
    with pytest.raises(MachineError, match=f"^port {taken} is taken by a process of another user"):
        check_free(HOST, taken, PROJECT)


def test_only_who_listens_on_the_port_is_its_holder(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [
        open_socket(laddr=()),
        open_socket(laddr=(HOST, taken - 1)),
        open_socket(laddr=(HOST, taken), status=psutil.CONN_ESTABLISHED),
        open_socket(laddr=(HOST, taken), pid=None),
    ]
    monkeypatch.setattr(psutil, "net_connections", lambda _kind: others)
    with pytest.raises(MachineError, match=f"^port {taken} is taken by a process of another user"):
        check_free(HOST, taken, PROJECT)


def test_the_port_named_in_the_fix_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_socket: socket.socket, _address: object) -> None:
        raise OSError(errno.EADDRINUSE, "Address already in use")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(MachineError, match=r"^port 65535 is taken") as refused:
        check_free(HOST, 65535, PROJECT)
    assert 0 < int(refused.value.fix.split()[-1]) < 65536


@pytest.fixture
def unprivileged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process bind no port, as one without rights may bind none below 1024."""
    bind = socket.socket.bind

    def refuse(one: socket.socket, address: tuple[str, int]) -> None:
        if address[1]:
            raise PermissionError(errno.EACCES, "Permission denied")
        bind(one, address)

    monkeypatch.setattr(socket.socket, "bind", refuse)


@pytest.mark.usefixtures("unprivileged")
def test_a_port_for_root_alone_is_left_to_an_engine_that_is_root_s() -> None:
    check_free(HOST, 80, PROJECT)


@pytest.mark.usefixtures("unprivileged")
def test_a_port_for_root_alone_is_refused_where_the_engine_is_none_of_root_s(
    fakes: Fakes,
) -> None:
    fakes.answer(reply("docker system info", '{"SecurityOptions": ["name=rootless"]}'))
    with pytest.raises(MachineError) as refused:
        check_free(HOST, 80, PROJECT)
    assert str(refused.value) == (
        "port 80 is kept for root, and the engine is none of root's\nfix: --port 8888"
    )


@pytest.mark.usefixtures("unprivileged")
def test_a_port_that_this_process_may_not_try_is_taken_where_somebody_listens(
    taken: int,
) -> None:
    with pytest.raises(MachineError, match=f"^port {taken} is taken by "):
        check_free(HOST, taken, PROJECT)


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        check_free("192.0.2.1", 8888, PROJECT)
    assert str(refused.value) == (
        "--host 192.0.2.1 is no address of this machine\nfix: use 127.0.0.1"
    )


def test_a_name_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object, **_how: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(UsageError) as refused:
        check_free("nowhere", 8888, PROJECT)
    assert str(refused.value) == (
        "--host nowhere: Name or service not known\nfix: give an address of this machine"
    )


def test_what_can_be_no_name_at_all_is_refused_too() -> None:
    with pytest.raises(UsageError, match=r"^--host \.harbour"):
        check_free(".harbour", 8888, PROJECT)
