"""A package that a private index alone has, behind a password, as companies keep them."""

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.engine.projects import mirror
from tests.engine.rope import WHEEL, depending, locked_file, wheel
from tests.engine.support import DOORS, command, docker, free_port, get, saved_files

pytestmark = pytest.mark.usefixtures("newest_python")


IMAGE = "shanty-test-private-index"
USER, TOKEN = "mate", "t0ken-of-the-quay-4711"


@dataclass
class Index:
    """A simple index with one wheel: where it is, what it serves, and who was let in."""

    address: str = ""
    content: bytes = field(default_factory=wheel)
    answers: list[int] = field(default_factory=list)


@pytest.fixture
def index() -> Iterator[Index]:
    """Return an index that containers reach and that asks for a password."""
    gateway = "{{(index .IPAM.Config 0).Gateway}}"
    host = docker("network", "inspect", "bridge", "--format", gateway).stdout
    served = Index()
    allowed = "Basic " + base64.b64encode(f"{USER}:{TOKEN}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = 404, b""
            if self.headers.get("Authorization") != allowed:
                status = 401
            elif self.path == "/simple/quay-rope/":
                status, body = 200, f'<a href="/files/{WHEEL}">{WHEEL}</a>'.encode()
            elif self.path == f"/files/{WHEEL}":
                status, body = 200, served.content
            served.answers.append(status)
            self.send_response(status)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("WWW-Authenticate", 'Basic realm="quay"')
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Keep the test's output to the test's own."""

    with ThreadingHTTPServer((host, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        served.address = f"http://{host}:{server.server_port}/simple/"
        yield served
        server.shutdown()


@pytest.fixture
def project(index: Index, tmp_path: Path) -> Iterator[Path]:
    """Return a project that imports what the index has, locked as Poetry locks it."""
    source = (
        f'\n[[tool.poetry.source]]\nname = "quay-side"\nurl = "{index.address}"\n'
        'priority = "explicit"\n'
    )
    locked = (
        f"{locked_file(index.content)}\n[package.source]\n"
        f'type = "legacy"\nurl = "{index.address.rstrip("/")}"\nreference = "quay-side"\n'
    )
    folder = depending(tmp_path / "project", '{ source = "quay-side" }', locked, source)
    yield folder
    command([*DOORS["shanty"], "clean", "--images"], cwd=folder, env=environment(), code=None)


def environment(**more: str) -> dict[str, str]:
    """Return what the environment adds: one image name, and what a test gives besides."""
    return {"SHANTY_IMAGE": IMAGE, **more}


def in_variables() -> dict[str, str]:
    """Return the credentials as variables of Poetry's."""
    prefix = "POETRY_HTTP_BASIC_QUAY_SIDE"
    return {f"{prefix}_USERNAME": USER, f"{prefix}_PASSWORD": TOKEN}


def in_auth_file(folder: Path) -> dict[str, str]:
    """Return the variable that leads to the credentials in Poetry's own file."""
    (folder / "auth.toml").write_text(
        f'[http-basic.quay-side]\nusername = "{USER}"\npassword = "{TOKEN}"\n', encoding="utf-8"
    )
    return {"POETRY_CONFIG_DIR": str(folder)}


def build(project: Path, **more: str) -> tuple[int, str, set[str]]:
    """Build production, as `watched` does."""
    return watched(project, "build", **more)


def watched(project: Path, *words: str, **more: str) -> tuple[int, str, set[str]]:
    """Run a task; return the exit code, what was said, and all command lines meanwhile."""
    seen: set[str] = set()
    process = subprocess.Popen(
        [*DOORS["shanty"], *words],
        cwd=project,
        env={**os.environ, **environment(**more)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watcher = threading.Thread(target=watch, args=(process, seen))
    watcher.start()
    said, _ = process.communicate(timeout=300)
    watcher.join()
    return process.returncode, said, seen


def watch(process: "subprocess.Popen[str]", seen: set[str]) -> None:
    """Note the command line of every process of the machine for as long as one runs."""
    while process.poll() is None:
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.add(file.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue


@pytest.mark.parametrize("kept", ["variables", "auth file"])
def test_a_private_index_is_read_and_its_token_is_nowhere(
    project: Path, index: Index, tmp_path: Path, kept: str
) -> None:
    given = in_variables() if kept == "variables" else in_auth_file(tmp_path)
    code, said, lines = build(project, **given)
    assert (code, 200 in index.answers) == (0, True), said
    assert any("buildx build" in line for line in lines)
    assert TOKEN not in said + "".join(lines)
    tag = f"{IMAGE}:production"
    assert TOKEN not in docker("history", "--no-trunc", tag).stdout + docker("inspect", tag).stdout
    assert not [name for name, content in saved_files(tag) if TOKEN.encode() in content]

    port = str(free_port())
    prod = [*DOORS["shanty"], "prod", "--detach", "--port", port]
    command(prod, cwd=project, env=environment(**given))
    assert get(int(port)) == (200, "bowline says hello from flask_flat")
    command([*DOORS["shanty"], "stop"], cwd=project, env=environment())


@pytest.mark.parametrize("kept", ["variables", "auth file"])
def test_poetry_reads_a_private_index_for_the_lock(
    project: Path, index: Index, tmp_path: Path, kept: str
) -> None:
    before = (project / "poetry.lock").read_bytes()
    given = in_variables() if kept == "variables" else in_auth_file(tmp_path)
    code, said, lines = watched(project, "lock", "--regenerate", **given, **mirror())
    assert (code, 200 in index.answers) == (0, True), said
    assert any("docker run" in line for line in lines)
    lock = (project / "poetry.lock").read_text("utf-8")
    assert locked_file(index.content) in lock
    assert 'reference = "quay-side"' in lock
    assert TOKEN not in said + "".join(lines) + lock

    (project / "poetry.lock").write_bytes(before)
    code, said, _ = watched(project, "lock", "--regenerate", **mirror())
    assert (code, (project / "poetry.lock").read_bytes()) == (1, before)
    what, fix = said.splitlines()[-2:]
    assert "failed, and changed nothing: Source (quay-side): Authorization error" in what
    assert fix.startswith("fix: POETRY_HTTP_BASIC_NAME_USERNAME=")


def test_a_wheel_with_a_flipped_byte_fails_the_build_and_is_named(
    project: Path, index: Index
) -> None:
    content = bytearray(index.content)
    content[60] ^= 1
    index.content = bytes(content)
    code, said, _ = build(project, **in_variables())
    assert code == 1
    assert "quay-rope" in said.splitlines()[-2]
    assert TOKEN not in said


def test_an_index_that_nobody_opened_fails_the_build_and_is_named(project: Path) -> None:
    code, said, _ = build(project)
    assert code == 1
    assert "quay-rope" in said.splitlines()[-2]
