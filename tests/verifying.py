"""What the proof of an image is tried on: an image of a project, and servers that answer."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shanty.dependencies.lock import read_lock
from shanty.manifest import Manifest
from shanty.project import Project
from shanty.server import Server
from shanty.verify import orders, running, trials
from shanty.verify.subject import Subject
from tests.fakes import Reply, reply
from tests.harbour import GUNICORN, SETTINGS, recipe
from tests.images import SITE, Entry, distribution, image

HOST = "127.0.0.1"
NAME = "harbour-verify-1"
PYVENV = Entry("opt/venv/pyvenv.cfg", b"home = /usr/local/bin\nversion = 3.13.2\n")
# What `tests.fakes.write_project` says that production holds, as an image has it.
HARBOUR = distribution("harbour", "1.0", {"harbour/__init__.py": b"app = 1\n"})
LOCKED = distribution("gunicorn", "27.0.1", {"gunicorn/__init__.py": b""})


@dataclass(frozen=True)
class Subjects:
    """A maker of subjects, whose images lie in a folder and are open until the stack is closed."""

    folder: Path
    project: Project
    stack: ExitStack

    def __call__(
        self,
        *layers: Iterable[Entry],
        server: Server = GUNICORN,
        changes: Mapping[str, object] | None = None,
        architecture: str = "amd64",
        project: Project | None = None,
        **how: object,
    ) -> Subject:
        """Return an image of these layers as a subject; `changes` are the recipe's.

        What is named besides is the image's: its settings, `below` and `history`.
        """
        folder = self.folder / str(len(list(self.folder.iterdir())))
        folder.mkdir()
        found = self.stack.enter_context(image(folder, *layers, **how))  # type: ignore[arg-type]
        found = replace(found, config={**found.config, "architecture": architecture})
        project = project or self.project
        made = recipe(project, production=server, **(changes or {}))
        return Subject(found, Manifest.of(read_lock(project), SETTINGS, made, found))


def entry(path: str, content: bytes = b"", mode: int = 0o644, uid: int = 0) -> Entry:
    """Return an entry of a layer by its absolute path."""
    return Entry(path.removeprefix("/"), content, mode, uid)


def site(path: str) -> str:
    """Return the absolute path of what lies in the image's site-packages."""
    return f"/{SITE}/{path}"


def inspected(**state: object) -> Reply:
    """Return what the client says of any container, which has ended unless told otherwise."""
    usual = {"Status": "exited", "Running": False, "ExitCode": 0}
    found = {"Id": NAME, "Name": f"/{NAME}", "State": usual | state}
    return reply("docker container inspect", json.dumps([found]))


def heeding(request: BaseHTTPRequestHandler) -> tuple[int, str]:
    """Answer as an app that takes orders."""
    time.sleep(float(request.headers.get("X-Shanty-Delay", 0)))
    return (500, "sorry") if "X-Shanty-Fault" in request.headers else (404, "nothing here")


def events(*told: tuple[str, float]) -> Reply:
    """Return what the engine tells of any container since then: each action and its seconds."""
    lines = [json.dumps({"Action": one, "timeNano": int(at * 1e9)}) for one, at in told]
    return reply("docker system events", "".join(f"{line}\n" for line in lines))


def quick_end() -> Reply:
    """Return what the engine tells of any container that ends a tenth of a second after a stop."""
    return events(("kill", 1), ("die", 1.1))


def listening(*listeners: tuple[int, bool, bool], command: Iterable[str] = ("gunicorn",)) -> Reply:
    """Return what the processes of any container show: port, loopback, whether the server's."""
    return reply("docker exec", json.dumps({"command": [*command], "listeners": [*listeners]}))


# What a server says to a request: the status and the page; no status ends the connection.
Respond = Callable[[BaseHTTPRequestHandler], tuple[int, str]]


def hello(_request: BaseHTTPRequestHandler) -> tuple[int, str]:
    """Answer that all is well."""
    return 200, "hello"


@contextmanager
def serving(respond: Respond = hello) -> Iterator[int]:
    """Serve HTTP on a port of this machine and yield it."""

    class Handler(BaseHTTPRequestHandler):
        """One request, whichever its method is."""

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def answer(self) -> None:
            """Say what the test wants said."""
            status, text = respond(self)
            if status:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text.encode())))
                self.end_headers()
                self.wfile.write(text.encode())

        def log_message(self, *_words: object) -> None:
            """Say nothing of it."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def closed_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server((HOST, 0)) as listening:
        return int(listening.getsockname()[1])


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be waited for longer than a test has patience."""
    monkeypatch.setattr(running, "POLL_SECONDS", 0)
    monkeypatch.setattr(running, "LOOK_SECONDS", 0)
    monkeypatch.setattr(running, "READY_SECONDS", 20)
    monkeypatch.setattr(orders, "REQUEST_SECONDS", 0.3)
    monkeypatch.setattr(orders, "AT_WORK_SECONDS", 0.05)


def trial_ports(monkeypatch: pytest.MonkeyPatch, *ports: int) -> None:
    """Have containers that are started one after the other answer on these ports."""
    left = iter(ports)
    monkeypatch.setattr(trials, "free_port", lambda: next(left))
