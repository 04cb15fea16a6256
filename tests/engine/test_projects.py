"""The projects in tests/projects, served as whoever wrote them would type it."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engine.support import DOORS, Completed, command, free_port, get, wait_for

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
# One for each way to serve in development.
LIVE = [
    PROJECTS / name
    for name in (
        *("bottle_app", "django_wsgi", "django_daphne", "fastapi_factory", "flask_root_module"),
        *("granian_app", "own_metadata", "plain_wsgi", "quart_hypercorn", "old_gunicorn"),
    )
]


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


@contextmanager
def serving(root: Path, folder: Path, task: str) -> Iterator[tuple[Path, int]]:
    """Serve a checkout of a project; yield its folder and its port, and leave nothing behind."""
    project, port = checked_out(root, folder), free_port()
    ready(project)
    try:
        shanty(project, task, "--detach", "--port", str(port), *OPTIONS.get(name_of(root), []))
        yield project, port
    finally:
        shanty(project, "stop", code=None)
        shanty(project, "clean", "--images", code=None)


def in_production(root: Path, folder: Path) -> tuple[int, str, str]:
    """Return status and text of a project's page, and what git then has to say."""
    with serving(root, folder, "prod") as (project, port):
        page = get(port)
        return *page, command(["git", "status", "--porcelain", "--ignored"], cwd=project).stdout


def in_development(root: Path, folder: Path) -> tuple[int, str, str]:
    """Return status and text of a project's page, and its text once the source says otherwise."""
    with serving(root, folder, "dev") as (project, port):
        page = get(port)
        for file in project.rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("hello from", "greetings from"), encoding="utf-8")
        wait_for(lambda: "greetings" in get(port)[1], 30)
        return *page, get(port)[1]


Outcomes = dict[tuple[str, Path], "Future[tuple[int, str, str]]"]
SERVINGS = {"prod": in_production, "dev": in_development}


@pytest.fixture(scope="session")
def outcomes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Outcomes]:
    """Return what becomes of each project that is asked for, served a few at a time."""
    asked = [one for item in request.session.items for one in asked_by(item)]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {
            (task, root): pool.submit(SERVINGS[task], root, tmp_path_factory.mktemp(task))
            for task, root in asked
        }


def asked_by(item: pytest.Item) -> list[tuple[str, Path]]:
    """Return the task and the project that a test below is about, none for another test."""
    if "outcomes" not in getattr(item, "fixturenames", ()):
        return []
    values = getattr(item, "callspec").params  # noqa: B009 - pytest does not declare it
    return [(values["task"], values["root"])]


@pytest.mark.parametrize("task", ["prod"])
@pytest.mark.parametrize("root", SERVED, ids=name_of)
def test_a_project_is_served_with_nothing_written_into_it(
    task: str, root: Path, outcomes: Outcomes
) -> None:
    status, text, changed = outcomes[task, root].result()
    assert (status, changed) == (200, "")
    assert greeting(root) in text


@pytest.mark.parametrize("task", ["dev"])
@pytest.mark.parametrize("root", LIVE, ids=name_of)
def test_an_edit_is_served_whatever_the_framework(
    task: str, root: Path, outcomes: Outcomes
) -> None:
    status, text, edited = outcomes[task, root].result()
    assert status == 200
    assert greeting(root) in text
    assert greeting(root).replace("hello", "greetings") in edited


def greeting(root: Path) -> str:
    """Return what a project's page says."""
    return f"hello from {root.relative_to(PROJECTS).parts[0]}"
