"""What Docker is asked to do: whole command lines, made from facts and settings alone."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from shanty import request
from shanty.context import Context, read_context
from shanty.errors import UsageError
from shanty.project import Project, find_project
from shanty.recipe import Recipe
from shanty.request import BuildOptions, ContainerOptions, Request
from shanty.server import Server
from shanty.settings import Settings

MakeProject = Callable[..., Project]
CALLER = f"--user {os.getuid()}:{os.getgid()}"
SETTINGS = Settings(
    poetry_version="2.5.1",
    python_version="3.13",
    app="harbour:create_app()",
    image="harbour",
    base_image="python:3.13-slim",
    port=8888,
    system_packages=(),
    build_system_packages=(),
    groups=("main",),
    extras=(),
    serve=None,
    ship=None,
    prestart=(),
    health_path=None,
    env_file=None,
)
GUNICORN = Server(
    'gunicorn --config /etc/gunicorn.conf.py --bind "0.0.0.0:$PORT" "$APP"', "from the lock"
)
FLASK = Server('flask run --host 0.0.0.0 --port "$PORT"', "Flask's own")
DOCKERFILE = (request.shipped_docker() / "Dockerfile").read_text(encoding="utf-8")
ALWAYS = (
    "--build-arg BASE_IMAGE=python:3.13-slim --build-arg PYTHON_VERSION=3.13 "
    "--build-arg POETRY_VERSION=2.5.1 --build-arg PROJECT_DIR=. "
    "--build-arg 'APP=harbour:create_app()'"
)


@pytest.fixture
def project(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project with Docker files of its own, entered."""
    owned = make_project({"docker/Dockerfile": DOCKERFILE})
    monkeypatch.chdir(owned.root)
    return owned


def context(project: Project) -> Context:
    """Return the context of a project whose lock has nothing to say."""
    return read_context(project, None)


def recipe(project: Project, **changes: object) -> Recipe:
    """Return the recipe that the shipped Dockerfile is written for, with some changes."""
    usual = Recipe(context(project), GUNICORN, FLASK, "wheel", "poetry", "")
    return replace(usual, **changes)  # type: ignore[arg-type]


def build(
    made_of: Project | Recipe,
    settings: Settings = SETTINGS,
    environment: Mapping[str, str] | None = None,
    options: BuildOptions = BuildOptions(),  # noqa: B008
) -> str:
    """Return the line of a production build."""
    usual = made_of if isinstance(made_of, Recipe) else recipe(made_of)
    return request.build(settings, usual, "production", environment or {}, options).line


# Names


def test_a_target_is_tagged_by_its_name() -> None:
    assert request.tag(SETTINGS, "development") == "harbour:development"


def test_the_four_targets_are_known() -> None:
    for target in ("staging", "development", "build", "production"):
        request.check_target(target)


def test_another_target_is_refused_with_the_four() -> None:
    with pytest.raises(UsageError) as refused:
        request.check_target("prod")
    assert str(refused.value) == (
        "there is no target 'prod'\nfix: use one of staging, development, build, production"
    )


def test_a_line_can_be_pasted_into_a_shell() -> None:
    assert Request(("docker", "run", "a b", "$x")).line == "docker run 'a b' '$x'"


# Builds


def test_a_project_with_docker_files_is_built_with_them(project: Project) -> None:
    made = request.build(SETTINGS, recipe(project), "production", {})
    assert made.environment == {}
    assert made.line == (
        "docker buildx build --file docker/Dockerfile --target production "
        f"--tag harbour:production --label shanty.project={project.id} {ALWAYS} --load ."
    )


def test_a_project_without_docker_files_is_built_with_the_shipped_ones(
    make_project: MakeProject, cache_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project({"harbour.py": ""})
    monkeypatch.chdir(project.root)
    shipped = request.shipped_docker()
    copy = cache_folder / "shanty" / project.id / "Dockerfile"
    assert build(project) == (
        f"docker buildx build --file {copy} --target production "
        f"--tag harbour:production --label shanty.project={project.id} {ALWAYS} "
        f"--build-context docker={shipped} --load ."
    )
    assert copy.read_text(encoding="utf-8") == DOCKERFILE


def test_a_workspace_builds_the_project_below_it(
    make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_project()
    (tmp_path / "pyproject.toml").write_text('[tool.shanty]\nproject = "harbour"\n')
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "Dockerfile").write_text(DOCKERFILE)
    monkeypatch.chdir(tmp_path)
    project = find_project(tmp_path)
    always = ALWAYS.replace("PROJECT_DIR=.", "PROJECT_DIR=harbour")
    assert build(project) == (
        "docker buildx build --file docker/Dockerfile --target production "
        f"--tag harbour:production --label shanty.project={project.id} {always} --load ."
    )


def test_what_is_set_travels_as_build_arguments(project: Project) -> None:
    settings = replace(
        SETTINGS,
        system_packages=("libpq5", "curl"),
        build_system_packages=("gcc",),
        groups=("main", "serve"),
        extras=("a", "b"),
        prestart=("flask db upgrade", "flask seed"),
        health_path="/health",
    )
    assert build(project, settings) == (
        "docker buildx build --file docker/Dockerfile --target production "
        f"--tag harbour:production --label shanty.project={project.id} {ALWAYS} "
        "--build-arg 'SYSTEM_PACKAGES=libpq5 curl' --build-arg BUILD_SYSTEM_PACKAGES=gcc "
        "--build-arg POETRY_GROUPS=main,serve --build-arg 'POETRY_EXTRAS=a b' "
        "--build-arg 'PRESTART=flask db upgrade; flask seed' "
        "--build-arg HEALTH_PATH=/health --load ."
    )


def test_what_the_project_needs_travels_where_the_dockerfile_says_otherwise(
    project: Project,
) -> None:
    served = Server("waitress-serve $APP", "", ("setuptools",), ("prod", "main"), ("server",))
    needed = recipe(
        project,
        production=served,
        development=Server("python -m gunicorn --reload $APP", "", ("gunicorn",)),
        ship="both",
        install="backend",
        import_root="/opt/app",
        version="1.2",
        build_packages=("git",),
        context=replace(context(project), app_dir="/opt/app/a", path_dependencies=("b", "c")),
    )
    assert build(needed, replace(SETTINGS, build_system_packages=("git", "gcc"))) == (
        "docker buildx build --file docker/Dockerfile --target production "
        f"--tag harbour:production --label shanty.project={project.id} {ALWAYS} "
        "--build-arg APP_DIR=/opt/app/a --build-arg PATH_DEPENDENCIES=b:c "
        "--build-arg 'BUILD_SYSTEM_PACKAGES=git gcc' --build-arg POETRY_GROUPS=main,prod "
        "--build-arg POETRY_EXTRAS=server --build-arg INSTALL=backend "
        "--build-arg PROJECT_VERSION=1.2 --build-arg SHIP=both --build-arg IMPORT_ROOT=/opt/app "
        "--build-arg SERVER=setuptools --build-arg 'SERVE=waitress-serve $APP' "
        "--build-arg STOP_SIGNAL=SIGINT --build-arg DEVELOPMENT_SERVER=gunicorn "
        "--build-arg 'DEVELOPMENT_SERVE=python -m gunicorn --reload $APP' --load ."
    )


def test_the_ssh_agent_goes_along_where_a_dependency_is_fetched_with_it(project: Project) -> None:
    agent = {"SSH_AUTH_SOCK": "/run/agent"}
    fetched = recipe(project, build_packages=("git", "openssh-client"))
    assert build(fetched, environment=agent).endswith("--ssh default --load .")
    assert "--ssh" not in build(fetched)
    assert "--ssh" not in build(recipe(project, build_packages=("git",)), environment=agent)


def test_what_is_asked_of_one_build_is_asked_of_docker(project: Project) -> None:
    options = BuildOptions(
        tags=("harbour:1.0", "harbour:latest"),
        platforms=("linux/amd64", "linux/arm64"),
        push=True,
        no_cache=True,
        pull=True,
        builder="yard",
        cache_from="type=gha",
        cache_to="type=gha,mode=max",
    )
    assert build(project, options=options) == (
        "docker buildx build --file docker/Dockerfile --target production "
        f"--tag harbour:1.0 --tag harbour:latest --label shanty.project={project.id} {ALWAYS} "
        "--platform linux/amd64,linux/arm64 --builder yard --cache-from type=gha "
        "--cache-to type=gha,mode=max --no-cache --pull --push ."
    )


def test_proxies_are_passed_on_by_name_because_they_may_hold_a_password(project: Project) -> None:
    environment = {"HTTPS_PROXY": "http://me:secret@quay", "no_proxy": "quay", "HTTP_PROXY": ""}
    assert build(project, environment=environment) == (
        "docker buildx build --file docker/Dockerfile --target production "
        f"--tag harbour:production --label shanty.project={project.id} {ALWAYS} "
        "--build-arg HTTPS_PROXY --build-arg no_proxy --load ."
    )


@pytest.mark.parametrize(
    "variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"]
)
def test_the_machine_s_ca_bundle_is_passed_on_as_a_secret(
    project: Project, tmp_path: Path, variable: str
) -> None:
    bundle = tmp_path / "ca.crt"
    bundle.write_text("")
    assert build(project, environment={variable: str(bundle), "SSL_CERT_FILE": str(bundle)}) == (
        "docker buildx build --file docker/Dockerfile --target production "
        f"--tag harbour:production --label shanty.project={project.id} {ALWAYS} "
        f"--secret id=ca,src={bundle} --load ."
    )
    assert request.ca_bundle({variable: str(bundle)}) == bundle


def test_a_ca_bundle_may_lie_in_a_folder_with_a_comma(project: Project, tmp_path: Path) -> None:
    bundle = tmp_path / "a,b.crt"
    bundle.write_text("")
    made = request.build(SETTINGS, recipe(project), "build", {"SSL_CERT_FILE": str(bundle)})
    assert f'id=ca,"src={bundle}"' in made.arguments


def test_a_ca_bundle_that_is_not_there_is_told_by_its_variable() -> None:
    with pytest.raises(UsageError) as refused:
        request.ca_bundle({"PIP_CERT": "/nowhere/ca.crt"})
    assert str(refused.value) == (
        "PIP_CERT names /nowhere/ca.crt, and there is no such file\n"
        "fix: point PIP_CERT at the machine's CA bundle, or unset it"
    )


# Servers


def test_the_development_server_mounts_the_sources_and_publishes_one_port(
    project: Project,
) -> None:
    made = request.development_server(context(project), SETTINGS, ContainerOptions())
    assert made.line == (
        "docker run --rm --pull never --name harbour-dev-8888 "
        f"--label shanty.project={project.id} --label shanty.task=dev --init "
        f"{CALLER} --mount type=bind,source={project.root},target=/opt/app "
        "--env PORT=8888 --publish 127.0.0.1:8888:8888 harbour:development"
    )


def test_the_production_server_is_held_to_what_it_needs(project: Project) -> None:
    made = request.production_server(context(project), SETTINGS, ContainerOptions())
    assert made.line == (
        "docker run --rm --pull never --name harbour-prod-8888 "
        f"--label shanty.project={project.id} --label shanty.task=prod "
        "--cap-drop ALL --security-opt no-new-privileges --stop-timeout 40 "
        "--read-only --tmpfs /tmp --env PORT=8888 --publish 127.0.0.1:8888:8888 "
        "harbour:production"
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
    made = request.production_server(context(project), replace(SETTINGS, port=5555), options)
    assert made.line == (
        "docker run --detach --pull never --name harbour-prod-5555 "
        f"--label shanty.project={project.id} --label shanty.task=prod "
        "--env-file 'a b.env' --env TOKEN --env HOME "
        "--cap-drop ALL --security-opt no-new-privileges --stop-timeout 40 "
        "--user 0:0 --env WEB_CONCURRENCY=2 --env PORT=5555 "
        "--publish 0.0.0.0:5555:5555 harbour:production"
    )
    assert made.environment == {"TOKEN": "secret=1"}
    assert made.container == "harbour-prod-5555"


def test_the_name_of_a_container_has_no_slash(project: Project) -> None:
    """An image may live in a registry; Docker refuses a container called after all of it."""
    settings = replace(SETTINGS, image="registry.example:5000/port/harbour")
    for server in (request.development_server, request.production_server):
        arguments = server(context(project), settings, ContainerOptions()).arguments
        name = arguments[arguments.index("--name") + 1]
        assert not set(name) & set("/:")
        assert arguments[-1].startswith("registry.example:5000/port/harbour:")


# Commands and shells


def test_a_command_runs_in_the_development_image_with_its_words_untouched(
    project: Project,
) -> None:
    options = ContainerOptions(env=("A=1",), tty=True)
    made = request.command(
        context(project), SETTINGS, ["flask", "a b", "--x"], options, "harbour-run-1"
    )
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
    made = request.shell(context(project), SETTINGS, "development", options, "harbour-shell-1")
    assert made.line == (
        "docker run --rm --pull never --name harbour-shell-1 "
        f"--label shanty.project={project.id} --label shanty.task=shell "
        f"--init --interactive --tty {CALLER} "
        f"--mount type=bind,source={project.root},target=/opt/app "
        "--entrypoint /bin/bash harbour:development"
    )


def test_a_shell_in_production_sees_what_production_sees(project: Project) -> None:
    made = request.shell(
        context(project), SETTINGS, "production", ContainerOptions(), "harbour-shell-1"
    )
    assert made.line == (
        "docker run --rm --pull never --name harbour-shell-1 "
        f"--label shanty.project={project.id} --label shanty.task=shell "
        "--init --interactive --entrypoint /bin/bash harbour:production"
    )


def test_sources_may_lie_in_a_folder_with_a_comma_or_a_quote(tmp_path: Path) -> None:
    root = tmp_path / 'a,"b"'
    project = Project(root, root, {})
    made = request.development_server(context(project), SETTINGS, ContainerOptions())
    quoted = str(root).replace('"', '""')
    assert f'type=bind,"source={quoted}",target=/opt/app' in made.arguments


def test_what_a_project_depends_on_by_path_is_mounted_where_the_image_has_it(
    project: Project,
) -> None:
    shared = Context(
        project, project.root.parent, None, "harbour", "/opt/app/harbour", ("lib", "quay/rope")
    )
    made = request.development_server(shared, SETTINGS, ContainerOptions())
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
    made = request.development_server(context(project), SETTINGS, ContainerOptions())
    assert "--user" not in made.arguments
    assert "--mount" in made.arguments


# The rest


def test_containers_and_images_are_named_on_the_line() -> None:
    assert request.stop(["a", "b"]).line == "docker stop a b"
    assert request.remove_containers(["a", "b"]).line == "docker rm --force --volumes a b"
    assert request.remove_images(["x:1", "y"]).line == "docker image rm --force x:1 y"
    assert request.logs("a", follow=False).line == "docker logs a"
    assert request.logs("a", follow=True).line == "docker logs --follow a"
    assert request.pull("python:3.13-slim").line == "docker pull python:3.13-slim"


def test_the_shipped_files_are_the_checkout_s_or_the_installed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (request.shipped_docker() / "Dockerfile").is_file()
    (tmp_path / "docker").mkdir()
    monkeypatch.setattr(request, "__file__", str(tmp_path / "request.py"))
    assert request.shipped_docker() == tmp_path / "docker"


@pytest.mark.parametrize(
    ("path", "shown"),
    [(".", "."), ("docker/Dockerfile", "docker/Dockerfile"), ("-x", "./-x"), ("/etc", "/etc")],
)
def test_a_path_is_shown_as_one_would_type_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, shown: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert request.shown(tmp_path / path) == shown
