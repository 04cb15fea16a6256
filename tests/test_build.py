"""The build of one target: the whole line, made from facts and settings alone."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from shanty.build import BuildOptions, build_image, check_target
from shanty.dockerfile import shipped_docker
from shanty.errors import UsageError
from shanty.network import ca_bundle
from shanty.project import Project, find_project
from shanty.recipe import Recipe
from shanty.server import Server
from shanty.settings import Settings
from tests.harbour import DOCKERFILE, SETTINGS, context, recipe

MakeProject = Callable[..., Project]
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


def build(
    made_of: Project | Recipe,
    settings: Settings = SETTINGS,
    environment: Mapping[str, str] | None = None,
    options: BuildOptions = BuildOptions(),  # noqa: B008
) -> str:
    """Return the line of a production build."""
    usual = made_of if isinstance(made_of, Recipe) else recipe(made_of)
    return build_image(settings, usual, "production", environment or {}, options).line


def test_the_four_targets_are_known() -> None:
    for target in ("staging", "development", "build", "production"):
        check_target(target)


def test_another_target_is_refused_with_the_four() -> None:
    with pytest.raises(UsageError) as refused:
        check_target("prod")
    assert str(refused.value) == (
        "there is no target 'prod'\nfix: use one of staging, development, build, production"
    )


def test_a_project_with_docker_files_is_built_with_them(project: Project) -> None:
    made = build_image(SETTINGS, recipe(project), "production", {})
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
    shipped = shipped_docker()
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


def test_the_gate_and_the_time_of_the_sources_travel_where_there_is_one(project: Project) -> None:
    gated = replace(SETTINGS, test_gate=True)
    assert build(recipe(project, source_date="1600000000"), gated).endswith(
        "--build-arg TEST_GATE=true --build-arg SOURCE_DATE_EPOCH=1600000000 --load ."
    )


def test_a_gate_that_the_dockerfile_does_not_have_is_refused(project: Project) -> None:
    dockerfile = project.root / "docker" / "Dockerfile"
    dockerfile.write_text(DOCKERFILE.replace("ARG TEST_GATE", "# ARG TEST_GATE"), encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        build(project, replace(SETTINGS, test_gate=True))
    assert refused.value.what == (
        f"test-gate = true, and {dockerfile} has no stage that runs the tests"
    )
    assert refused.value.fix.endswith(f"init --force {dockerfile}")


def test_the_tests_are_sent_where_they_are_a_gate(
    make_project: MakeProject, cache_folder: Path
) -> None:
    project = make_project({"harbour.py": "", "tests/test_x.py": ""})
    ignored = cache_folder / "shanty" / project.id / "Dockerfile.dockerignore"
    build(project)
    assert "/tests" in ignored.read_text(encoding="utf-8").splitlines()
    build(project, replace(SETTINGS, test_gate=True))
    assert "/tests" not in ignored.read_text(encoding="utf-8").splitlines()


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
    assert ca_bundle({variable: str(bundle)}) == bundle


def test_a_ca_bundle_may_lie_in_a_folder_with_a_comma(project: Project, tmp_path: Path) -> None:
    bundle = tmp_path / "a,b.crt"
    bundle.write_text("")
    made = build_image(SETTINGS, recipe(project), "build", {"SSL_CERT_FILE": str(bundle)})
    assert f'id=ca,"src={bundle}"' in made.arguments


def test_a_mirror_and_credentials_travel_as_secrets_that_no_line_shows(
    make_project: MakeProject, tmp_path: Path
) -> None:
    source = '[tool.poetry]\nname = "harbour"\n[[tool.poetry.source]]\nname = "pier"\nurl = "x"\n'
    project = make_project({"docker/Dockerfile": DOCKERFILE}, source)
    environment = {
        "PIP_INDEX_URL": "https://mate:s3cret@mirror.example/simple",
        "POETRY_HTTP_BASIC_PIER_PASSWORD": "t0ken",
    }
    made = build_image(SETTINGS, recipe(project), "build", environment)
    assert "--secret id=pip,env=SHANTY_SECRET_PIP" in made.line
    assert "--secret id=poetry-auth,env=SHANTY_SECRET_POETRY_AUTH" in made.line
    assert "s3cret" not in made.line
    assert "t0ken" not in made.line
    assert "s3cret" in made.environment["SHANTY_SECRET_PIP"]
    assert "t0ken" in made.environment["SHANTY_SECRET_POETRY_AUTH"]
    (tmp_path / "auth.toml").write_text('[http-basic.pier]\npassword = "t0ken"\n', "utf-8")
    made = build_image(SETTINGS, recipe(project), "build", {"POETRY_CONFIG_DIR": str(tmp_path)})
    assert f"--secret id=poetry-auth,src={tmp_path}/auth.toml" in made.line
    assert made.environment == {}
