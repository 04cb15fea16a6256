"""Production pushed to a real registry, and a version that stays what it is there."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.engine.island import engine, entering, namespace, way_out
from tests.engine.projects import GIT
from tests.engine.registry import running, unpacked
from tests.engine.support import Workspace, command, docker, edit, free_port, get, inside
from tests.engine.test_remembered import BASE, Machine, prepared, serve

VERSION = "0.1.0"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the registry's program."""
    return unpacked(tmp_path_factory.mktemp("registry"))


@pytest.fixture
def repository(
    program: Path, workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Return a repository in a registry that has nothing yet."""
    with running(program, tmp_path_factory.mktemp("images"), free_port()) as address:
        yield f"{address}/quay/coach-planner"
        workspace.invoke("clean", "--images", code=None)


def commit(workspace: Workspace) -> str:
    """Commit the sources as they are; return the commit."""
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
        subprocess.run([*GIT, *words], cwd=workspace.root, check=True)
    line = [*GIT, "rev-parse", "HEAD"]
    done = subprocess.run(line, cwd=workspace.root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def pulled(reference: str) -> str:
    """Pull an image as another machine would; return what it says of the app."""
    docker("image", "rm", "--force", reference.partition("@")[0], code=None)
    docker("pull", "--quiet", reference)
    try:
        code = "import coach_planner; print(coach_planner.__name__)"
        return inside(reference, "python", "-c", code)
    finally:
        docker("image", "rm", "--force", reference)


def tags(repository: str) -> set[str]:
    """Return the tags that a registry has."""
    port, _, name = repository.partition(":")[2].partition("/")
    return set(json.loads(get(int(port), f"/v2/{name}/tags/list")[1]).get("tags") or ())


def digest_of(name: str) -> str:
    """Return what a registry has under a name."""
    form = "{{json .Manifest}}"
    told = docker("buildx", "imagetools", "inspect", "--format", form, name).stdout
    digest: str = json.loads(told)["digest"]
    return digest


def test_a_release_is_pushed_once_under_its_version_and_its_commit(
    workspace: Workspace, repository: str
) -> None:
    short = commit(workspace)[:12]
    first = workspace.invoke("push", "--to", repository).stdout.splitlines()
    names = [f"{repository}:{VERSION}", f"{repository}:{short}"]
    assert first == [f"{name}@{digest_of(name)}" for name in names]
    assert pulled(first[0]) == "coach_planner"
    again = workspace.invoke("push", "--to", repository)
    assert again.stdout.splitlines() == first == [f"{name}@{digest_of(name)}" for name in names]
    assert f"shanty: {names[0]} is there already, with these contents" in again.stderr


def test_a_version_with_other_contents_is_not_overwritten_unless_told(
    workspace: Workspace, repository: str
) -> None:
    commit(workspace)
    before = workspace.invoke("push", "--to", repository).stdout
    edit(workspace.sample / "src/coach_planner/pages.py", '"ok"', '"fine"')
    dirty = workspace.invoke("push", "--to", repository).stdout
    assert [line.partition("@")[0].endswith("-dirty") for line in dirty.splitlines()] == [True] * 2
    commit(workspace)
    refused = workspace.invoke("push", "--to", repository, code=2)
    assert refused.stderr.splitlines()[-2:] == [
        f"{repository}:{VERSION} is there already, with other contents",
        (
            "fix: write the next version down  # or overwrite it: "
            f"invoke push --to {repository} --force"
        ),
    ]
    assert pulled(before.splitlines()[0]) == "coach_planner"
    assert f"{VERSION}-dirty" in tags(repository)
    after = workspace.invoke("push", "--to", repository, "--force").stdout
    assert after.splitlines()[0] != before.splitlines()[0]
    edit(workspace.sample / "pyproject.toml", f'version = "{VERSION}"', 'version = "0.2.0"')
    commit(workspace)
    workspace.invoke("push", "--to", repository)
    assert {VERSION, "0.2.0"} <= tags(repository)


def test_a_registry_that_is_not_there_is_told(workspace: Workspace) -> None:
    nowhere = f"127.0.0.1:{free_port()}/quay/coach-planner"
    refused = workspace.invoke("push", "--to", nowhere, code=3)
    what, fix = refused.stderr.splitlines()[-2:]
    assert what.startswith(f"the registry of {nowhere}:{VERSION} cannot be asked: ")
    assert fix.startswith("fix: docker buildx imagetools inspect ")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Return a machine whose engine keeps images as registries do, with one on its loopback."""
    name, root = f"push-{os.getpid()}", tmp_path_factory.mktemp("push")
    # The path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="push-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(namespace(name))
        stack.enter_context(way_out(name))
        serve(name, folder, stack)
        docker("save", "--output", f"{folder}/base.tar", BASE)
        file = folder / "daemon.json"
        file.write_text(json.dumps({"features": {"containerd-snapshotter": True}}), "utf-8")
        address = stack.enter_context(engine(name, folder, f"--config-file={file}"))
        docker("--host", address, "load", "--input", f"{folder}/base.tar")
        yield Machine(address, name, prepared(root / "sample"), {"SHANTY_BASE_IMAGE": BASE})


def test_for_a_platform_it_is_pushed_with_its_provenance_and_named_last(machine: Machine) -> None:
    repository = "127.0.0.1:5000/quay/coach-planner"
    short = commit(Workspace(machine.root, ""))[:12]
    words = ("push", "--to", repository, "--platform", "linux/amd64")
    pushed = machine.type(*words)
    told = dict(line.split("@") for line in pushed.stdout.splitlines())
    assert list(told) == [f"{repository}:{VERSION}", f"{repository}:{short}"]
    line = [*entering(machine.name), "docker", "--host", machine.address, "buildx", "imagetools"]
    for name, digest in told.items():
        found = command([*line, "inspect", "--format", "{{json .Manifest}}", name]).stdout
        assert json.loads(found)["digest"] == digest
        raw = command([*line, "inspect", "--raw", name]).stdout
        kinds = [one.get("annotations", {}) for one in json.loads(raw)["manifests"]]
        proofs = [kind.get("vnd.docker.reference.type") for kind in kinds]
        assert proofs == [None, "attestation-manifest"]
    again = machine.type(*words)
    assert again.stdout == pushed.stdout
    assert "is there already, with these contents" in again.stderr
