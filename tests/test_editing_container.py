"""Poetry in a container: the whole line, and what travels by name alone."""

import socket
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from shanty.container import CA
from shanty.editing.container import POETRY, Access, Call, poetry_container, read_access
from shanty.identity import identity
from shanty.project import Project
from tests.conftest import PYPROJECT
from tests.harbour import SETTINGS

MakeProject = Callable[..., Project]
SOURCE = '\n[[tool.poetry.source]]\nname = "quay"\nurl = "https://quay.example/simple/"\n'


def test_every_path_means_inside_what_it_means_here(make_project: MakeProject) -> None:
    project = make_project()
    call = Call(
        ("add", "--group", "test", "pytest>=9"),
        Access(),
        {project.root: Path("/copies/project"), Path("/built"): Path("/copies/0")},
        (Path("/a,lib"),),
    )
    made = poetry_container(project, SETTINGS, call, "harbour-poetry-1")
    assert made.arguments == (
        *("docker", "run", "--rm", "--init", "--pull", "never", "--name", "harbour-poetry-1"),
        *("--label", f"shanty.project={project.id}", "--label", "shanty.task=add"),
        *(*identity(()), "--security-opt", "no-new-privileges"),
        *("--mount", 'type=bind,"source=/a,lib","target=/a,lib",readonly'),
        *("--mount", f"type=bind,source=/copies/project,target={project.root}"),
        *("--mount", "type=bind,source=/copies/0,target=/built"),
        *("--env", "HOME=/tmp", "--workdir", str(project.root), "--entrypoint", "/bin/sh"),
        *("harbour:staging", "-euc", POETRY, "sh"),
        *("add", "--lock", "--group", "test", "pytest>=9"),
    )
    assert (made.container, dict(made.environment)) == ("harbour-poetry-1", {})


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("remove rope", "remove --lock rope"),
        ("update", "update --lock"),
        ("lock --regenerate", "lock --regenerate"),
    ],
)
def test_nothing_is_installed(make_project: MakeProject, words: str, meant: str) -> None:
    project = make_project()
    call = Call(words.split(), Access(), {project.root: project.root})
    assert poetry_container(project, SETTINGS, call, "x").line.endswith(f" sh {meant}")


def test_who_poetry_is_follows_the_engine(make_project: MakeProject) -> None:
    project = make_project()
    call = Call(["lock"], Access(), {project.root: project.root}, security=["name=rootless"])
    assert " --user 0:0 " in poetry_container(project, SETTINGS, call, "x").line


def test_what_leads_to_others_is_named_and_its_value_is_not(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project(pyproject=PYPROJECT + SOURCE)
    bundle, auth = tmp_path / "ca.crt", tmp_path / "auth.toml"
    bundle.touch()
    auth.write_text('[http-basic.quay]\nusername = "mate"\npassword = "secret"\n', "utf-8")
    environment = {
        "SSL_CERT_FILE": str(bundle),
        "HTTPS_PROXY": "http://mate:secret@proxy.example",
        "POETRY_HTTP_BASIC_QUAY_PASSWORD": "secret",
        "POETRY_CONFIG_DIR": str(tmp_path),
        "HOME": str(tmp_path),
    }
    mirror = {"POETRY_PYPI_MIRROR_URL": "https://mate:secret@mirror.example/simple"}
    access = read_access(project, environment, mirror)
    made = poetry_container(
        project, SETTINGS, Call(["lock"], access, {project.root: project.root}), "x"
    )
    assert (
        f"--mount type=bind,source={bundle},target={CA},readonly "
        f"--mount type=bind,source={auth},target=/run/secrets/pypoetry/auth.toml,readonly "
        f"--env HOME=/tmp --env SSL_CERT_FILE={CA} --env REQUESTS_CA_BUNDLE={CA} "
        f"--env GIT_SSL_CAINFO={CA} --env POETRY_CONFIG_DIR=/run/secrets/pypoetry "
        "--env HTTPS_PROXY --env POETRY_HTTP_BASIC_QUAY_PASSWORD --env POETRY_PYPI_MIRROR_URL "
    ) in made.line
    assert "secret@" not in made.line
    assert "'poetry-plugin-pypi-mirror>=0.6.2,<0.7'" in made.arguments[-3]
    assert made.environment == {
        "HTTPS_PROXY": "http://mate:secret@proxy.example",
        "POETRY_HTTP_BASIC_QUAY_PASSWORD": "secret",
        **mirror,
    }


def test_credentials_are_no_concern_of_a_project_without_sources(
    make_project: MakeProject, tmp_path: Path
) -> None:
    (tmp_path / "auth.toml").write_text('[http-basic.quay]\nusername = "mate"\n', "utf-8")
    environment = {"POETRY_CONFIG_DIR": str(tmp_path), "HOME": str(tmp_path)}
    assert read_access(make_project(), environment, {}) == Access()


def test_an_agent_is_lent_to_git(make_project: MakeProject) -> None:
    with TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as agent:
        agent.bind(f"{folder}/agent")
        environment = {"SSH_AUTH_SOCK": f"{folder}/agent"}
        access = read_access(make_project(), environment, {}, over_ssh=True)
    assert access.files == {"/run/ssh-agent": Path(folder, "agent")}
    assert access.variables["SSH_AUTH_SOCK"] == "/run/ssh-agent"
    assert access.variables["POETRY_SYSTEM_GIT_CLIENT"] == "true"
    without = read_access(make_project(), {}, {}, over_ssh=True)
    assert (without.files, "SSH_AUTH_SOCK" in without.variables) == ({}, False)
