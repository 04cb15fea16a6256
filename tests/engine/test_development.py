"""The development container beside the host: what joins it, whose its files are, how it ends."""

import hashlib
import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.projects import mirror
from tests.engine.support import (
    DOORS,
    Workspace,
    as_user,
    docker,
    edit,
    free_port,
    get,
    wait_for,
)


@pytest.fixture
def serving(workspace: Workspace) -> Iterator[int]:
    """Return the port of a development server of the workspace's own."""
    port = free_port()
    workspace.invoke("dev", "--port", str(port), "--detach")
    yield port
    workspace.invoke("stop")


def names(workspace: Workspace, port: int) -> str:
    """Return the containers that run at a port."""
    name = f"{workspace.image}-dev-{port}"
    return docker("container", "ls", "--quiet", "--filter", f"name=^{name}$").stdout


# ---- Joining


def test_commands_join_the_server_that_runs_and_pass_their_codes_on(
    workspace: Workspace, serving: int
) -> None:
    assert get(serving)[0] == 200
    name = f"{workspace.image}-dev-{serving}"
    told = workspace.invoke("run", "--", "hostname")
    assert told.stdout == docker("inspect", "--format", "{{.Config.Hostname}}", name).stdout
    assert "docker buildx" not in told.stderr
    assert workspace.invoke("run", "--", "sh", "-c", "exit 7", code=7).stdout == ""
    assert workspace.invoke("python", "--", "-c", "print('a  b')").stdout == "a  b"
    assert workspace.invoke("shell", stdin="command -v poetry\n").stdout == "/usr/local/bin/poetry"


def test_tests_are_run_in_the_server_or_apart_and_their_reports_are_the_host_s(
    workspace: Workspace, serving: int
) -> None:
    def run_tests(*words: str, code: int = 0) -> str:
        return workspace.invoke("test", "--", "-q", *words, code=code).stdout

    report = workspace.sample / "report.xml"
    assert "7 passed" in run_tests("--junitxml=report.xml")
    assert report.read_text("utf-8").startswith("<?xml")
    report.unlink()
    assert "7 deselected" in run_tests("-k", "zebra or yak", code=5)

    workspace.invoke("stop")
    assert get(serving)[0] == 0
    assert "7 passed" in run_tests("--junitxml=report.xml")
    assert report.stat().st_uid == os.getuid()
    edit(workspace.sample / "tests" / "test_coach_planner.py", "== 7", "== 8")
    assert " failed" in run_tests(code=1)


def test_what_was_joined_ends_with_the_command_and_the_server_goes_on(
    workspace: Workspace, serving: int
) -> None:
    name = f"{workspace.image}-dev-{serving}"

    def sleeps() -> bool:
        return "sleep 271" in docker("top", name, "-o", "pid,args").stdout

    with workspace.start("run", "--", "sh", "-c", "sleep 271; true") as process:
        wait_for(sleeps)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=20)
        assert process.returncode == 130
    wait_for(lambda: not sleeps(), seconds=3)
    assert get(serving)[0] == 200


def test_another_server_of_the_project_is_named_with_its_address(
    workspace: Workspace, serving: int
) -> None:
    refused = workspace.invoke("dev", "--port", str(serving), code=3).stderr.splitlines()
    name, address = f"{workspace.image}-dev-{serving}", f"http://127.0.0.1:{serving}/"
    assert refused[-2].endswith(f"taken by {name}, which serves this project at {address}")
    other = free_port()
    told = workspace.invoke("dev", "--port", str(other), "--detach").stderr
    assert f"shanty: {name} serves this project too: running {address}" in told
    assert get(other)[0] == get(serving)[0] == 200


# ---- The lock


def test_the_server_follows_its_lock_and_the_browser_keeps_its_address(
    workspace: Workspace,
) -> None:
    """A version bump is the smallest change: the lock stays good, and the image is another."""
    port = free_port()
    with workspace.start("dev", "--port", str(port)) as process:
        wait_for(lambda: get(port)[0] == 200, seconds=60)
        before = names(workspace, port)

        stale = workspace.sample / "pyproject.toml"
        good = stale.read_bytes()
        edit(stale, '"gunicorn (>=26.1)"', '"gunicorn (>=26.2)"')
        time.sleep(4)
        assert names(workspace, port) == before
        assert get(port)[0] == 200

        stale.write_bytes(good.replace(b'version = "0.1.0"', b'version = "0.1.1"'))
        wait_for(lambda: names(workspace, port) not in {"", before}, seconds=60)
        wait_for(lambda: get(port)[0] == 200)
        version = "from importlib.metadata import version; print(version('coach-planner'))"
        assert workspace.invoke("python", "--", "-c", version).stdout == "0.1.1"

        # An app that cannot start is no reason to go: the browser says why until it is mended.
        app, before = workspace.sample / "src/coach_planner/application.py", names(workspace, port)
        edit(app, "import os\n", "import os\nimport nowhere\n")
        edit(stale, 'version = "0.1.1"', 'version = "0.1.2"')
        wait_for(lambda: names(workspace, port) not in {"", before}, seconds=60)
        wait_for(lambda: "No module named &#39;nowhere&#39;" in get(port)[1])
        edit(app, "import nowhere\n", "")
        wait_for(lambda: get(port)[0] == 200)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=20)[0]
    assert process.returncode == 130
    assert "pyproject.toml has changed: building development anew" in said
    assert "poetry.lock is stale" in said
    assert f"shanty: {workspace.image}-dev-{port} goes on as it was" in said
    assert f"docker stop {workspace.image}-dev-{port}" in said
    assert said.count(f"http://127.0.0.1:{port}/  (Ctrl-C stops it)") == 3
    wait_for(lambda: names(workspace, port) == "", seconds=3)


def test_a_detached_server_is_started_anew_once_its_lock_has_changed(
    workspace: Workspace, serving: int
) -> None:
    before = names(workspace, serving)
    lock = workspace.sample / "poetry.lock"
    # A word more in its first line: another lock, by which nothing else is installed.
    edit(lock, "should not be changed by hand.", "should not be changed by hand, mostly.")
    told = workspace.invoke("run", "--", "true").stderr
    assert "was started on another lock: this runs in a container apart" in told
    workspace.invoke("dev", "--port", str(serving), "--detach")
    assert names(workspace, serving) not in {"", before}
    assert get(serving)[0] == 200
    assert "docker exec" in workspace.invoke("run", "--", "true").stderr


# ---- Whose it is


@pytest.mark.parametrize("user", [0, 1000, 4242])
def test_new_files_are_the_callers_who_has_a_name_and_a_home(built: Workspace, user: int) -> None:
    """The last of them has no entry in this machine's list of users either."""
    folder = Path(tempfile.mkdtemp())
    try:
        project = Path(shutil.copytree(built.sample, folder / "sample"))
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user)
        script = 'id -u; id -un; test -w "$HOME" && touch "$HOME/x" made && echo "$HOME"'
        env = {**built.env, "HOME": str(folder)}
        done = as_user(user, ["run", "--", "sh", "-euc", script], cwd=project, env=env)
        assert done.returncode == 0, done.stderr
        name = "root" if user == 0 else "developer"
        assert done.stdout.split() == [str(user), name, "/home/developer"]
        made = (project / "made").stat()
        assert (made.st_uid, made.st_gid) == (user, user)
    finally:
        shutil.rmtree(folder)


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    """Return what every file of a folder holds, and when it was changed."""
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_host_s_environment_stays_as_it_is(workspace: Workspace) -> None:
    environment = workspace.sample / ".venv"
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    before = contents(environment)
    port = free_port()
    workspace.invoke("dev", "--port", str(port), "--detach")
    workspace.invoke("test", "--", "-q")
    workspace.invoke("shell", stdin="poetry env info\npython -c 'import flask'\n")
    workspace.invoke("add", "itsdangerous", env=mirror())
    workspace.invoke("stop")
    workspace.invoke("test", "--", "-q")
    workspace.invoke("shell", stdin="poetry run python -c 'import flask'\n")
    assert contents(environment) == before
    assert not list((workspace.sample / "src").rglob("__pycache__"))


# ---- The end


def test_a_terminal_that_is_closed_takes_the_container_along(workspace: Workspace) -> None:
    workspace.invoke("build", "--target", "development")
    port = free_port()
    process, screen = pty.fork()
    if process == 0:  # pragma: no cover - the other process
        os.chdir(workspace.root)
        line = [*DOORS["invoke"], "dev", "--port", str(port)]
        os.execvpe(line[0], line, {**os.environ, **workspace.env})  # noqa: S606
    said = b""
    while b"Debugger PIN" not in said:
        said += os.read(screen, 4096)
    assert names(workspace, port)
    os.close(screen)
    gone = wait_for(lambda: not names(workspace, port), seconds=10)
    assert gone < 3
    _, status = os.waitpid(process, 0)
    assert os.waitstatus_to_exitcode(status) != 0
