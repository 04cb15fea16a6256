"""The containers of a project: whole lines, made from facts and settings alone."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shanty.container import (
    ORDERS,
    TAKE_ORDERS,
    ContainerOptions,
    Trial,
    command,
    development_server,
    production_server,
    shell,
    trial_server,
)
from shanty.context import Context
from shanty.project import Project
from tests.harbour import DOCKERFILE, SETTINGS, context

MakeProject = Callable[..., Project]
CALLER = f"--user {os.getuid()}:{os.getgid()} --security-opt no-new-privileges"


@pytest.fixture
def project(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with Docker files of its own, entered."""
    owned = make_project({"docker/Dockerfile": DOCKERFILE})
    monkeypatch.chdir(owned.root)
    return owned


def test_the_development_server_mounts_the_sources_and_publishes_one_port(
    project: Project,
) -> None:
    made = development_server(context(project), SETTINGS, ContainerOptions(), "1a")
    assert made.line == (
        "docker run --rm --pull never --name harbour-dev-8888 "
        f"--label shanty.project={project.id} --label shanty.task=dev "
        "--label shanty.lock=1a --init "
        f"{CALLER} --mount type=bind,source={project.root},target=/opt/app "
        "--env PORT=8888 --publish 127.0.0.1:8888:8888 harbour:development"
    )


def test_the_production_server_is_held_to_what_it_needs(project: Project) -> None:
    made = production_server(context(project), SETTINGS, ContainerOptions())
    assert made.line == (
        "docker run --rm --pull never --name harbour-prod-8888 "
        f"--label shanty.project={project.id} --label shanty.task=prod "
        "--cap-drop ALL --security-opt no-new-privileges --pids-limit 2048 --stop-timeout 40 "
        "--read-only --tmpfs /tmp:noexec,nosuid,nodev --env PORT=8888 "
        "--publish 127.0.0.1:8888:8888 harbour:production"
    )


def test_what_is_asked_of_one_server_is_asked_of_docker(project: Project) -> None:
    options = ContainerOptions(
        env=("TOKEN=secret=1", "HOME"),
        env_file="a b.env",
        detach=True,
        host="0.0.0.0",  # noqa: S104 - nothing listens here
        workers=2,
        writable=True,
    )
    made = production_server(context(project), replace(SETTINGS, port=5555), options)
    assert made.line == (
        "docker run --detach --pull never --name harbour-prod-5555 "
        f"--label shanty.project={project.id} --label shanty.task=prod "
        "--env-file 'a b.env' --env TOKEN --env HOME "
        "--cap-drop ALL --security-opt no-new-privileges --pids-limit 2048 --stop-timeout 40 "
        "--user 0:0 --env WEB_CONCURRENCY=2 --env PORT=5555 "
        "--publish 0.0.0.0:5555:5555 harbour:production"
    )
    assert made.environment == {"TOKEN": "secret=1"}
    assert made.container == "harbour-prod-5555"


def test_limits_are_docker_s_with_no_swap_beyond_and_half_of_the_memory_for_tmp(
    project: Project,
) -> None:
    options = ContainerOptions(memory="512m", cpus="1.5")
    made = production_server(context(project), SETTINGS, options)
    assert (
        "--read-only --tmpfs /tmp:noexec,nosuid,nodev,size=268435456 "
        "--memory 512m --memory-swap 512m --cpus 1.5 --env PORT=8888"
    ) in made.line
    limited = production_server(context(project), SETTINGS, replace(options, writable=True))
    assert "--user 0:0 --memory 512m --memory-swap 512m --cpus 1.5 " in limited.line
    assert "--tmpfs" not in limited.arguments


def test_what_outlives_its_command_is_nobodys(project: Project) -> None:
    """All else ends with its command, be that killed: a trial too, which has no terminal."""
    for detach in (False, True):
        options = ContainerOptions(detach=detach)
        served = production_server(context(project), SETTINGS, options)
        tried = trial_server(context(project), options, Trial("harbour:1", "trial", 1, 1))
        assert (served.is_owned, tried.is_owned) == (not detach, True)


def test_a_trial_is_held_as_production_is_on_a_port_of_its_own(project: Project) -> None:
    options = ContainerOptions(detach=True, host="0.0.0.0", memory="512m")  # noqa: S104
    made = trial_server(context(project), options, Trial("harbour:1", "trial", 40001, 8000))
    assert made.line == (
        f"docker run --detach --pull never --name trial --label shanty.project={project.id} "
        "--label shanty.task=verify --cap-drop ALL --security-opt no-new-privileges "
        "--pids-limit 2048 --stop-timeout 40 "
        "--read-only --tmpfs /tmp:noexec,nosuid,nodev,size=268435456 "
        "--memory 512m --memory-swap 512m "
        "--env PORT=8000 --publish 127.0.0.1:40001:8000 harbour:1"
    )
    assert made.container == "trial"


def test_a_trial_may_keep_its_capabilities_and_write(project: Project) -> None:
    trial = Trial("harbour:1", "trial", 40001, 8000, capabilities=True)
    made = trial_server(context(project), ContainerOptions(writable=True), trial)
    assert "--user 0:0 --env PORT=8000" in made.line
    assert not {"--cap-drop", "--security-opt", "--read-only"} & set(made.arguments)


def test_a_trial_that_takes_orders_has_them_in_its_environment_and_not_on_the_line(
    project: Project,
) -> None:
    trial = Trial("harbour:1", "trial", 1, 2, interface="asgi", start=("/entry", "serve", "a b"))
    made = trial_server(context(project), ContainerOptions(env=("A=1",)), trial)
    assert made.arguments[-13:] == (
        *("--env", "SHANTY_INTERFACE=asgi", "--env", "SHANTY_SITE", "--entrypoint", "/bin/sh"),
        *("harbour:1", "-euc", TAKE_ORDERS, "sh", "/entry", "serve", "a b"),
    )
    assert made.environment == {"A": "1", "SHANTY_SITE": ORDERS.read_text("utf-8")}
    compile(made.environment["SHANTY_SITE"], "sitecustomize.py", "exec")


def test_the_name_of_a_container_has_no_slash(project: Project) -> None:
    """An image may live in a registry; Docker refuses a container called after all of it."""
    settings = replace(SETTINGS, image="registry.example:5000/port/harbour")
    options = ContainerOptions()
    for made in (
        development_server(context(project), settings, options, "1a"),
        production_server(context(project), settings, options),
    ):
        arguments = made.arguments
        name = arguments[arguments.index("--name") + 1]
        assert not set(name) & set("/:")
        assert arguments[-1].startswith("registry.example:5000/port/harbour:")


def test_a_command_runs_in_the_development_image_with_its_words_untouched(
    project: Project,
) -> None:
    options = ContainerOptions(env=("A=1",), tty=True)
    made = command(context(project), SETTINGS, ["flask", "a b", "--x"], options, "harbour-run-1")
    assert made.line == (
        "docker run --rm --pull never --name harbour-run-1 "
        f"--label shanty.project={project.id} --label shanty.task=run --env A "
        f"--init --interactive --tty {CALLER} "
        f"--mount type=bind,source={project.root},target=/opt/app "
        "harbour:development flask 'a b' --x"
    )
    assert made.environment == {"A": "1"}


def test_a_shell_takes_the_entrypoint_s_place(project: Project) -> None:
    options = ContainerOptions(tty=True)
    made = shell(context(project), SETTINGS, "development", options, "harbour-shell-1")
    assert made.line == (
        "docker run --rm --pull never --name harbour-shell-1 "
        f"--label shanty.project={project.id} --label shanty.task=shell "
        f"--init --interactive --tty {CALLER} "
        f"--mount type=bind,source={project.root},target=/opt/app "
        "--entrypoint docker-entrypoint.sh harbour:development /bin/bash"
    )


def test_a_shell_in_production_sees_what_production_sees(project: Project) -> None:
    made = shell(context(project), SETTINGS, "production", ContainerOptions(), "harbour-shell-1")
    assert made.line == (
        "docker run --rm --pull never --name harbour-shell-1 "
        f"--label shanty.project={project.id} --label shanty.task=shell "
        "--init --interactive --entrypoint /bin/bash harbour:production"
    )


def test_sources_may_lie_in_a_folder_with_a_comma_or_a_quote(tmp_path: Path) -> None:
    root = tmp_path / 'a,"b"'
    project = Project(root, root, {})
    made = development_server(context(project), SETTINGS, ContainerOptions(), "1a")
    quoted = str(root).replace('"', '""')
    assert f'type=bind,"source={quoted}",target=/opt/app' in made.arguments


def test_what_a_project_depends_on_by_path_is_mounted_where_the_image_has_it(
    project: Project,
) -> None:
    shared = Context(
        project, project.root.parent, None, "harbour", "/opt/app/harbour", ("lib", "quay/rope")
    )
    made = development_server(shared, SETTINGS, ContainerOptions(), "1a")
    above = project.root.parent
    mounts = [word for word in made.arguments if word.startswith("type=bind")]
    assert mounts == [
        f"type=bind,source={project.root},target=/opt/app/harbour",
        f"type=bind,source={above}/lib,target=/opt/app/lib",
        f"type=bind,source={above}/quay/rope,target=/opt/app/quay/rope",
    ]


def test_a_machine_without_user_ids_names_no_user(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "getuid")
    made = development_server(context(project), SETTINGS, ContainerOptions(), "1a")
    assert "--user" not in made.arguments
    assert "--mount" in made.arguments
