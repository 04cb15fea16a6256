"""Dependencies that are on no index: a git repository, a wheel, a folder beside the project."""

import os
import shutil
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shanty.network import ca_bundle
from tests.engine.rope import WHEEL, depending, locked_file, wheel, write_source
from tests.engine.support import DOORS, command, docker, free_port, get, inside

pytestmark = pytest.mark.usefixtures("newest_python")


GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
IMAGE = "shanty-test-dependencies"
NO_FILES = "files = []\n"


def shanty(project: Path, *words: str) -> None:
    """Run a task in the project."""
    command([*DOORS["shanty"], *words], cwd=project, env={"SHANTY_IMAGE": IMAGE})


def page(project: Path, task: str = "prod") -> tuple[int, str]:
    """Return what the project answers, and leave no container behind."""
    port = free_port()
    try:
        shanty(project, task, "--detach", "--port", str(port))
        return get(port)
    finally:
        shanty(project, "clean")


@pytest.fixture(autouse=True)
def no_images() -> Iterator[None]:
    """Leave no image behind."""
    yield
    images = docker("image", "ls", "--quiet", IMAGE).stdout.split()
    docker("image", "rm", "--force", *images, code=None)


def git_in(folder: Path, *words: str) -> str:
    """Run git in a folder and return what it prints."""
    return command([*GIT, *words], cwd=folder).stdout


@dataclass(frozen=True)
class Forge:
    """A host of git repositories: its address, and the bundle that vouches for it."""

    address: str
    bundle: Path


@pytest.fixture
def forge(tmp_path: Path) -> Iterator[Forge]:
    """Serve the repositories of a folder over TLS, where containers reach them."""
    gateway = "{{(index .IPAM.Config 0).Gateway}}"
    host = docker("network", "inspect", "bridge", "--format", gateway).stdout
    key, certificate, bundle = (tmp_path / name for name in ("key.pem", "own.crt", "bundle.crt"))
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=forge"]
    words += ["-addext", f"subjectAltName=IP:{host}", "-keyout", str(key), "-out", str(certificate)]
    command(["openssl", *words])
    others = ca_bundle(os.environ)
    bundle.write_bytes((others.read_bytes() if others else b"") + certificate.read_bytes())
    handler = partial(QuietHandler, directory=str(tmp_path / "served"))
    with ThreadingHTTPServer((host, 0), handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Forge(f"https://{host}:{server.server_port}", bundle)
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files, and keep the test's output to the test's own."""

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


def test_a_git_dependency_is_fetched_at_the_commit_that_the_lock_names(
    tmp_path: Path, forge: Forge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git itself is installed for it, in the stage that builds and nowhere else."""
    rope = tmp_path / "rope"
    write_source(rope)
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "x")):
        git_in(rope, *words)
    commit = git_in(rope, "rev-parse", "HEAD")
    (rope / "quay_rope.py").write_text('KNOT = "hitch"\n', encoding="utf-8")
    git_in(rope, "commit", "--quiet", "--all", "--message", "later")
    git_in(tmp_path, "clone", "--quiet", "--bare", str(rope), str(tmp_path / "served" / "rope"))
    git_in(tmp_path / "served" / "rope", "update-server-info")
    locked = (
        f'{NO_FILES}develop = false\n\n[package.source]\ntype = "git"\n'
        f'url = "{forge.address}/rope"\nreference = "HEAD"\nresolved_reference = "{commit}"\n'
    )
    project = depending(tmp_path / "app", f'{{ git = "{forge.address}/rope" }}', locked)
    monkeypatch.setenv("SSL_CERT_FILE", str(forge.bundle))
    assert page(project) == (200, "bowline says hello from flask_flat")
    assert inside(f"{IMAGE}:production", "sh", "-c", "command -v git || echo none") == "none"


@pytest.mark.parametrize("place", ["../wheels", "wheels"])
def test_a_wheel_beside_the_project_or_in_it_is_installed(tmp_path: Path, place: str) -> None:
    path = f"{place}/{WHEEL}"
    locked = f'{locked_file(wheel())}\n[package.source]\ntype = "file"\nurl = "{path}"\n'
    project = depending(tmp_path / "port" / "app", f'{{ path = "{path}" }}', locked)
    (project / place).mkdir()
    (project / path).write_bytes(wheel())
    assert page(project) == (200, "bowline says hello from flask_flat")


@pytest.mark.parametrize("place", ["../lib", "lib"])
def test_a_folder_is_a_wheel_in_production_and_live_in_development(
    tmp_path: Path, place: str
) -> None:
    locked = f'{NO_FILES}develop = true\n\n[package.source]\ntype = "directory"\nurl = "{place}"\n'
    declared = f'{{ path = "{place}", develop = true }}'
    project = depending(tmp_path / "port" / "app", declared, locked)
    write_source(project / place)
    other = tmp_path / "port" / "other"
    other.mkdir()
    (other / "chart.bin").write_bytes(bytes(1000))
    assert page(project) == (200, "bowline says hello from flask_flat")
    python = "import quay_rope; print(quay_rope.__file__)"
    found = inside(f"{IMAGE}:production", "python", "-c", python)
    assert found.startswith("/opt/venv/lib/")

    (project / place / "quay_rope.py").write_text('KNOT = "hitch"\n', encoding="utf-8")
    assert page(project, "dev") == (200, "hitch says hello from flask_flat")
    shutil.rmtree(other)
