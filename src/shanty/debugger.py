"""The debuggers of development: the port for an editor, and who may use the browser's."""

from collections.abc import Iterator
from ipaddress import ip_address

from shanty import terminal
from shanty.errors import MachineError
from shanty.port import check_free, free_near
from shanty.project import Project
from shanty.settings import parse_port

# The one that editors suggest, and the address that it has whatever the app's own is.
PORT = 5678
LOOPBACK = "127.0.0.1"


def debug_port(project: Project, typed: str | None, *, dry: bool) -> int:
    """Return the port for an editor: the one that was typed, else the usual, else one near it.

    Raises `MachineError` that names the holder when the one that was typed is taken.
    """
    port = parse_port(typed, "--debug-port") if typed is not None else PORT
    if dry:
        return port
    try:
        check_free(LOOPBACK, port, project)
    except MachineError as error:
        if typed is not None:
            fix = error.fix.replace("--port", "--debug-port")
            raise MachineError(error.what, fix) from error
        port = free_near(port)
        terminal.say(f"{error.what}: the debugger takes {port}")
    return port


def debugger_words(port: int | None, host: str) -> Iterator[str]:
    """Yield what a development container is told: where to listen, and what to leave out.

    Werkzeug's console runs what anybody types who reaches it, and a host's name is soon made up.
    """
    if port:
        yield from ("--env", f"SHANTY_DEBUG_PORT={port}", "--publish", f"{LOOPBACK}:{port}:{port}")
    if not is_loopback(host):
        yield from ("--env", "FLASK_RUN_DEBUGGER=0")


def is_loopback(host: str) -> bool:
    """Tell whether nobody but this machine reaches an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def debugger_line(port: int | None) -> str:
    """Return the line that says where an editor attaches, empty where it cannot."""
    return f"\ndebugger: {LOOPBACK}:{port} (attach)" if port else ""
