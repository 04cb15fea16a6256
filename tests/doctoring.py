"""What the tests of `doctor` share: looks by name, and a server that answers as it is told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

from shanty.doctor.finding import Check, Finding


def findings(checks: Iterable[Check], name: str) -> list[Finding]:
    """Return what the look of a name finds."""
    (check,) = (one for one in checks if one.name == name)
    return check.findings()


def finding(checks: Iterable[Check], name: str) -> Finding:
    """Return the one thing that the look of a name finds."""
    (found,) = findings(checks, name)
    return found


def told(found: Finding) -> tuple[str, str, str]:
    """Return a finding without its check and its reason, once that stands where one is due."""
    assert bool(found.why) == (found.state in {"note", "problem"})
    return found.state, found.what, found.fix


@dataclass
class Network:
    """A server of the loopback: its port, the status by path, and what it was asked with."""

    port: int
    statuses: dict[str, int] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    answering: Event = field(default_factory=Event)

    @property
    def host(self) -> str:
        """Its name with its port."""
        return f"127.0.0.1:{self.port}"


@contextmanager
def network() -> Iterator[Network]:
    """Run a server that answers 200 unless it is told otherwise, and nothing while it is held."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            found.asked[self.path] = self.headers.get("Authorization", "")
            found.answering.wait(5)
            self.send_response(found.statuses.get(self.path, 200))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Network(server.server_port)
        found.answering.set()
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield found
        finally:
            found.answering.set()
            server.shutdown()
            thread.join()
