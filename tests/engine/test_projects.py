"""Every project in tests/projects, served by `shanty prod` as whoever wrote it would type it."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.engine.support import DOORS, Completed, command, free_port, get

PROJECTS = Path(__file__).parents[1] / "projects"
ROOTS = sorted(lock.parent for lock in PROJECTS.rglob("poetry.lock"))
GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")

# What a project cannot start without, as its README says.
OPTIONS = {"env_needed": ["--env", "MY_SETTING=1"]}
# Building waits for disk and network as much as for a processor.
AT_A_TIME = 4
SETTING_UP = threading.Lock()
# Depended on by another, and no app itself.
LIBRARIES = {"monorepo/lib"}


def name_of(root: Path) -> str:
    """Return a project's path below the folder of them all."""
    return root.relative_to(PROJECTS).as_posix()


SERVED = [root for root in ROOTS if name_of(root) not in LIBRARIES]


def shanty(folder: Path, *words: str, code: int | None = 0) -> Completed:
    """Run a task in a project."""
    return command([*DOORS["shanty"], *words], cwd=folder, code=code)


def checked_out(root: Path, folder: Path) -> Path:
    """Return a git checkout of a project, with the neighbours that it stands among."""
    top = PROJECTS / root.relative_to(PROJECTS).parts[0]
    shutil.copytree(top, folder / top.name, ignore=shutil.ignore_patterns("__pycache__"))
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "x")):
        subprocess.run([*GIT, *words], cwd=folder / top.name, check=True)
    return folder / root.relative_to(PROJECTS)


def ready(project: Path) -> None:
    """Make sure of the project's base image as its own fix says; one thread at a time."""
    with SETTING_UP:
        shanty(project, "setup", "--yes")


def served(root: Path, folder: Path) -> tuple[int, str, str]:
    """Serve a project; return status and text of its page, and what git then has to say."""
    project = checked_out(root, folder)
    ready(project)
    port = free_port()
    try:
        shanty(project, "prod", "--detach", "--port", str(port), *OPTIONS.get(name_of(root), []))
        page = get(port)
        shanty(project, "stop")
        return *page, command(["git", "status", "--porcelain", "--ignored"], cwd=project).stdout
    finally:
        shanty(project, "clean", "--images", code=None)


@pytest.fixture(scope="session")
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[Path, "Future[tuple[int, str, str]]"]]:
    """Return what becomes of each project that is asked for, served a few at a time."""
    asked = [root for item in request.session.items for root in roots_of(item)]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {root: pool.submit(served, root, tmp_path_factory.mktemp("p")) for root in asked}


def roots_of(item: pytest.Item) -> list[Path]:
    """Return the project that a test below is about, none for another test."""
    if "outcomes" not in getattr(item, "fixturenames", ()):
        return []
    return [getattr(item, "callspec").params["root"]]  # noqa: B009 - pytest does not declare it


@pytest.mark.parametrize("root", SERVED, ids=name_of)
def test_a_project_is_served_with_nothing_written_into_it(
    root: Path, outcomes: dict[Path, "Future[tuple[int, str, str]]"]
) -> None:
    status, text, changed = outcomes[root].result()
    assert (status, changed) == (200, "")
    assert f"hello from {root.relative_to(PROJECTS).parts[0]}" in text
