"""The service that an app could not reach, by what the clients of databases and of HTTP say."""

import re

from shanty.door import door
from shanty.failure.case import Case, Diagnosis
from shanty.failure.raised import Raised
from shanty.services.compose_file import find_compose_file

HOST = r"(?P<host>[\w.:-]*\w)"
PORT = r"(?P<port>\d+)"
# Each with a host, most with a port.
SAID = (
    # psycopg, psycopg2 and what else stands on libpq
    rf"connection to server at \"{HOST}\"(?: \([^)]*\))?, port {PORT} failed",
    r"could not translate host name \"(?P<host>[^\"]+)\"",
    r"failed to resolve host '(?P<host>[^']+)'",
    # asyncio, and asyncpg with it
    rf"Connect call failed \('{HOST}', {PORT}",
    # pg8000
    rf"create a connection to host {HOST} and port {PORT}",
    # pymysql, mysqlclient
    r"MySQL server (?:on|host) '(?P<host>[^':]+)(?::(?P<port>\d+))?",
    # redis
    rf"Error -?\d+ (?:while )?connecting to {HOST}:{PORT}\.",
    # pymongo
    rf"^{HOST}:{PORT}: (?:\[Errno|timed out|connection closed)",
    r"_mongodb\._tcp\.(?P<host>[\w.-]*\w)",
    # urllib3, and requests with it
    rf"host='{HOST}', port={PORT}\).*(?:Failed to|timed out|Max retries)",
    # aiohttp
    rf"Cannot connect to host {HOST}:{PORT}",
)
SOCKET = re.compile(r"connection to server on socket \"(?P<path>[^\"]+)\"")
UNNAMED = re.compile(
    r"\[Errno (?:-[235]|101|110|111|113)\]|Connection refused|Name or service not known"
    r"|Temporary failure in name resolution|connection timeout expired|Timeout connecting"
    r"|^AMQPConnectionError|^(?:Connect)?Timeout(?:Error)?(?::|$)|^\w+: timed out$"
)
LIBRARY = re.compile(r"site-packages/(?P<name>\w+)/")
# What others are built on.
TRANSPORTS = {"anyio", "httpcore", "urllib3", "sqlalchemy", "amqp", "uvloop"}
LOOPBACK = ("localhost", "127.", "::1", "0.0.0.0")  # noqa: S104


def unreached_service(raised: Raised, case: Case) -> Diagnosis | None:
    """Explain an exception that names the address it could not reach."""
    for said in SAID:
        if found := re.search(said, raised.message):
            groups = found.groupdict()
            return _told(case, groups["host"], groups.get("port"))
    if found := SOCKET.search(raised.message):
        return Diagnosis(
            f"it looked for PostgreSQL at the socket {found['path']}: it was given no host",
            "give it the database's address with --env",
        )
    return None


def unnamed_service(raised: Raised, _case: Case) -> Diagnosis | None:
    """Explain an exception that says that some service was not reached."""
    text = f"{raised.name}: {raised.message}" if raised.message else raised.name
    if not UNNAMED.search(text):
        return None
    used = [one["name"] for one in LIBRARY.finditer(raised.frames)]
    library = next((name for name in reversed(used) if name not in TRANSPORTS), "")
    through = f" through {library}" if library else ""
    return Diagnosis(f"it could not reach a service{through}: {_reason(raised)}", _fix(""))


def _reason(raised: Raised) -> str:
    said = re.sub(r"^.*\[Errno -?\d+\] ", "", raised.first_said).strip("<>'\")")
    return said or raised.name


def _told(case: Case, host: str, port: str | None) -> Diagnosis:
    what = f"it could not reach {f'{host}:{port}' if port else host}"
    file = find_compose_file(case.project)
    if file and re.fullmatch(r"[\w-]+", host) and not host.startswith(LOOPBACK):
        bring_up = f"{door()} dev, or {door()} prod --with-services"
        return Diagnosis(what, f"{bring_up}, if {host} is in {file.shown}")
    return Diagnosis(what, _fix(host))


def _fix(host: str) -> str:
    if host.startswith(LOOPBACK):
        return f"give it an address with --env: to a container, {host} is the container itself"
    return "start that service, and give its address as containers see it with --env"
