"""The SSH agent: lent where something is fetched with it, and to nothing else."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from shanty.dependencies.lock import Lock
from shanty.dependencies.locked_package import LockedPackage
from shanty.editing.agent import agent_socket, is_over_ssh, users
from shanty.project import Project
from tests.conftest import PYPROJECT

MakeProject = Callable[..., Project]


@pytest.fixture
def listening() -> Iterator[Path]:
    """Return a socket that somebody listens on; its path is to be a short one."""
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as agent:
        agent.bind(f"{folder}/agent")
        yield Path(folder, "agent")


@pytest.mark.parametrize(
    ("address", "over_ssh"),
    [
        ("git+ssh://git@forge.example/rope.git", True),
        ("git@forge.example:rope.git", True),
        ("ssh://forge.example/rope.git", True),
        ("git+https://forge.example/rope.git", False),
        ("rope", False),
    ],
)
def test_what_is_typed_declared_or_locked_says_whether_it_is_wanted(
    make_project: MakeProject, address: str, *, over_ssh: bool
) -> None:
    project = make_project()
    packages = (LockedPackage("rope", "1", source="git", url=address), LockedPackage("flask", "3"))
    lock = Lock(project.lock_file, None, "", {}, packages=packages)
    assert is_over_ssh(project, None, [address]) == over_ssh
    assert is_over_ssh(project, lock, []) == over_ssh
    elsewhere = f'{PYPROJECT}[tool.poetry.urls]\nrope = "{address}"\n'
    assert not is_over_ssh(make_project(pyproject=elsewhere), None, [])
    declared = f'{PYPROJECT}[tool.poetry.dependencies]\nrope = {{ git = "{address}" }}\n'
    assert is_over_ssh(make_project(pyproject=declared), None, []) == over_ssh


def test_an_agent_is_a_socket_that_is_there(listening: Path, tmp_path: Path) -> None:
    assert agent_socket({"SSH_AUTH_SOCK": str(listening)}) == listening
    assert agent_socket({"SSH_AUTH_SOCK": str(tmp_path)}) is None
    assert agent_socket({}) is None


def test_the_caller_is_a_user_for_ssh_to_talk_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    monkeypatch.setattr(os, "getgid", lambda: 4243)
    assert users().splitlines() == [
        "root:x:0:0:root:/root:/bin/sh",
        "caller:x:4242:4243::/tmp:/bin/sh",
    ]
    monkeypatch.setattr(os, "getuid", lambda: 0)
    assert users().splitlines() == ["root:x:0:0:root:/root:/bin/sh"]
