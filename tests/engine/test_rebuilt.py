"""Why a build did again what it did, as a person is told."""

import os
import pty
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.support import DOORS, Workspace, edit
from tests.engine.test_cache import fresh

PLACE = "examples/coach_planner"


@pytest.fixture
def cached(workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Return a sample of one's own with a record of its last build, outside of what is built."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path.with_name(f"{tmp_path.name}-cache")))
    workspace.invoke("build")
    return workspace


def told(workspace: Workspace, *words: str, **environment: str) -> str:
    """Build, and return what is told of why."""
    done = workspace.invoke("build", *words, env=environment)
    lines = [line for line in done.stderr.splitlines() if "built from [" in line]
    return "\n".join(line.removeprefix("shanty: ") for line in lines)


def test_a_source_edit_is_named(cached: Workspace) -> None:
    edit(cached.sample / "src/coach_planner/pages.py", '"ok"', f'"{fresh()}"')
    assert told(cached) == (
        f"rebuilt from [staging 2/2] COPY {PLACE}/ ./ ({PLACE}/src/coach_planner/pages.py changed)"
    )
    assert told(cached) == ""


def test_a_version_bump_is_named(cached: Workspace) -> None:
    bumped = f'version = "0.3.{int(fresh(), 16)}"'
    edit(cached.sample / "pyproject.toml", 'version = "0.1.0"', bumped)
    said = told(cached)
    assert said.startswith("rebuilt from [described 1/2] COPY ")
    assert said.endswith(f"({PLACE}/pyproject.toml changed)")


def test_a_lock_that_changed_is_named(cached: Workspace) -> None:
    lock = cached.sample / "poetry.lock"
    lock.write_text(lock.read_text("utf-8") + f"# {fresh()}\n", encoding="utf-8")
    said = told(cached)
    assert said.startswith("rebuilt from [described 1/2] COPY ")
    assert said.endswith(f"({PLACE}/poetry.lock changed)")


def test_a_build_argument_is_told_with_what_it_was(cached: Workspace) -> None:
    time = str(int(fresh(), 16))
    said = told(cached, SOURCE_DATE_EPOCH=time)
    assert said.startswith("rebuilt from [built-by-poetry 1/1] RUN ")
    assert said.endswith(f"(SOURCE_DATE_EPOCH is {time}, was not set)")


def test_no_change_is_no_line_and_a_touched_file_is_none(cached: Workspace) -> None:
    assert told(cached) == ""
    (cached.sample / "src/coach_planner/pages.py").touch()
    assert told(cached) == ""


def test_no_cache_is_told_as_that(cached: Workspace) -> None:
    said = told(cached, "--target", "staging", "--no-cache")
    assert said.startswith("built from [docker 1/1] COPY docker/")
    assert said.endswith("(--no-cache)")


def test_on_a_terminal_it_is_the_same(cached: Workspace) -> None:
    edit(cached.sample / "src/coach_planner/pages.py", '"ok"', f'"{fresh()}"')
    ours, theirs = pty.openpty()
    said = bytearray()

    def read() -> None:
        with suppress(OSError):
            while chunk := os.read(ours, 65536):
                said.extend(chunk)

    thread = threading.Thread(target=read)
    thread.start()
    line, environment = [*DOORS["invoke"], "build"], {**os.environ, **cached.env}
    subprocess.run(
        line,
        cwd=cached.root,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        check=True,
    )
    os.close(theirs)
    thread.join()
    os.close(ours)
    assert f"[staging 2/2] COPY {PLACE}/ ./ ({PLACE}/src/coach_planner/pages.py changed)" in (
        said.decode()
    )
    assert b"\n => CACHED [tools 3/3]" in said.replace(b"\x1b[0m", b"").replace(b"\x1b[34m", b"")
