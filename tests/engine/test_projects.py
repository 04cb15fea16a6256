"""Every project in tests/projects, served by `shanty prod` as whoever wrote it would type it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.engine.support import DOORS, Completed, command, free_port, get

PROJECTS = Path(__file__).parents[1] / "projects"
ROOTS = sorted(lock.parent for lock in PROJECTS.rglob("poetry.lock"))
GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")

# What a project cannot start without, as its README says.
OPTIONS = {"env_needed": ["--env", "MY_SETTING=1"]}
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


def served(project: Path, *options: str) -> str:
    """Return what the project answers in production, once a base image is there."""
    port = free_port()
    words = ("prod", "--detach", "--port", str(port), *options)
    done = shanty(project, *words, code=None)
    if done.returncode == 3 and done.stderr.endswith("fix: shanty setup"):
        shanty(project, "setup", "--yes")
        done = shanty(project, *words, code=None)
    assert done.returncode == 0, done.stderr
    status, text = get(port)
    shanty(project, "stop")
    assert status == 200
    return text


@pytest.mark.parametrize("root", SERVED, ids=name_of)
def test_a_project_is_served_with_nothing_written_into_it(root: Path, tmp_path: Path) -> None:
    project = checked_out(root, tmp_path)
    try:
        name = root.relative_to(PROJECTS).parts[0]
        assert f"hello from {name}" in served(project, *OPTIONS.get(name_of(root), []))
        status = ["git", "status", "--porcelain", "--ignored"]
        assert command(status, cwd=project).stdout == ""
    finally:
        shanty(project, "clean", "--images", code=None)
