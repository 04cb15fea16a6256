"""What the app talks to: a Compose file's services, on a real engine, with a real PostgreSQL."""

import os
import signal
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import copy_workspace
from tests.engine.support import Workspace, docker, edit, free_port, get, inside, wait_for

POSTGRES = ("--env-file", "examples/coach_planner/postgres-debian.env")
NAME = "shanty-services"
FILE = "examples/coach_planner/compose.yaml"
SLEEPER = f"""\
services:
  sleeper:
    image: {NAME}:development
    entrypoint: []
    command: [sh, -c, "echo I am asleep; exec sleep 600"]
    stop_grace_period: 0s
"""


@pytest.fixture(scope="module")
def coach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Return the sample with services of a name of their own, its development image built."""
    root = copy_workspace(tmp_path_factory.mktemp("services"))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COMPOSE_PROJECT_NAME", NAME)
        workspace = Workspace(root, NAME)
        # No image of somebody else's is built over, or removed.
        edit(workspace.sample / "compose.yaml", "coach-planner/postgres", f"{NAME}/postgres")
        workspace.invoke("build", "--target", "development")
        yield workspace
        workspace.invoke("clean", "--images", "--volumes", code=None)
        docker("image", "rm", "--force", f"{NAME}/postgres", code=None)


@pytest.fixture
def workspace(coach: Workspace) -> Iterator[Workspace]:
    """Return the sample, its Compose file to be edited; what runs ends with the test."""
    file = coach.sample / "compose.yaml"
    before = file.read_bytes()
    yield coach
    file.write_bytes(before)
    coach.invoke("clean", "--volumes")


def write_services(workspace: Workspace, text: str) -> Path:
    """Give the sample another Compose file."""
    file = workspace.sample / "compose.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def services(workspace: Workspace) -> list[str]:
    """Return the services that are there, each with how it is."""
    lines = workspace.invoke("ps").stdout.splitlines()
    return [
        f"{name} {state}" for name, kind, state, *_ in map(str.split, lines) if kind == "service"
    ]


def volumes() -> list[str]:
    """Return the volumes of these tests' services."""
    label = f"label=com.docker.compose.project={NAME}"
    return docker("volume", "ls", "--quiet", "--filter", label).stdout.split()


def add_training(port: int, title: str) -> None:
    """Add a training as the page's form does."""
    form = urllib.parse.urlencode({"day": "Monday", "title": title}).encode()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/trainings", form, timeout=10) as answer:
        assert title in answer.read().decode()


def test_the_samples_tests_pass_on_sqlite_and_on_postgresql(workspace: Workspace) -> None:
    on_sqlite = workspace.invoke("test", "--", "-q")
    assert "7 passed" in on_sqlite.stdout
    assert "compose" not in on_sqlite.stderr
    assert services(workspace) == []

    assert "7 passed" in workspace.invoke("test", *POSTGRES, "--", "-q").stdout
    assert services(workspace) == [f"{NAME}-db-debian-1 healthy"]
    query = "SELECT datname, (SELECT count(*) FROM pg_tables WHERE tablename = 'training')"
    for database, tables in (("coach", "0"), ("coach_test", "1")):
        psql = ("psql", "--host=/tmp", "--username=coach", "--tuples-only", "--no-align", database)
        asked = f"{query} FROM pg_database WHERE datname = current_database()"
        found = docker("exec", f"{NAME}-db-debian-1", *psql, "--command", asked).stdout
        assert found == f"{database}|{tables}"


def test_what_is_kept_survives_a_stop_until_volumes_are_cleaned(workspace: Workspace) -> None:
    port = free_port()
    serve = ("dev", "--port", str(port), "--detach", *POSTGRES)
    workspace.invoke(*serve)
    add_training(port, "5 km slow")
    assert workspace.invoke("stop").stdout.endswith(f"{NAME}-db-debian-1")
    assert docker("network", "ls", "--quiet", "--filter", f"name={NAME}").stdout == ""
    assert volumes() == [f"{NAME}_db-debian"]
    assert services(workspace) == []

    workspace.invoke(*serve)
    assert "5 km slow" in get(port)[1]
    workspace.invoke("clean")
    assert volumes() == [f"{NAME}_db-debian"]
    assert workspace.invoke("clean", "--volumes").stdout == f"removed: {NAME}_db-debian"
    assert volumes() == []


def test_commands_join_the_services_that_are_up_and_start_none(workspace: Workspace) -> None:
    look = ("run", *POSTGRES, "--", "getent", "hosts", "db-debian")
    workspace.invoke(*look, code=2)
    assert services(workspace) == []
    workspace.invoke("test", *POSTGRES, "--", "--collect-only")
    assert workspace.invoke(*look).stdout.endswith("db-debian")


def test_tests_leave_a_server_without_the_services_alone(workspace: Workspace) -> None:
    workspace.invoke("dev", "--port", str(free_port()), "--detach")
    done = workspace.invoke("test", *POSTGRES, "--", "-q")
    assert "was started without the services: this runs in a container apart" in done.stderr
    assert "7 passed" in done.stdout


def test_production_has_the_services_when_asked(workspace: Workspace) -> None:
    port = free_port()
    serve = ("prod", "--port", str(port), "--detach", *POSTGRES)
    workspace.invoke(*serve, "--with-services")
    add_training(port, "8 by 400 m")
    workspace.invoke("stop")
    assert workspace.invoke(*serve, code=None).stderr.count("docker compose") == 0
    shipped = inside(workspace.tag("production"), "find", "/opt/app", "/opt/venv", "-name", "*.env")
    assert shipped == ""
    assert "compose" not in inside(workspace.tag("production"), "ls", "-R", "/opt/app")


def test_production_outlives_its_database(workspace: Workspace) -> None:
    """A server that was started anew is found again, and the page is none the worse."""
    port = free_port()
    workspace.invoke("prod", "--port", str(port), "--detach", "--with-services", *POSTGRES)
    add_training(port, "hills")
    docker("restart", f"{NAME}-db-debian-1")
    wait_for(lambda: "hills" in get(port)[1])


def test_a_compose_file_that_does_not_parse_is_told_in_two_lines(workspace: Workspace) -> None:
    write_services(workspace, "services:\n  db:\n    imag: postgres\n")
    refused = workspace.invoke("dev", "--port", str(free_port()), code=2)
    assert refused.stderr.splitlines() == [
        f"{FILE}: services.db Additional property imag is not allowed",
        f"fix: mend it, then: docker compose --project-name {NAME} --file {FILE} config --quiet",
    ]
    workspace.invoke("dev", "--no-services", "--port", str(free_port()), "--detach")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('PASSWORD="s3cret', "{file}: line 3: unterminated quoted value"),
        ("PASS WORD=s3cret", "{file}: line 2: key cannot contain a space"),
        ("PORT=s3cret", f"{FILE}: Invalid containerPort: $PORT"),
    ],
)
def test_the_values_of_an_env_file_are_in_no_error(
    line: str, reason: str, workspace: Workspace, tmp_path: Path
) -> None:
    write_services(workspace, f'{SLEEPER}    ports: ["${{PORT:-80}}"]\n')
    file = tmp_path / "odd.env"
    file.write_text(f"X=1\n{line}\n", encoding="utf-8")
    refused = workspace.invoke("test", "--env-file", str(file), code=2)
    assert refused.stderr.splitlines()[0] == reason.format(file=file)
    assert "s3cret" not in refused.stderr


def test_a_service_that_never_gets_healthy_is_named_with_its_last_lines(
    workspace: Workspace,
) -> None:
    check = """\
    healthcheck:
      test: [CMD-SHELL, "echo no answer; false"]
      interval: 200ms
      retries: 2
"""
    write_services(workspace, SLEEPER + check)
    failed = workspace.invoke("test", code=1)
    *_, log, what, fix = failed.stderr.splitlines()
    assert log == "I am asleep"
    assert what == "the service sleeper is unhealthy (no answer)"
    assert fix.endswith(f"docker compose --project-name {NAME} --file {FILE} logs sleeper")
    assert "docker run" not in failed.stderr


@pytest.mark.parametrize("more", ["", "    restart: always\n"])
def test_a_service_that_ends_is_named_with_its_last_lines(workspace: Workspace, more: str) -> None:
    write_services(workspace, SLEEPER.replace("exec sleep 600", "exit 3") + more)
    failed = workspace.invoke("dev", "--port", str(free_port()), "--detach", code=1)
    log, what = failed.stderr.splitlines()[-3:-1]
    assert log == "I am asleep"
    assert what == "the service sleeper ended with exit code 3"


def test_a_service_that_has_done_its_work_is_no_fault(workspace: Workspace) -> None:
    once = f"""\
  once:
    image: {NAME}:development
    entrypoint: []
    command: ["true"]
"""
    write_services(workspace, SLEEPER + once)
    done = workspace.invoke("test", "--", "-q")
    assert "7 passed" in done.stdout
    assert services(workspace) == [f"{NAME}-once-1 exited", f"{NAME}-sleeper-1 running"]


def test_an_image_that_cannot_be_pulled_is_a_fault_of_the_machine(workspace: Workspace) -> None:
    write_services(workspace, "services:\n  db:\n    image: 127.0.0.1:1/nothing:1\n")
    refused = workspace.invoke("test", code=3)
    assert refused.stderr.splitlines()[-2:] == [
        "the image 127.0.0.1:1/nothing:1 of the service db is not here and cannot be pulled",
        "fix: docker pull 127.0.0.1:1/nothing:1  # and mend what it says",
    ]


def test_the_app_itself_is_left_aside_with_what_waits_for_it(workspace: Workspace) -> None:
    app = "  web:\n    build: .\n  proxy:\n    image: nothing\n    depends_on: [web]\n"
    write_services(workspace, SLEEPER + app)
    said = workspace.invoke("test", "--", "--collect-only").stderr
    assert "shanty: the service web is left aside: it builds the project itself" in said
    assert "shanty: the service proxy is left aside: it waits for web" in said
    assert services(workspace) == [f"{NAME}-sleeper-1 running"]


def test_an_interrupt_leaves_the_services_as_they_are(workspace: Workspace) -> None:
    check = "    healthcheck:\n      test: [CMD, 'false']\n      interval: 60s\n"
    write_services(workspace, SLEEPER + check)
    with workspace.start("test") as process:
        wait_for(lambda: services(workspace) == [f"{NAME}-sleeper-1 starting"], seconds=60)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=20)[0]
    assert process.returncode == 130, said
    assert "Traceback" not in said
    assert services(workspace) == [f"{NAME}-sleeper-1 starting"]


def test_a_dry_run_says_how_the_services_come_up_and_go(workspace: Workspace) -> None:
    lines = workspace.invoke("--dry", "dev", "--port", str(free_port()), *POSTGRES).stdout
    up = (
        f"shanty > docker compose --project-name {NAME} --file {FILE} "
        f"{' '.join(POSTGRES)} up --detach --wait --wait-timeout 70 db-debian"
    )
    assert lines.splitlines()[1] == up
    assert f" --network {NAME}_default " in lines
    assert services(workspace) == []


def test_setup_finds_compose(workspace: Workspace) -> None:
    assert "\ncompose: Docker Compose 2." in workspace.invoke("setup").stdout
