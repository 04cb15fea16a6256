"""The script in docker/ that serves a Flask app and starts it anew after an edit.

Flask is played by a module that serves the text of a file which Python would import.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shanty.port import free_port

SCRIPT = Path(__file__).parents[1] / "docker" / "develop.py"
SECONDS = 15
FLASK = """\
import os, socket, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

def is_running_from_reloader():
    return os.environ["WERKZEUG_RUN_MAIN"] == "true"

def main():
    error = None
    try:
        exec(compile(Path("app.py").read_text(), "app.py", "exec"), space := {})
    except Exception as raised:
        if not is_running_from_reloader():
            raise
        error = f"{type(raised).__name__}"
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            body = (error or f"{space['said']} {sys.argv[1:]} {sys.path[0]}").encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)
    server = HTTPServer(("", 0), Handler, bind_and_activate=False)
    server.socket = socket.socket(fileno=int(os.environ["WERKZEUG_SERVER_FD"]))
    server.serve_forever()
"""

Wait = Callable[[str], None]


@contextmanager
def developing(folder: Path, said: str, **environment: str) -> Iterator[tuple[Wait, Path]]:
    """Yield what waits for a page to hold a text, and the file that it is made from."""
    (folder / "flask").mkdir(parents=True)
    (folder / "flask" / "__init__.py").touch()
    (folder / "flask" / "cli.py").write_text(FLASK, encoding="utf-8")
    app = folder / "project" / "app.py"
    app.parent.mkdir()
    app.write_text(said, encoding="utf-8")
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT)],
        cwd=app.parent,
        env=os.environ | {"PORT": str(port), "PYTHONPATH": str(folder)} | environment,
        stderr=subprocess.DEVNULL,
    )

    def wait(text: str) -> None:
        deadline = time.monotonic() + SECONDS
        page = ""
        while text not in page:
            assert time.monotonic() < deadline, page
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                    page = answer.read().decode()
            except OSError:
                page = ""
            time.sleep(0.02)

    try:
        yield wait, app
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=SECONDS)
    assert process.returncode == 0


def test_flask_s_own_command_serves_and_no_folder_of_ours_is_on_its_path(tmp_path: Path) -> None:
    with developing(tmp_path, "said = 'one'") as (wait, _app):
        wait("one ['run', '--host', '0.0.0.0', '--port', '")
        wait(str(tmp_path))


@pytest.mark.parametrize("environment", [{}, {"SHANTY_RELOAD": "polling"}])
def test_edits_are_served_by_events_or_without(tmp_path: Path, environment: dict[str, str]) -> None:
    """Where the library for events is not at hand, both look at the files."""
    with developing(tmp_path, "said = 'one'", **environment) as (wait, app):
        wait("one")
        for said in ("two", "six", "ten"):
            app.write_text(f"said = '{said}'", encoding="utf-8")
            wait(said)
        app.with_name("new.tmp").write_text("said = 'moved'", encoding="utf-8")
        app.with_name("new.tmp").replace(app)
        wait("moved")


def test_a_syntax_error_is_served_from_the_first_start_on(tmp_path: Path) -> None:
    with developing(tmp_path, "said = (") as (wait, app):
        wait("SyntaxError")
        app.write_text("import nowhere", encoding="utf-8")
        wait("ModuleNotFoundError")
        app.write_text("said = 'mended'", encoding="utf-8")
        wait("mended")


def test_any_other_error_ends_the_first_start(tmp_path: Path) -> None:
    """It is then told why, for no edit of the sources may be what it wants."""
    (tmp_path / "flask").mkdir()
    (tmp_path / "flask" / "cli.py").write_text(FLASK, encoding="utf-8")
    (tmp_path / "app.py").write_text("import nowhere", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(SCRIPT)],
        cwd=tmp_path,
        env=os.environ | {"PORT": str(free_port()), "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 1
    assert "No module named 'nowhere'" in done.stderr


def test_an_app_that_ends_after_an_edit_is_started_by_the_next(tmp_path: Path) -> None:
    with developing(tmp_path, "said = 'one'") as (wait, app):
        wait("one")
        app.write_text("raise SystemExit(3)", encoding="utf-8")
        time.sleep(0.5)
        app.write_text("said = 'back'", encoding="utf-8")
        wait("back")


@pytest.mark.parametrize(
    ("kind", "silent"),
    [("ext4", False), ("overlay", False), ("virtiofs", True), ("fuse.sshfs", True), ("9p", True)],
)
def test_a_file_system_without_events_is_known(kind: str, silent: bool) -> None:  # noqa: FBT001
    code = (
        f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import develop\n"
        f"found = {{'/': 'overlay', '/opt/app': {kind!r}, '/opt/application': 'nfs'}}\n"
        "print(develop.is_silent('/opt/app/src', found), develop.is_silent('/opt', found))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == [str(silent), "False"]
