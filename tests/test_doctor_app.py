"""What is found of a project's app: what it is, what serves it, and on which port."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from shanty.dependencies.lock import content_hash
from shanty.doctor.app import app_checks
from shanty.doctor.finding import Finding
from shanty.doctor.machine import Machine
from shanty.doctor.subject import Subject
from shanty.project import Project
from tests.doctoring import finding, findings, told
from tests.fakes import PYPROJECT, Fakes, container, listed, no_server, ready, reply, write_project

LATER = "27.0.1"


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine."""
    monkeypatch.setattr("sys.argv", ["shanty"])
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture(autouse=True)
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with an app, with the person in its folder."""
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port that this process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def look(project: Project, name: str, environment: Mapping[str, str] | None = None) -> Finding:
    """Return what is found by the look of a name."""
    machine = Machine({})
    found = finding(app_checks(Subject(project.root, environment or {}), machine), name)
    # No question outlives its test.
    assert machine.is_ready in {True, False}
    return found


def relock(project: Project, **changes: str) -> None:
    """Change words of a lock."""
    text = project.lock_file.read_text(encoding="utf-8")
    for before, after in changes.items():
        text = text.replace(before, after)
    project.lock_file.write_text(text, encoding="utf-8")


def test_the_app_is_told_with_the_rule_that_found_it(project: Project) -> None:
    assert told(look(project, "app")) == (
        "fine",
        "harbour:create_app(): found in src/harbour/__init__.py",
        "",
    )


def test_a_project_without_an_app_has_a_problem_and_its_server_is_not_looked_at(
    project: Project,
) -> None:
    (project.root / "src/harbour/__init__.py").write_text("", encoding="utf-8")
    assert look(project, "app").state == "problem"
    assert look(project, "server").what == "not looked at: app is not settled"


def test_what_starts_by_its_own_command_needs_no_app(project: Project) -> None:
    (project.root / "src/harbour/__init__.py").write_text("", encoding="utf-8")
    serving = {"SHANTY_SERVE": "sail --port $PORT"}
    assert look(project, "app", serving).what == "none found: serve starts it"
    assert look(project, "server", serving).what == "serve = 'sail --port $PORT'"


def test_a_server_of_the_lock_is_fine(project: Project) -> None:
    assert look(project, "server").what == f"gunicorn {LATER}, from the lock"


def test_a_server_that_is_fetched_is_worth_a_note(project: Project) -> None:
    relock(project, gunicorn="flask")
    assert told(look(project, "server")) == (
        "note",
        "gunicorn, which is not in the lock: it is fetched beside it",
        "shanty add gunicorn",
    )


def test_setuptools_for_an_old_server_is_worth_a_note_where_the_lock_could_have_it(
    project: Project,
) -> None:
    relock(project, **{LATER: "20.1.0"})
    found = look(project, "server")
    assert (found.state, found.fix) == ("note", "shanty add 'setuptools<82'")


def test_a_lock_that_leaves_setuptools_out_is_fine(make_project: Callable[..., Project]) -> None:
    dependencies = 'dependencies = ["gunicorn"]\n\n[tool.shanty]'
    project = write_project(make_project, PYPROJECT.replace("[tool.shanty]", dependencies))
    relock(project, **{LATER: "20.1.0", 'lock-version = "2.1"': 'lock-version = "1.1"'})
    assert look(project, "server").what == "gunicorn 20.1.0, from the lock"


def test_a_project_without_services_is_told_of_none(project: Project) -> None:
    checks = app_checks(Subject(project.root, {}), Machine({}))
    assert findings(checks, "services") == []


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("2.26.1\n", ("fine", "database, by compose.yaml and Docker Compose 2.26.1", "")),
        (
            "2.19.0\n",
            ("problem", "Docker Compose is 2.19.0; 2.20 or newer is needed", "shanty setup"),
        ),
        ("", ("problem", "docker has no compose plugin", "shanty setup")),
    ],
)
def test_services_need_compose(
    said: str, found: tuple[str, str, str], project: Project, fakes: Fakes
) -> None:
    (project.root / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    config = json.dumps({"name": "harbour", "services": {"database": {"image": "postgres"}}})
    fakes.answer(
        reply("docker compose", config),
        reply("docker compose version", said, code=0 if said else 1),
    )
    assert told(look(project, "services")) == found


def test_a_compose_file_that_compose_does_not_take_is_a_problem(
    project: Project, fakes: Fakes
) -> None:
    (project.root / "compose.yaml").write_text("services: 1\n", encoding="utf-8")
    fakes.answer(
        reply("docker compose", stderr="services must be a mapping\n", code=15),
        reply("docker compose version", "2.26.1\n"),
    )
    found = look(project, "services")
    assert (found.state, found.what) == (
        "problem",
        "compose.yaml: services must be a mapping",
    )


def test_without_an_engine_compose_is_not_asked_what_a_file_says(
    project: Project, fakes: Fakes
) -> None:
    (project.root / "compose.yaml").touch()
    fakes.answer(no_server(), reply("docker compose version", "2.26.1\n"))
    assert look(project, "services").what == "compose.yaml, by Docker Compose 2.26.1"


def test_services_are_read_with_the_variables_of_the_env_file(
    project: Project, fakes: Fakes
) -> None:
    for name in ("compose.yaml", "dev.env"):
        (project.root / name).touch()
    fakes.answer(
        reply("docker compose", json.dumps({"name": "harbour"})),
        reply("docker compose version", "2.26.1\n"),
    )
    found = look(project, "services", {"SHANTY_ENV_FILE": "dev.env"})
    assert found.what == "no service, by compose.yaml and Docker Compose 2.26.1"
    assert any("--env-file" in words for words in fakes.calls)


def test_a_free_port_is_fine(project: Project, taken: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    assert free != taken
    assert look(project, "port", {"SHANTY_PORT": str(free)}).what == f"{free} is free"


def test_a_port_that_a_process_has_is_a_problem_without_an_engine_too(
    project: Project, taken: int, fakes: Fakes
) -> None:
    fakes.answer(no_server())
    state, what, fix = told(look(project, "port", {"SHANTY_PORT": str(taken)}))
    assert state == "problem"
    assert what.startswith(f"port {taken} is taken by ")
    assert fix == f"choose another: --port {taken + 1}"
    assert not any("container" in words for words in fakes.calls)


def test_a_port_that_a_strangers_container_has_is_a_problem(
    project: Project, taken: int, fakes: Fakes
) -> None:
    name = "anchor-prod-1"
    publishing = reply(f"docker container list -q --no-trunc --filter publish={taken}", f"{name}\n")
    fakes.answer(publishing, container(name))
    found = look(project, "port", {"SHANTY_PORT": str(taken)})
    assert (found.state, found.what) == (
        "problem",
        f"port {taken} is taken by the container {name}",
    )


def test_a_port_that_the_projects_own_server_has_is_fine(
    project: Project, taken: int, fakes: Fakes
) -> None:
    name = f"harbour-dev-{taken}"
    publishing = reply(f"docker container list -q --no-trunc --filter publish={taken}", f"{name}\n")
    own = listed([name], f"--filter label=shanty.project={project.id}")
    fakes.answer(publishing, own, container(name))
    found = look(project, "port", {"SHANTY_PORT": str(taken)})
    assert found.state == "fine"
    assert found.what.startswith(f"port {taken} is taken by {name}, which serves this project")


def test_a_port_that_is_none_is_told_by_the_settings(project: Project) -> None:
    assert look(project, "port", {"SHANTY_PORT": "0"}).what == "not looked at: port is not settled"


def test_an_app_that_reads_as_one_has_a_lock_to_be_served_by(project: Project) -> None:
    assert content_hash(project.pyproject) in project.lock_file.read_text(encoding="utf-8")
    project.lock_file.unlink()
    assert look(project, "server").what == "not looked at: there is no lock that can be read"
