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
    assert fix.endswith("poetry add nowhere")


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
