"""Why an app does not start, from what real servers and libraries print of it."""

import os
import pty
import subprocess
import threading

import pytest

from tests.engine.support import DOORS, Workspace, edit, free_port

pytestmark = pytest.mark.usefixtures("newest_python")


def fails(workspace: Workspace, *words: str, code: int = 1) -> list[str]:
    """Return the last two lines of a task that fails."""
    done = workspace.invoke(*words, "--port", str(free_port()), code=code)
    return done.stderr.splitlines()[-2:]


def begin_with(workspace: Workspace, source: str) -> None:
    """Let the app run a piece of source when it is imported."""
    file = workspace.sample / "src/coach_planner/application.py"
    file.write_text(f"{file.read_text('utf-8')}\n{source}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "what", "fix"),
    [
        (
            "import os\nos.environ['MY_SETTING']",
            "it needs the variable MY_SETTING",
            "give it with --env MY_SETTING=…, or in a file with --env-file",
        ),
        (
            "open('/opt/app/notes', 'w')",
            "it writes to /opt/app/notes, and the file system is read-only",
            "let it write below /tmp, or add --writable to what you typed",
        ),
        (
            "import subprocess\nsubprocess.run(['git', 'describe'])",
            "it runs the program git, which the image has not",
            '[tool.shanty] system-packages = ["git"]',
        ),
        (
            "import asyncio\nasyncio.run(asyncio.open_connection('127.0.0.1', 5432))",
            "it could not reach 127.0.0.1:5432",
            "give it an address with --env: to a container, 127.0.0.1 is the container itself",
        ),
    ],
)
def test_an_app_that_does_not_start_is_told_why_in_the_foreground_and_detached(
    workspace: Workspace, source: str, what: str, fix: str
) -> None:
    begin_with(workspace, source)
    first, second = fails(workspace, "prod")
    assert first.startswith("the production server ended with exit code ")
    assert (first.partition(": ")[2], second) == (what, f"fix: {fix}")
    first, second = fails(workspace, "prod", "--detach")
    assert first.endswith(f" before it answered: {what}")
    assert second == f"fix: {fix}"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (
            "import os\nos.makedirs('instance/uploads')",
            "it writes to instance, and the file system is read-only",
        ),
        (
            "import sqlite3\nsqlite3.connect('app.db').execute('create table x (y)')",
            "it cannot write its SQLite database where it is",
        ),
        (
            (
                "import logging.config\nlogging.config.dictConfig({'version': 1, 'handlers': {"
                "'f': {'class': 'logging.FileHandler', 'filename': 'app.log'}}})"
            ),
            "it writes to /opt/app/app.log, and the file system is read-only",
        ),
        (
            "open(__file__, 'a')",
            (
                "it may not open or make /opt/venv/lib/python3.13/site-packages/coach_planner/"
                "application.py: permission denied"
            ),
        ),
    ],
)
def test_an_app_that_writes_beside_its_files_is_told_so_and_starts_with_writable(
    workspace: Workspace, source: str, what: str
) -> None:
    begin_with(workspace, f"import tempfile\ntempfile.TemporaryFile()\n{source}")
    first, second = fails(workspace, "prod", "--detach")
    assert first.endswith(f" before it answered: {what}")
    assert second == "fix: let it write below /tmp, or add --writable to what you typed"
    # Two workers would each make what may be made once.
    alone = ("--workers", "1", "--port", str(free_port()))
    workspace.invoke("prod", "--detach", "--writable", *alone)


def test_an_app_that_starts_too_many_threads_is_told_so(workspace: Workspace) -> None:
    source = "import threading, time\nfor _ in range(2100):\n    "
    begin_with(workspace, f"{source}threading.Thread(target=time.sleep, args=(9,)).start()")
    first, second = fails(workspace, "prod", "--detach")
    assert first.endswith("it starts more than the 2048 processes and threads that it may have")
    assert second == "fix: let it start fewer: with --workers, or by a setting of its own"


def test_an_app_that_needs_more_memory_than_it_has_is_told_so(workspace: Workspace) -> None:
    begin_with(workspace, "everything = []\nwhile True:\n    everything.append('x' * 10**7)")
    first, second = fails(workspace, "prod", "--detach", "--memory", "96m")
    assert first.endswith(
        " had a process killed before it answered: it needs more memory than --memory 96m"
    )
    assert second == "fix: give it more: --memory 192m"
    first, second = fails(workspace, "prod", "--memory", "6m")
    assert first == (
        "the production server ended with exit code 137: it needs more memory than --memory 6m"
    )
    assert second == "fix: give it more: --memory 12m"


def test_a_prestart_command_that_fails_is_told_with_the_reason(workspace: Workspace) -> None:
    edit(
        workspace.sample / "pyproject.toml",
        "[tool.shanty]\n",
        "[tool.shanty]\nprestart = [\"python -c 'import nowhere'\"]\n",
    )
    what, fix = fails(workspace, "prod")
    assert what == (
        "the production server ended with exit code 1: prestart failed (python -c 'import nowhere')"
        ": there is no module nowhere, and the lock has no nowhere"
    )
    assert fix.endswith("invoke add nowhere")


def test_a_build_that_fails_names_what_is_missing(workspace: Workspace) -> None:
    edit(
        workspace.sample / "pyproject.toml",
        "[tool.shanty]\n",
        '[tool.shanty]\nsystem-packages = ["no-such-package"]\n',
    )
    refused = workspace.invoke("build", code=1)
    assert refused.stderr.splitlines()[-2:] == [
        "the build of production failed: Debian has no package no-such-package",
        "fix: mend system-packages or build-system-packages under [tool.shanty]",
    ]
    said = on_a_terminal(workspace, "build")
    # Only there is the progress drawn, and that is kept too.
    assert "\x1b[" in said
    assert "[+] Building" in said
    assert "the build of production failed: Debian has no package no-such-package" in said


def on_a_terminal(workspace: Workspace, *words: str) -> str:
    """Run a task that fails on a terminal of its own, and return what is seen there."""
    ours, theirs = pty.openpty()
    seen: list[bytes] = []

    def look() -> None:
        try:
            while chunk := os.read(ours, 4096):
                seen.append(chunk)
        except OSError:
            return

    thread = threading.Thread(target=look)
    thread.start()
    done = subprocess.run(
        [*DOORS["invoke"], *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=workspace.root,
        env={**os.environ, **workspace.env, "TERM": "xterm"},
        check=False,
    )
    os.close(theirs)
    thread.join()
    os.close(ours)
    assert done.returncode == 1
    return b"".join(seen).decode()
