"""The services of a Compose file: what is read, what is announced and run, and how it fails.

In front of a recording `docker`: that these lines work is shown in `tests/engine`.
"""

import json
import shutil
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from shanty.dependencies.lock import read_lock
from shanty.errors import MachineError, UsageError
from shanty.labels import lock_digest
from shanty.project import Project, find_project
from shanty.services.compose_file import find_compose_file
from shanty.services.model import Services, read_services
from shanty.services.plugin import check_compose
from shanty.services.running import joined_networks, service_containers
from tests.fakes import (
    NO_ENGINE,
    PYPROJECT,
    Fakes,
    Reply,
    Typing,
    container,
    listed,
    person,
    ready,
    refusal,
    reply,
    write_project,
)

DB: Mapping[str, Any] = {"image": "postgres:17", "networks": {"default": None}}
NETWORKS = {"default": {"name": "harbour_default"}}
COMPOSE = "docker compose --project-name harbour --file compose.yaml"
UP = f"{COMPOSE} up --detach --wait --wait-timeout 60"
FOLDER = "com.docker.compose.project.working_dir"
SERVED = ("dev", "test", "prod")


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine, Compose among them, with one service to bring up."""
    fakes = ready(tmp_path / "fakes", monkeypatch)
    fakes.answer(
        reply("docker compose"),
        reply("docker compose version", "2.26.1-4\n"),
        reply("docker volume list"),
        config(db=DB),
    )
    return fakes


@pytest.fixture(autouse=True)
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with a Compose file, with the person in its folder."""
    project = write_project(make_project)
    (project.root / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    monkeypatch.chdir(project.root)
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", "harbour")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("SHANTY_PORT", str(listening.getsockname()[1]))
    return project


@pytest.fixture
def shanty(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Typing:
    """Return a function that types a task."""
    return person(monkeypatch, capfd)


def config(networks: Mapping[str, object] = NETWORKS, **services: object) -> Reply:
    """Return what Compose makes of a file with these services."""
    said = json.dumps({"name": "harbour", "services": services, "networks": networks})
    return Reply(("docker", "compose"), said, word="config")


def refused(stderr: str) -> Reply:
    """Return what Compose says of a file that it does not take."""
    return Reply(("docker", "compose"), stderr=stderr, code=15, word="config")


def failing(stderr: str = "", code: int = 1, then: tuple[Reply, ...] = ()) -> Reply:
    """Return what Compose says where services do not come up."""
    return Reply(("docker", "compose"), stderr=stderr, code=code, word="up", then=then)


def up(project: Project, service: str = "db", health: str = "", **state: object) -> Reply:
    """Return what the client says of a service's container, running unless told otherwise."""
    state = {"Status": "running", "Running": True, "ExitCode": 0} | state
    if health:
        said = [{"ExitCode": 1, "Output": "no answer\nat all\n"}]
        state["Health"] = {"Status": health, "FailingStreak": 1, "Log": said}
    found = {
        "Id": f"harbour-{service}-1",
        "Name": f"/harbour-{service}-1",
        "State": state,
        "HostConfig": {"AutoRemove": False},
        "Config": {
            "Labels": {
                FOLDER: str(project.root),
                "com.docker.compose.project": "harbour",
                "com.docker.compose.service": service,
            }
        },
        "NetworkSettings": {"Networks": {"harbour_default": {}}},
    }
    return reply(f"docker container inspect harbour-{service}-1", json.dumps([found]))


def there(*names: str) -> Reply:
    """Return what the client says when asked for the containers of Compose projects."""
    return listed([f"harbour-{name}-1" for name in names], f"--all --filter label={FOLDER}")


def read(project: Project, env_file: str | None = None) -> Services:
    """Return what a project's Compose file says."""
    file = find_compose_file(project, env_file)
    assert file
    return read_services(project, file)


# setup


def test_setup_makes_sure_of_compose_where_there_are_services(
    shanty: Typing, project: Project
) -> None:
    assert "compose: Docker Compose 2.26.1" in shanty("setup").stdout.splitlines()
    (project.root / "compose.yaml").unlink()
    assert "compose" not in shanty("setup").stdout


# Which file


def test_a_project_without_a_compose_file_asks_compose_nothing(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    (project.root / "compose.yaml").unlink()
    for words in (("dev",), ("test",), ("prod", "--with-services"), ("run", "--", "ls"), ("ps",)):
        assert shanty(*words).code == 0
    assert shanty("clean", "--volumes").code == 0
    assert not any("compose" in " ".join(words) for words in fakes.calls)


def test_the_file_is_the_first_that_compose_looks_for_with_what_overrides_it(
    project: Project, fakes: Fakes
) -> None:
    for name in ("docker-compose.yaml", "docker-compose.yml", "compose.override.yml"):
        (project.root / name).touch()
    read(project, "its.env")
    files = "--file compose.yaml --file compose.override.yml --env-file its.env"
    assert (
        fakes.calls[-1]
        == f"docker compose --project-name harbour {files} config --format json".split()
    )
    (project.root / "compose.yaml").unlink()
    file = find_compose_file(project)
    assert file
    assert file.shown == "docker-compose.yml"


# What it says


def test_what_builds_the_project_and_what_waits_for_it_are_left_aside(
    project: Project, fakes: Fakes
) -> None:
    app = {"build": {"context": str(project.root)}, "depends_on": {"db": {}}}
    above = {"build": {"context": str(project.root.parent)}}
    other = {"build": {"context": str(project.root / "other")}, "image": "other"}
    proxy = {"image": "proxy", "depends_on": {"db": {}, "web": {}}}
    edge = {"image": "edge", "depends_on": {"proxy": {}}}
    services = {"db": DB, "web": app, "worker": above, "other": other, "proxy": proxy, "edge": edge}
    fakes.answer(config(**services))
    found = read(project)
    assert found.names == ("db", "other")
    assert found.left == {
        "web": "it builds the project itself",
        "worker": "it builds the project itself",
        "proxy": "it waits for web",
        "edge": "it waits for proxy",
    }
    assert found.images == {"db": "postgres:17"}


def test_the_networks_are_those_of_the_services_that_are_active(
    project: Project, fakes: Fakes
) -> None:
    networks = {
        "front": {"name": "harbour_front"},
        "back": {"name": "shared", "internal": True},
        "unused": {"name": "harbour_unused"},
    }
    db = {"image": "db", "networks": {"back": None, "front": {}}}
    cache = {"image": "cache", "networks": {"front": None}}
    fakes.answer(config(networks, db=db, cache=cache, host={"network_mode": "host", "image": "x"}))
    assert read(project).networks == ("shared", "harbour_front")


def test_networks_that_are_internal_alone_are_refused(project: Project, fakes: Fakes) -> None:
    networks = {"back": {"name": "back", "internal": True}}
    fakes.answer(config(networks, db={"image": "db", "networks": {"back": None}}))
    with pytest.raises(UsageError, match="every network of db is internal"):
        read(project)


@pytest.mark.parametrize(
    ("check", "seconds"),
    [
        (None, 60),
        ({"test": ["CMD", "true"], "interval": "1s", "timeout": "1s"}, 60),
        ({"test": ["CMD", "true"]}, 180),
        ({"interval": "1m30s", "timeout": "500ms", "retries": 2, "start_period": "1h"}, 3781),
        ({"disable": True, "start_period": "1h"}, 60),
    ],
)
def test_the_wait_is_a_minute_unless_a_health_check_needs_more(
    check: object, seconds: int, project: Project, fakes: Fakes
) -> None:
    fakes.answer(config(db={**DB, "healthcheck": check}))
    assert read(project).seconds == seconds


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("yaml: line 2: oh no\n", "compose.yaml: yaml: line 2: oh no"),
        ('time="now" level=warning msg="x"\n\n', "compose.yaml: Compose does not take it"),
        (
            "validating {root}/compose.yaml: services.db is bad\n",
            "compose.yaml: services.db is bad",
        ),
        ("{root}/compose.yaml is odd\n", "{root}/compose.yaml is odd"),
        (
            'failed to read {root}/its.env: line 1: bad "s3cret\nmore s3cret\n',
            "{root}/its.env: line 1: bad",
        ),
        ("invalid port: s3cret\n", "compose.yaml: invalid port: $PORT"),
    ],
)
def test_a_file_that_compose_does_not_take_is_told_with_its_reason(
    said: str, what: str, shanty: Typing, project: Project, fakes: Fakes
) -> None:
    (project.root / "its.env").write_text("A=1\nPORT='s3cret'\n", encoding="utf-8")
    fakes.answer(refused(said.replace("{root}", str(project.root))))
    assert refusal(shanty("dev", "--env-file", "its.env"), 2) == (
        what.replace("{root}", str(project.root)),
        f"mend it, then: {COMPOSE} --env-file its.env config --quiet",
    )
    assert fakes.changes == []


def test_an_env_file_that_is_not_there_is_said_before_anything_is_asked(
    shanty: Typing, fakes: Fakes
) -> None:
    assert refusal(shanty("dev", "--env-file", "no.env"), 2)[0] == (
        "there is no environment file no.env"
    )
    assert fakes.changes == []


@pytest.mark.parametrize(
    ("version", "what"),
    [
        ("", "docker has no compose plugin"),
        ("2.3.3", "Docker Compose is 2.3.3; 2.20 or newer is needed"),
    ],
)
def test_a_machine_without_compose_is_told_so(
    version: str, what: str, shanty: Typing, fakes: Fakes
) -> None:
    fakes.answer(reply("docker compose", code=1), reply("docker compose version", version))
    fakes.answer(refused("docker: unknown command: docker compose\n"))
    assert refusal(shanty("dev"), 3) == (what, "shanty setup")
    assert fakes.changes == []


def test_a_machine_without_docker_is_told_so(fakes: Fakes) -> None:
    fakes.remove("docker")
    with pytest.raises(MachineError, match="there is no docker command"):
        check_compose()


def test_a_dry_run_needs_no_compose(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(refused(""), reply("docker compose version", code=1))
    lines = shanty("--dry", "dev").stdout.splitlines()
    assert lines[1] == f"shanty > {UP}"
    assert fakes.changes == []


# Bringing them up


@pytest.mark.parametrize("task", SERVED)
def test_services_come_up_before_the_container_that_joins_them(
    task: str, shanty: Typing, fakes: Fakes
) -> None:
    answer = shanty(task, *(["--with-services"] if task == "prod" else []))
    assert answer.announced == fakes.changes
    assert f"{UP} db" in answer.announced[:-1]
    assert answer.announced[-1].startswith("docker run ")
    assert " --network harbour_default " in answer.announced[-1]


@pytest.mark.parametrize("words", [("dev", "--no-services"), ("test", "--no-services"), ("prod",)])
def test_services_stay_away_when_they_are_not_wanted(
    words: tuple[str, ...], shanty: Typing, fakes: Fakes
) -> None:
    answer = shanty(*words)
    assert not any("compose" in line for line in answer.announced)
    assert fakes.changes == answer.announced


def test_the_env_file_reaches_compose_and_the_app(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    (project.root / "its.env").write_text("COMPOSE_PROFILES=db\n", encoding="utf-8")
    line = PYPROJECT.replace("[tool.shanty]", '[tool.shanty]\nenv-file = "its.env"')
    project.pyproject_file.write_text(line, encoding="utf-8")
    ups, run = shanty("dev").announced[-2:]
    assert ups == f"{UP} db".replace(COMPOSE, f"{COMPOSE} --env-file its.env")
    assert " --env-file its.env " in run
    assert f"{COMPOSE} --env-file its.env config --format json".split() in fakes.calls


def test_no_active_service_leaves_everything_as_it_was(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(config({}))
    answer = shanty("dev")
    assert "compose" not in answer.stderr
    assert " --network " not in answer.announced[-1]


def test_what_is_left_aside_is_said(shanty: Typing, project: Project, fakes: Fakes) -> None:
    fakes.answer(config(db=DB, web={"build": {"context": str(project.root)}}))
    assert (
        "shanty: the service web is left aside: it builds the project itself"
        in shanty("dev").stderr.splitlines()
    )


def test_a_service_that_has_ended_well_is_waited_for_no_longer(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(
        config(db=DB, once=DB),
        there("db", "once"),
        up(project),
        up(project, "once", Status="exited", Running=False),
        failing("container harbour-once-1 exited (0)\n", then=(reply("docker compose"),)),
    )
    assert [line for line in shanty("dev").announced if "compose" in line] == [
        f"{UP} db once",
        f"{UP} db",
    ]


def test_nothing_but_services_that_end_well_is_fine(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    gone = up(project, Status="exited", Running=False)
    fakes.answer(there("db"), gone, failing())
    assert shanty("dev").code == 0


@pytest.mark.parametrize(
    ("health", "state", "what"),
    [
        ("unhealthy", {}, "is unhealthy (no answer)"),
        ("starting", {}, "is not healthy after 60 s (no answer)"),
        ("", {"Status": "exited", "Running": False, "ExitCode": 3}, "ended with exit code 3"),
        (
            "starting",
            {"Status": "restarting", "Running": True, "ExitCode": 1},
            "ended with exit code 1",
        ),
    ],
)
def test_a_service_at_fault_is_named_after_its_last_lines(  # noqa: PLR0913, PLR0917
    health: str,
    state: dict[str, Any],
    what: str,
    shanty: Typing,
    project: Project,
    fakes: Fakes,
) -> None:
    fakes.answer(
        config(db=DB, late=DB),
        there("late", "db"),
        up(project, "late"),
        up(project, health=health, **state),
        failing(),
    )
    fakes.answer(
        reply("docker container logs", "its last line\n"), reply("docker logs", "its last line\n")
    )
    *_, log, said, fix = shanty("test").stderr.splitlines()
    assert (log, said) == ("its last line", f"the service db {what}")
    assert fix == f"fix: mend what its last lines above name; all of them: {COMPOSE} logs db"
    assert not any(line.startswith("docker run") for line in fakes.changes)


def test_a_service_that_ends_again_and_again_is_not_up(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    looping = up(project, Status="restarting", ExitCode=4)
    fakes.answer(there("db"), looping, reply("docker container logs", "its last line\n"))
    answer = shanty("test")
    assert answer.code == 1
    assert answer.stderr.splitlines()[-2] == "the service db ended with exit code 4"


def test_a_health_check_that_said_nothing_is_quoted_no_further(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    silent = up(project, Health={"Status": "unhealthy", "FailingStreak": 1, "Log": None})
    fakes.answer(there("db"), silent, failing(), reply("docker container logs"))
    assert shanty("test").stderr.splitlines()[-2] == "the service db is unhealthy"


def test_an_image_that_cannot_be_pulled_is_named(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(failing("pull access denied\n"))
    fakes.answer(reply("docker image inspect postgres:17", stderr="No such image\n", code=1))
    said = shanty("test")
    assert said.code == 3
    assert said.stderr.splitlines()[-2:] == [
        "the image postgres:17 of the service db is not here and cannot be pulled",
        "fix: docker pull postgres:17  # and mend what it says",
    ]


@pytest.mark.parametrize(
    ("said", "code", "reason"),
    [
        ("Bind for 127.0.0.1:5432 failed: port is already allocated\n", 3, "port is already alloc"),
        ("network x declared as external, but could not be found\n", 1, "network x declared"),
        ("", 1, "docker compose said nothing"),
    ],
)
@pytest.mark.parametrize("found", [True, False])
def test_what_else_keeps_services_from_starting_is_told_in_dockers_words(  # noqa: PLR0913, PLR0917
    said: str,
    code: int,
    reason: str,
    found: bool,  # noqa: FBT001
    shanty: Typing,
    project: Project,
    fakes: Fakes,
) -> None:
    created = up(project, Status="created", Running=False)
    fakes.answer(failing(said), there(*(["db"] if found else [])), created)
    answer = shanty("test")
    what, fix = answer.stderr.splitlines()[-2:]
    assert answer.code == code
    assert what.startswith("the services did not start: ")
    assert reason in what
    assert fix == "fix: mend what Docker names, then try again"


def test_an_interrupted_wait_ends_with_130_and_takes_nothing_down(
    shanty: Typing, fakes: Fakes
) -> None:
    fakes.answer(failing(code=130))
    assert shanty("test").code == 130
    assert fakes.changes[-1] == f"{UP} db"


# Joining those that are up


@pytest.mark.parametrize("words", [("run", "--", "ls"), ("python",), ("shell",)])
def test_commands_join_the_networks_of_services_that_run(
    words: tuple[str, ...], shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(there("db", "once"), up(project))
    fakes.answer(up(project, "once", Status="exited", Running=False))
    answer = shanty(*words)
    assert " --network harbour_default " in answer.announced[-1]
    assert not any("compose" in line for line in fakes.changes)


def test_commands_go_without_where_none_runs(shanty: Typing) -> None:
    assert " --network " not in shanty("run", "--", "ls").announced[-1]


def test_a_dry_command_needs_no_engine(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(reply("docker container list", stderr=NO_ENGINE, code=1))
    assert shanty("--dry", "run", "--", "ls").code == 0
    assert shanty("run", "--", "ls").code == 3


def test_a_server_on_none_of_the_networks_is_left_alone(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    name = "harbour-dev-8888"
    own = f"--filter label=shanty.project={project.id}"
    fakes.answer(listed([name], own), container(name, lock=lock_digest(read_lock(project))))
    answer = shanty("test")
    assert (
        f"{name} was started without the services: this runs in a container apart" in answer.stderr
    )
    assert answer.announced[-1].startswith("docker run ")


def test_containers_of_another_folder_are_nobody_of_ours(project: Project, fakes: Fakes) -> None:
    other = up(project, "other").stdout.replace(str(project.root), str(project.root.parent))
    once = up(project, "one-off").stdout.replace(
        '"com.docker.compose.service"', '"com.docker.compose.oneoff": "True", "x"'
    )
    gone = "Error: No such container: harbour-gone-1\n"
    fakes.answer(
        there("other", "gone", "one-off", "db"),
        reply("docker container inspect harbour-other-1", other),
        reply("docker container inspect harbour-one-off-1", once),
        reply("docker container inspect harbour-gone-1", "[]", stderr=gone, code=1),
        up(project),
    )
    assert [one.name for one in service_containers(project)] == ["harbour-db-1"]
    assert joined_networks(project) == ("harbour_default",)


# ps, stop, clean


def test_ps_lists_the_services_once(shanty: Typing, project: Project, fakes: Fakes) -> None:
    fakes.answer(there("db", "cache"), up(project, health="healthy"), up(project, "cache"))
    fakes.answer(listed(["harbour-cache-1"], f"--all --filter label=shanty.project={project.id}"))
    assert [line.split() for line in shanty("ps").stdout.splitlines()] == [
        ["harbour-cache-1", "service", "running"],
        ["harbour-db-1", "service", "healthy"],
    ]


def test_stop_takes_services_down_and_leaves_what_they_keep(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(there("db"), up(project))
    answer = shanty("stop")
    assert answer.stdout == "stopped: harbour-db-1\n"
    assert answer.announced == fakes.changes == ["docker compose --project-name harbour down"]


def test_two_checkouts_have_services_of_their_own(
    shanty: Typing, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMPOSE_PROJECT_NAME")
    names = []
    for folder, begins in (("one/Web!", "web-"), ("two/Web!", "web-"), ("three/_", "app-")):
        copy = project.root.parent / folder
        shutil.copytree(project.root, copy)
        monkeypatch.chdir(copy)
        file = find_compose_file(find_project(copy))
        assert file
        assert file.compose_project.startswith(begins)
        assert f"--project-name {file.compose_project} " in shanty("--dry", "dev").stdout
        names.append(file.compose_project)
    assert len(set(names)) == 3


def test_clean_takes_what_services_keep_when_asked(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(there("db"), up(project))
    assert shanty("clean").stdout == "removed: harbour-db-1\n"
    fakes.answer(reply("docker volume list", "harbour_db\n"))
    answer = shanty("clean", "--volumes")
    assert answer.stdout == "removed: harbour-db-1, harbour_db\n"
    assert answer.announced == ["docker compose --project-name harbour down --volumes"]


def test_clean_finds_what_services_kept_that_are_down(shanty: Typing, fakes: Fakes) -> None:
    assert shanty("clean", "--volumes").stdout == "removed: nothing was left\n"
    fakes.answer(reply("docker volume list", "harbour_db\n"))
    assert shanty("clean", "--volumes").stdout == "removed: harbour_db\n"
    assert fakes.changes == ["docker compose --project-name harbour down --volumes"]
