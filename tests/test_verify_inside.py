"""The scripts that run inside a container, run here as they are there: by a Python of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from shanty.container import ORDERS, TAKE_ORDERS
from shanty.verify.running import LISTENERS
from tests.verifying import HOST

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt uid inode\n"
EVERYWHERE, LOOPBACK, LOOPBACK_6 = "00000000", "0100007F", "00000000000000000000000001000000"


# Who listens


def listeners(proc: str = "/proc") -> dict[str, list[object]]:
    """Return what the script tells of the processes below a folder."""
    script = LISTENERS.read_text("utf-8").replace("/proc/", f"{proc}/")
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, check=True, text=True
    )
    told: dict[str, list[object]] = json.loads(done.stdout)
    return told


def row(address: str, port: int, state: str, socket_number: int) -> str:
    """Return a socket as the kernel's table has it."""
    return f"   0: {address}:{port:04X} {EVERYWHERE}:0000 {state} 0:0 0:0 0 0 0 {socket_number} 1\n"


def process(proc: Path, number: int, name: str, parent: int, *sockets: int) -> None:
    """Write a process as the kernel shows it."""
    files = proc / str(number) / "fd"
    files.mkdir(parents=True)
    (proc / str(number) / "stat").write_text(f"{number} ({name}) S {parent} 1 1\n")
    (proc / str(number) / "cmdline").write_text(f"/opt/venv/bin/{name}\0--bind\0a b\0")
    (files / "0").symlink_to("/dev/null")
    (files / "file").touch()
    for one in sockets:
        (files / str(one)).symlink_to(f"socket:[{one}]")


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """Return processes: the first, one that it started, and one that somebody else did."""
    folder = tmp_path / "proc"
    process(folder, 1, "gunicorn", 0, 11)
    process(folder, 7, "worker) S 9 (", 1, 12)
    process(folder, 9, "intruder", 5, 13)
    (folder / "net").mkdir()
    rows = [
        row(EVERYWHERE, 8888, "0A", 11),
        row(LOOPBACK, 5678, "0A", 12),
        row(EVERYWHERE, 6000, "0A", 13),
        row(EVERYWHERE, 8888, "01", 14),
    ]
    (folder / "net" / "tcp").write_text(HEAD + "".join(rows))
    return folder


def test_whoever_listens_is_told_with_port_address_and_whether_it_is_the_servers(
    proc: Path,
) -> None:
    found = listeners(str(proc))
    assert found["command"] == ["/opt/venv/bin/gunicorn", "--bind", "a b"]
    assert found["listeners"] == [[8888, False, True], [5678, True, True], [6000, False, False]]


def test_sockets_of_the_newer_kind_are_looked_at_too(proc: Path) -> None:
    rows = row("0" * 32, 8000, "0A", 11) + row(LOOPBACK_6, 8001, "0A", 13)
    (proc / "net" / "tcp6").write_text(HEAD + rows)
    assert listeners(str(proc))["listeners"][-2:] == [[8000, False, True], [8001, True, False]]


def test_a_process_that_ends_while_one_looks_is_left_out(proc: Path) -> None:
    (proc / "8" / "stat").mkdir(parents=True)
    (proc / "net" / "tcp").unlink()
    assert listeners(str(proc))["listeners"] == []


def test_a_real_socket_is_found_in_the_kernels_own_tables() -> None:
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
        found = listeners()
    assert [port, True] in [one[:2] for one in found["listeners"] if isinstance(one, list)]
    assert found["command"]


# Orders


WSGI = """\
def app(environ, start_response):
    start_response("200 OK", [])
    return [repr(environ["PATH_INFO"]).encode()]

class holder:
    inner = app

def create_app(name="quay"):
    def made(environ, start_response):
        return [name.encode(), *app(environ, start_response)]
    return made
"""
ASGI = """\
async def app(scope, receive, send):
    await send({"path": scope.get("path")})

def create_app():
    return app
"""
ASK_WSGI = """\
import importlib, sys, time
module, _, call = sys.argv[1].partition(":")
app = eval("module." + call, {"module": importlib.import_module(module)})
started = time.monotonic()
headers = dict(one.split("=") for one in sys.argv[2:])
body = app({"PATH_INFO": "/", **headers}, lambda status, headers: None)
print(b"".join(body).decode(), time.monotonic() - started >= 0.2)
"""
ASK_ASGI = """\
import asyncio, importlib, sys, time
module, _, call = sys.argv[1].partition(":")
app = eval("module." + call, {"module": importlib.import_module(module)})
headers = [tuple(part.encode() for part in one.split("=")) for one in sys.argv[2:]]
scopes = [{"type": "http", "path": "/", "headers": headers}, {"type": "lifespan"}]
async def send(message):
    print(message["path"], end=" ")
started = time.monotonic()
for scope in scopes:
    asyncio.run(app(scope, None, send))
print(time.monotonic() - started >= 0.2)
"""


def asked(folder: Path, script: str, app: str, *headers: str, interface: str = "wsgi") -> str:
    """Return what an app answers in a Python that has the orders first on its path."""
    first = folder / "first"
    first.mkdir(exist_ok=True)
    shutil.copy(ORDERS, first)
    environment = {
        "APP": app,
        "SHANTY_INTERFACE": interface,
        "PYTHONPATH": f"{first}:{folder}",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", script, app, *headers],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with an app of each kind, in a module and in a package's."""
    (tmp_path / "harbour").mkdir()
    (tmp_path / "harbour" / "__init__.py").touch()
    for name, text in {"quay": WSGI, "harbour/wsgi": WSGI, "harbour/asgi": ASGI}.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("app", "told"),
    [
        ("quay:app", "None"),
        ("harbour.wsgi:app", "None"),
        ("quay:holder.inner", "None"),
        ("quay:create_app()", "quayNone"),
        ("quay:create_app('pier')", "pierNone"),
        ("harbour.wsgi:create_app(name='pier')", "pierNone"),
    ],
)
def test_a_wsgi_app_fails_and_takes_long_when_a_request_says_so(
    folder: Path, app: str, told: str
) -> None:
    """An app that has no path left to answer for fails inside, in its own way."""
    assert asked(folder, ASK_WSGI, app) == f"{told.replace('None', repr('/'))} False"
    assert asked(folder, ASK_WSGI, app, "HTTP_X_SHANTY_FAULT=1") == f"{told} False"
    assert asked(folder, ASK_WSGI, app, "HTTP_X_SHANTY_DELAY=0.2") == (
        f"{told.replace('None', repr('/'))} True"
    )


@pytest.mark.parametrize("app", ["harbour.asgi:app", "harbour.asgi:create_app()"])
def test_an_asgi_app_fails_and_takes_long_when_a_request_says_so(folder: Path, app: str) -> None:
    assert asked(folder, ASK_ASGI, app, interface="asgi") == "/ None False"
    fault = asked(folder, ASK_ASGI, app, "x-shanty-fault=1", interface="asgi")
    assert fault == "None None False"
    assert asked(folder, ASK_ASGI, app, "x-shanty-delay=0.2", interface="asgi") == "/ None True"


def test_nothing_is_wrapped_where_no_interface_is_named(folder: Path) -> None:
    header = "HTTP_X_SHANTY_FAULT=1"
    assert asked(folder, ASK_WSGI, "quay:app", header, interface="") == "'/' False"


def test_a_module_that_is_not_there_is_missed_as_without_the_orders(folder: Path) -> None:
    assert "ModuleNotFoundError: No module named 'gone'" in asked(folder, ASK_WSGI, "gone:app")


def test_the_modules_beside_the_apps_are_left_alone(folder: Path) -> None:
    (folder / "main.py").write_text("import quay\napp = quay.app\n", "utf-8")
    assert asked(folder, ASK_WSGI, "main:app", "HTTP_X_SHANTY_FAULT=1") == "None False"
    shown = "import quay; print(quay.app.__name__)"
    assert asked(folder, shown, "main:app") == "app"


# How the orders get there


@pytest.mark.parametrize("before", [None, "/srv/lib"])
def test_the_orders_travel_in_a_variable_and_go_first_on_the_path_of_the_images_own_start(
    tmp_path: Path, before: str | None
) -> None:
    environment = {"SHANTY_SITE": ORDERS.read_text("utf-8"), "PATH": os.environ["PATH"]}
    environment |= {"PYTHONPATH": before} if before else {}
    script = TAKE_ORDERS.replace("/tmp", str(tmp_path))
    shown = 'printf "%s|%s|%s" "$PYTHONPATH" "${SHANTY_SITE-none}" "$1"'
    done = subprocess.run(
        ["/bin/sh", "-euc", script, "sh", "/bin/sh", "-c", shown, "sh", "a b"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    path = f"{tmp_path}:{before}" if before else str(tmp_path)
    assert done.stdout == f"{path}|none|a b"
    assert (tmp_path / "sitecustomize.py").read_bytes().strip() == ORDERS.read_bytes().strip()
