"""The command that a container, a process or a folder belongs to, and whether it still runs."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from shanty import owner as module
from shanty.owner import FORM, is_gone, owner


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Forget who is asking, before and after."""
    for known in (owner, module.machine):
        known.cache_clear()
    yield
    for known in (owner, module.machine):
        known.cache_clear()


@pytest.fixture(params=["proc", "elsewhere"])
def system(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> object:
    """Return by turns a system with `/proc` and one without."""
    if request.param == "elsewhere":
        monkeypatch.setattr(module, "PROC", tmp_path / "none")
    return request.param


@pytest.fixture
def ended() -> int:
    """Return the number of a process that has ended."""
    process = subprocess.Popen(["/bin/true"])
    process.wait()
    return process.pid


def like_this(number: int, start: str = "1") -> str:
    """Return the owner that a process of this machine would be."""
    return f"{number}.{start}.{owner().rpartition('.')[2]}"


def test_this_command_runs(system: object) -> None:
    assert system
    assert FORM.fullmatch(owner())
    assert not is_gone(owner())


def test_one_that_has_ended_is_gone(system: object, ended: int) -> None:
    assert system
    assert is_gone(like_this(ended))


def test_one_that_nobody_has_waited_for_is_gone(system: object) -> None:
    assert system
    process = subprocess.Popen(["/bin/true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    start = str(int(psutil.Process(process.pid).create_time()))
    assert is_gone(like_this(process.pid, start))
    process.wait()


def test_one_whose_number_is_another_processs_by_now_is_gone(system: object) -> None:
    assert system
    assert is_gone(like_this(os.getpid()))


@pytest.mark.parametrize("text", ["", "1.1", "x.1.0123456789ab", "1.1.0123456789ab"])
def test_what_cannot_be_known_is_not_gone(text: str) -> None:
    assert not is_gone(text)


def test_one_that_is_hidden_is_not_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system may show each user their own processes alone."""
    hidden = like_this(os.getpid())
    monkeypatch.setattr(module, "PROC", tmp_path)
    assert not is_gone(hidden)


def test_one_that_may_not_be_looked_at_is_not_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(number: int) -> psutil.Process:
        raise psutil.AccessDenied(number)

    hidden = like_this(os.getpid())
    monkeypatch.setattr(module, "PROC", tmp_path / "none")
    monkeypatch.setattr(psutil, "Process", refuse)
    assert not is_gone(hidden)
