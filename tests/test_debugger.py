"""The debuggers of development: where an editor attaches, and who is let into the browser's."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from shanty.debugger import debug_port, debugger_line, debugger_words, is_loopback
from shanty.errors import MachineError, UsageError
from shanty.port import free_port
from shanty.project import Project
from tests.fakes import Fakes, ready

PROJECT = Project(Path("/srv/harbour"), Path("/srv/harbour"), {})
LOOPBACK = "127.0.0.1"


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine, on which no container runs."""
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port that this process listens on."""
    with socket.create_server((LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def test_the_port_that_is_typed_is_the_debugger_s() -> None:
    port = free_port()
    assert debug_port(PROJECT, str(port), dry=False) == port


def test_the_usual_port_is_taken_where_none_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert debug_port(PROJECT, None, dry=True) == 5678
    port = free_port()
    monkeypatch.setattr("shanty.debugger.PORT", port)
    assert debug_port(PROJECT, None, dry=False) == port


def test_another_port_takes_the_place_of_the_usual_one_and_that_is_said(
    taken: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shanty.debugger.PORT", taken)
    port = debug_port(PROJECT, None, dry=False)
    assert port != taken
    said = capsys.readouterr().err
    assert said.startswith(f"shanty: port {taken} is taken by ")
    assert said.endswith(f": the debugger takes {port}\n")


def test_a_port_that_was_typed_and_is_taken_is_refused(taken: int) -> None:
    with pytest.raises(MachineError) as refused:
        debug_port(PROJECT, str(taken), dry=False)
    assert refused.value.what.startswith(f"port {taken} is taken by ")
    assert refused.value.fix.startswith("choose another: --debug-port ")


def test_what_is_no_port_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        debug_port(PROJECT, "", dry=True)
    assert refused.value.what == "--debug-port = '' is no port"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_on_loopback_the_browser_has_its_debugger(host: str) -> None:
    assert is_loopback(host)
    assert [*debugger_words(None, host)] == []


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "harbour.example"])  # noqa: S104
def test_elsewhere_the_browser_has_none_and_an_editor_is_let_in_by_loopback(host: str) -> None:
    assert [*debugger_words(4711, host)] == [
        *("--env", "SHANTY_DEBUG_PORT=4711", "--publish", "127.0.0.1:4711:4711"),
        *("--env", "FLASK_RUN_DEBUGGER=0"),
    ]


def test_where_an_editor_attaches_is_said_beside_the_address() -> None:
    assert debugger_line(4711) == "\ndebugger: 127.0.0.1:4711 (attach)"
    assert not debugger_line(None)
