"""What one machine has built another need not: steps in a registry, and in a folder.

Both are engines of their own, whose image store exports a cache, in a namespace where a registry
is on the loopback.
"""

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shanty.dependencies.lock import content_hash
from shanty.pyproject import read_toml
from tests.engine.conftest import copy_workspace
from tests.engine.island import engine, entering, namespace, way_out
from tests.engine.registry import CONFIGURATION, unpacked
from tests.engine.support import Completed, Workspace, command, docker, edit, wait_for
from tests.engine.test_cache import executed

BASE = "shanty/python:3.13"
TOKEN = "t0ken-of-the-cache-4712"  # noqa: S105 - nobody's
SOURCE = """
[[tool.poetry.source]]
name = "quay"
url = "https://quay.invalid/simple/"
priority = "explicit"
"""
REGISTRY = "127.0.0.1:5000/coach-planner/cache:main"
RUNS = 3


@dataclass(frozen=True)
class Machine:
    """An engine with the base image and nothing else, and the sample beside it."""

    address: str
    name: str
    root: Path
    variables: dict[str, str] = field(default_factory=dict)

    def build(self, *words: str, code: int = 0) -> Completed:
        """Build production."""
        return self.type("build", *words, code=code)

    def type(self, *words: str, code: int = 0) -> Completed:
        """Run a task."""
        line = [*entering(self.name), sys.executable, "-m", "shanty", *words]
        environment = {
            "DOCKER_HOST": self.address,
            "SHANTY_IMAGE": "remembered",
            "XDG_CACHE_HOME": f"{self.root}/.cache",
            "POETRY_HTTP_BASIC_QUAY_USERNAME": "mate",
            "POETRY_HTTP_BASIC_QUAY_PASSWORD": TOKEN,
            **self.variables,
        }
        return command(line, cwd=self.root, env=environment, code=code)

    def seconds(self, *words: str) -> float:
        """Build with a builder that remembers nothing itself; return the seconds it took."""
        docker("--host", self.address, "image", "rm", "--force", "remembered:production", code=None)
        docker("--host", self.address, "builder", "prune", "--all", "--force")
        return float(self.build(*words).stdout.split()[-2])


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Machine, Machine]]:
    """Return two machines that have built nothing yet."""
    assert os.geteuid() == 0, "this test makes a network namespace, which takes root"
    name, root = f"remembered-{os.getpid()}", tmp_path_factory.mktemp("remembered")
    # The path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="remembered-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.enter_context(namespace(name))
        stack.enter_context(way_out(name))
        serve(name, folder, stack)
        docker("save", "--output", f"{folder}/base.tar", BASE)
        file = folder / "daemon.json"
        file.write_text(json.dumps({"features": {"containerd-snapshotter": True}}), "utf-8")
        found = []
        for number in ("1", "2"):
            (folder / number).mkdir()
            place = engine(name, folder / number, f"--config-file={file}")
            address = stack.enter_context(place)
            docker("--host", address, "load", "--input", f"{folder}/base.tar")
            found.append(Machine(address, name, prepared(root / number)))
        yield found[0], found[1]


def serve(name: str, folder: Path, stack: ExitStack) -> None:
    """Run a registry on the loopback of a namespace."""
    program, file = unpacked(folder), folder / "registry.yml"
    file.write_text(CONFIGURATION.format(folder=folder, port=5000), encoding="utf-8")
    quiet = subprocess.DEVNULL
    line = [*entering(name), str(program), "serve", str(file)]
    process = subprocess.Popen(line, stdout=quiet, stderr=quiet)
    stack.callback(process.wait, 10)
    stack.callback(process.terminate)
    asking = "import socket; socket.create_connection(('127.0.0.1', 5000))"
    asked = [*entering(name), sys.executable, "-c", asking]
    wait_for(lambda: command(asked, code=None).returncode == 0)


def prepared(folder: Path) -> Path:
    """Return a copy of the sample that has a private index, whose password is a secret."""
    folder.mkdir()
    sample = Workspace(copy_workspace(folder), "").sample
    manifest, lock = sample / "pyproject.toml", sample / "poetry.lock"
    before = content_hash(read_toml(manifest))
    manifest.write_text(manifest.read_text("utf-8") + SOURCE, "utf-8")
    edit(lock, before, content_hash(read_toml(manifest)))
    return folder


def stored(cache: Path) -> Iterator[bytes]:
    """Yield what a cache in a folder holds, unpacked."""
    for blob in (cache / "blobs/sha256").iterdir():
        content = blob.read_bytes()
        yield gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


@dataclass(frozen=True)
class Remembered:
    """A second machine, a folder that the first has exported to, and the seconds it took alone."""

    machine: Machine
    folder: Path
    alone: float
    said: str


@pytest.fixture(scope="module")
def remembered(
    machines: tuple[Machine, Machine], tmp_path_factory: pytest.TempPathFactory
) -> Remembered:
    """Build on the first, and have it export to a folder and to a registry."""
    first, second = machines
    folder = tmp_path_factory.mktemp("cache") / "steps"
    alone = first.seconds()
    said = [first.build("--cache-to", place).stderr for place in (REGISTRY, str(folder))]
    return Remembered(second, folder, alone, "".join(said))


def test_a_cold_build_from_what_another_machine_remembers_is_three_times_as_fast(
    remembered: Remembered,
) -> None:
    machine, alone = remembered.machine, remembered.alone
    registry = [machine.seconds("--cache-from", REGISTRY) for _ in range(RUNS)]
    folder = [machine.seconds("--cache-from", str(remembered.folder)) for _ in range(RUNS)]
    print(f"\nalone {alone}, from the registry {registry}, from the folder {folder}")
    assert alone >= 3 * statistics.median(registry)
    assert alone >= 3 * statistics.median(folder)
    # Not one step was carried out, and none is told of.
    docker("--host", machine.address, "builder", "prune", "--all", "--force")
    assert "built from [" not in machine.build("--cache-from", REGISTRY).stderr


def test_an_edit_on_the_other_machine_installs_no_dependency(remembered: Remembered) -> None:
    """Every stage is remembered, not the last one alone."""
    machine = remembered.machine
    docker("--host", machine.address, "builder", "prune", "--all", "--force")
    edit(machine.root / "examples/coach_planner/src/coach_planner/pages.py", '"ok"', '"fine"')
    done = machine.build("--cache-from", str(remembered.folder))
    assert [step for step in executed(done.stderr) if "--require-hashes" in step] == []
    assert "shanty: rebuilt from [staging 2/2] COPY " in done.stderr


def test_no_secret_is_in_a_cache(remembered: Remembered) -> None:
    assert "--secret id=poetry-auth" in remembered.said
    contents = list(stored(remembered.folder))
    assert sum(b"site-packages" in content for content in contents) > 1
    assert [content for content in contents if TOKEN.encode() in content] == []


def test_a_registry_that_is_not_there_is_named_and_does_not_hinder_who_reads(
    machines: tuple[Machine, Machine],
) -> None:
    first, _ = machines
    nowhere = "127.0.0.1:9/cache"
    first.build("--cache-from", nowhere)
    failed = first.build("--cache-to", nowhere, code=1)
    what, fix = failed.stderr.splitlines()[-2:]
    assert "the cache was not exported to registry: " in what
    assert "127.0.0.1:9" in what
    assert fix == "fix: shanty build  # without --cache-to, until that is mended"


def test_an_engine_that_exports_no_cache_says_so_and_what_it_does(workspace: Workspace) -> None:
    """Unless the image store of the engine here is containerd's."""
    store = docker("info", "--format", "{{json .DriverStatus}}").stdout
    if "io.containerd.snapshotter.v1" in store:
        workspace.invoke("build", "--cache-to", f"{workspace.root}/cache")
        return
    failed = workspace.invoke("build", "--cache-to", f"{workspace.root}/cache", code=3)
    what, fix = failed.stderr.splitlines()[-2:]
    assert what.endswith("this engine exports its cache neither to a registry nor to a folder")
    assert fix.startswith("fix: invoke build --cache-to type=inline  # ")
    workspace.invoke("build", "--cache-to", "type=inline")
