"""The projects in tests/projects, served as whoever wrote them would type it."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engine.projects import (
    OPTIONS,
    PROJECTS,
    ROOTS,
    build_owned,
    checked_out,
    greeting,
    name_of,
    owned,
    shanty,
    start,
)
from tests.engine.support import command, container, docker, free_port, get, wait_for
from tests.fakes import contents

# Building waits for disk and network as much as for a processor.
AT_A_TIME = 4
# One for each way to serve in development.
LIVE = [
    PROJECTS / name
    for name in (
        *("bottle_app", "django_wsgi", "django_daphne", "fastapi_factory", "flask_root_module"),
        *("granian_app", "own_metadata", "plain_wsgi", "quart_hypercorn", "old_gunicorn"),
    )
]

# What `verify` measures in seconds, on a machine that does much else.
TIMED = {"process/health", "process/stop"}
# daphne drops what it is at work on, pip is in this lock, and an app that starts its server itself
# cannot be told to take long.
KNOWN = {
    "django_daphne": "process/in-flight",
    "pip_locked": "contents/installer",
    "serve_override": "process/in-flight",
}

# Status and text of a page, and what else there is to say.
Outcome = tuple[int, str, str]


@contextmanager
def serving(
    root: Path, folder: Path, task: str, change: Callable[[Path], None] | None = None
) -> Iterator[tuple[Path, int]]:
    """Serve a checkout of a project; yield its folder and its port, and leave nothing behind."""
    project, port = checked_out(root, folder), free_port()
    if change:
        change(project)
    try:
        start(project, task, port, *OPTIONS.get(name_of(root), ()))
        yield project, port
    finally:
        shanty(project, "clean", "--images", code=None)


def in_production(root: Path, folder: Path) -> Outcome:
    """Return the project's page, and what git and `verify` then have to say."""
    with serving(root, folder, "prod") as (project, port):
        page = get(port)
        done = shanty(project, "verify", "--json", *OPTIONS.get(name_of(root), ()), code=None)
        checks = json.loads(done.stdout)["checks"]
        failed = {check["name"] for check in checks if not check["passed"]} - TIMED
        status = command(["git", "status", "--short", "--ignored"], cwd=project).stdout
        return *page, f"{status}{' '.join(sorted(failed))}"


def in_development(root: Path, folder: Path) -> Outcome:
    """Return the project's page, and its text once the source says otherwise."""
    with serving(root, folder, "dev") as (project, port):
        page = get(port)
        for file in project.rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("hello from", "greetings from"), encoding="utf-8")
        wait_for(lambda: "greetings" in get(port)[1], 30)
        return *page, get(port)[1]


def in_plain_docker(root: Path, folder: Path) -> Outcome:
    """Return the page of a project that owns its files, and what a second `init` changes."""
    project, line = owned(root, folder)
    before = contents(folder)
    said = shanty(project, "init").stdout.splitlines()[0]
    changed = said if contents(folder) == before else "files"
    port, tag = free_port(), f"shanty-init-{project.name.replace('_', '-')}"
    options = ("--read-only", "--tmpfs", "/tmp", *OPTIONS.get(name_of(root), ()))
    try:
        build_owned(project, line, tag)
        with container(*options, "--publish", f"127.0.0.1:{port}:8888", tag):
            wait_for(lambda: get(port)[0] == 200)
            return *get(port), changed
    finally:
        docker("image", "rm", "--force", tag, code=None)


SERVINGS = {"prod": in_production, "dev": in_development, "plain": in_plain_docker}
Outcomes = dict[tuple[str, Path], "Future[Outcome]"]


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
@pytest.mark.parametrize("root", ROOTS, ids=name_of)
def test_a_project_is_served_and_proved_with_nothing_written_into_it(
    task: str, root: Path, outcomes: Outcomes
) -> None:
    status, text, found = outcomes[task, root].result()
    assert (status, found) == (200, KNOWN.get(name_of(root), ""))
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


@pytest.mark.parametrize("task", ["plain"])
@pytest.mark.parametrize("root", ROOTS, ids=name_of)
def test_what_a_project_owns_is_written_once_and_built_by_plain_docker(
    task: str, root: Path, outcomes: Outcomes
) -> None:
    status, text, changed = outcomes[task, root].result()
    assert (status, changed) == (200, "nothing to write: the project has it all")
    assert greeting(root) in text


def test_a_project_with_the_line_ends_of_windows_is_served(tmp_path: Path) -> None:
    def convert(project: Path) -> None:
        for file in [*project.glob("*.toml"), *project.glob("*.lock"), *project.rglob("*.py")]:
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    root = PROJECTS / "flask_flat"
    with serving(root, tmp_path, "prod", convert) as (_project, port):
        assert get(port) == (200, greeting(root))


def test_prestart_comes_before_the_server_in_development_too(tmp_path: Path) -> None:
    root = PROJECTS / "prestart_migration"
    with serving(root, tmp_path, "dev") as (_project, port):
        assert get(port) == (200, greeting(root))
