"""The base image pinned to what a registry has, asked of a real one."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.projects import base_image
from tests.engine.registry import push, running, unpacked
from tests.engine.support import Workspace, docker, edit, free_port, inspect

DIGEST = r"sha256:[0-9a-f]{64}"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the registry's program."""
    return unpacked(tmp_path_factory.mktemp("registry"))


@pytest.fixture
def registry(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a registry without an image."""
    with running(program, tmp_path_factory.mktemp("images"), free_port()) as address:
        yield address


@pytest.fixture
def named(workspace: Workspace, registry: str) -> Iterator[str]:
    """Return the base image that the workspace names: the usual one, in that registry."""
    name = f"{registry}/quay/python:3.13-slim"
    push(base_image(workspace.root), name)
    name_base(workspace, name)
    yield name
    workspace.invoke("clean", "--images", code=None)
    repository = name.rpartition(":")[0]
    for identifier in docker("image", "ls", "--quiet", "--no-trunc", repository).stdout.split():
        digests = inspect(identifier, ".RepoDigests")
        assert isinstance(digests, list)
        docker("image", "rm", *(one for one in digests if one.startswith(repository)), code=None)


def name_base(workspace: Workspace, name: str) -> None:
    """Name a base image in the sample's settings."""
    edit(
        workspace.sample / "pyproject.toml",
        "[tool.shanty]\n",
        f'[tool.shanty]\nbase-image = "{name}"\n',
    )


def pinned(workspace: Workspace) -> tuple[str, str]:
    """Return the base image that the settings name, without and with its digest."""
    text = (workspace.sample / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(rf'^base-image = "((.*)@{DIGEST})"$', text, re.MULTILINE)
    assert found
    return found[2], found[1]


def moved(name: str) -> None:
    """Let a tag name another image in its registry."""
    docker(
        "buildx",
        "build",
        "--quiet",
        "--tag",
        name,
        "--load",
        "-",
        stdin="FROM scratch\nLABEL a=b\n",
    )
    docker("push", "--quiet", name)
    docker("image", "rm", name)


def test_a_pinned_base_is_pulled_by_its_digest_and_told_by_the_image(
    workspace: Workspace, named: str
) -> None:
    workspace.invoke("sync", "--pin-base")
    tag, whole = pinned(workspace)
    assert tag == named
    dockerfile = (workspace.root / "docker/Dockerfile").read_text(encoding="utf-8")
    assert f"ARG BASE_IMAGE={whole}\n" in dockerfile
    moved(named)
    built = workspace.invoke("build")
    assert f"shanty > docker pull {whole}" in built.stderr
    labels = inspect(workspace.tag("production"), ".Config.Labels")
    assert isinstance(labels, dict)
    assert labels["org.opencontainers.image.base.name"] == named
    assert f"{tag}@{labels['org.opencontainers.image.base.digest']}" == whole
    again = workspace.invoke("build")
    assert "docker pull" not in again.stderr


def test_a_check_names_a_tag_that_has_moved_until_it_is_pinned_anew(
    workspace: Workspace, named: str
) -> None:
    workspace.invoke("sync", "--pin-base")
    _, before = pinned(workspace)
    workspace.invoke("sync", "--check")
    moved(named)
    failed = workspace.invoke("sync", "--check", code=1)
    assert re.search(
        rf"base-image is {re.escape(before)}, wanted .*: the tag has moved", failed.stdout
    )
    assert failed.stderr.splitlines()[-1] == "fix: invoke sync --pin-base"
    workspace.invoke("sync", "--pin-base")
    assert pinned(workspace)[1] != before
    workspace.invoke("sync", "--check")


def test_an_index_of_several_platforms_is_pinned_as_such(workspace: Workspace, named: str) -> None:
    both = f"{named}-index"
    docker("buildx", "imagetools", "create", "--tag", both, named)
    edit(workspace.sample / "pyproject.toml", named, both)
    workspace.invoke("sync", "--pin-base")
    raw = docker("buildx", "imagetools", "inspect", "--raw", pinned(workspace)[1]).stdout
    assert '"manifests"' in raw
    docker("pull", "--quiet", pinned(workspace)[1])


def test_a_registry_that_is_gone_is_said_and_is_no_difference(
    workspace: Workspace, program: Path, tmp_path: Path
) -> None:
    (tmp_path / "images").mkdir()
    with running(program, tmp_path / "images", free_port()) as registry:
        name = f"{registry}/quay/python:3.13-slim"
        push(base_image(workspace.root), name)
        name_base(workspace, name)
        workspace.invoke("sync", "--pin-base")
    checked = workspace.invoke("sync", "--check")
    assert f"the pin of {name} is not checked: the registry" in checked.stderr
    refused = workspace.invoke("sync", "--pin-base", code=3)
    assert refused.stderr.splitlines()[-2].startswith(f"the registry of {name} cannot be asked: ")


def test_an_image_that_the_registry_lacks_is_refused(workspace: Workspace, registry: str) -> None:
    name = f"{registry}/quay/nothing:1"
    name_base(workspace, name)
    refused = workspace.invoke("sync", "--pin-base", code=2)
    assert refused.stderr.splitlines()[-2].startswith(f"no registry has the base image {name}: ")


def test_a_base_image_that_was_made_here_is_refused(workspace: Workspace) -> None:
    name_base(workspace, "shanty/python:3.13")
    refused = workspace.invoke("sync", "--pin-base", code=2)
    assert "no registry has a digest for it" in refused.stderr
