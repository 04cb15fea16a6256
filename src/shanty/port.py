"""Who has a port of this machine."""

import errno
import socket
from contextlib import suppress
from typing import Any

from shanty.door import door
from shanty.engine import containers, publisher, security_options
from shanty.errors import MachineError, UsageError
from shanty.project import Project

LAST = 65535
NEAR = 20


class ServedError(MachineError):
    """The port is taken by a server of the project's own."""


def check_free(host: str, port: int, project: Project, *, ask_engine: bool = True) -> None:
    """Raise `MachineError` that names the holder when a port is taken.

    Which containers there are is asked of an engine, unless there is none to ask.
    """
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "no name of a machine"
        raise UsageError(f"--host {host}: {reason}", "give an address of this machine") from error
    family, kind, protocol, _, address = addresses[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise UsageError(
                    f"--host {host} is no address of this machine", "use 127.0.0.1"
                ) from error
            if error.errno != errno.EACCES or _listens(address):
                raise _taken(port, project if ask_engine else None) from error
            if ask_engine and "name=rootless" in security_options():
                raise MachineError(
                    f"port {port} is kept for root, and the engine is none of root's", "--port 8888"
                ) from error


def _listens(address: tuple[Any, ...]) -> bool:
    """Tell whether somebody has a port that this process may not try, but the engine may."""
    with suppress(OSError), socket.create_connection(address[:2], timeout=1):
        return True
    return False


def free_port() -> int:
    """Return a port of this machine's own that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _taken(port: int, project: Project | None) -> MachineError:
    another = f"--port {free_near(port)}"
    container = publisher(port) if project else None
    own = {one.name for one in containers(project, running=True)} if container and project else ()
    if container and container in own:
        return ServedError(
            f"port {port} is taken by {container}, which serves this project at "
            f"http://127.0.0.1:{container.rpartition('-')[2]}/",
            f"{door()} stop, or choose another: {another}",
        )
    holder = f"the container {container}" if container else _process(port)
    return MachineError(f"port {port} is taken by {holder}", f"choose another: {another}")


def free_near(port: int) -> int:
    """Return a port that nobody has, the next one if that can be."""
    for other in (*range(port + 1, min(port + NEAR, LAST + 1)), 0):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", other))
            return int(probe.getsockname()[1])
    return port


def _process(port: int) -> str:
    import psutil  # noqa: PLC0415 - wanted by one error only

    try:
        for connection in psutil.net_connections("tcp"):
            # Address and port: empty for a socket that is bound to none.
            _, bound = connection.laddr or (None, None)
            if bound == port and connection.status == psutil.CONN_LISTEN and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass
    return "a process of another user"
