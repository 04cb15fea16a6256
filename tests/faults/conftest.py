"""What the faults share: the sample, built once, and a copy of it for each."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from shanty.network import ca_bundle
from tests.engine.support import CHECKOUT, docker, free_port
from tests.faults.judge import Judged, show, table
from tests.faults.place import Place, recording_docker

ARTIFACTS = CHECKOUT / "artifacts"
BASE = "shanty/python:3.13"
SAMPLE = CHECKOUT / "examples" / "coach_planner"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that judges what Docker says without Shanty."""
    parser.addoption("--bare", action="store_true", help="judge the bare docker commands")


@pytest.fixture(scope="session", autouse=True)
def engine() -> str:
    """Return the engine's version; without one every test here fails."""
    return docker("version", "--format", "{{.Server.Version}}").stdout


@pytest.fixture(scope="session")
def judged(request: pytest.FixtureRequest) -> Iterator[list[Judged]]:
    """Return the list of what was judged; it is shown, and kept as a file, at the end."""
    found: list[Judged] = []
    yield found
    bare = request.config.getoption("--bare")
    ARTIFACTS.mkdir(exist_ok=True)
    text = table(found)
    (ARTIFACTS / f"faults{'-bare' if bare else ''}.md").write_text(f"{text}\n", encoding="utf-8")
    show(f"\n{text}")


@contextmanager
def another_checkout(place: Place) -> Iterator[Place]:
    """Yield another folder of the same project and name, whose page says something else."""
    folder = place.temporary.parent / "other-checkout"
    shutil.copytree(place.root, folder / "coach_planner")
    (folder / "tmp").mkdir()
    other = replace(place, root=folder / "coach_planner", temporary=folder / "tmp")
    other.write("src/coach_planner/templates/week.html", "</title>", " elsewhere</title>")
    yield other
    shutil.rmtree(folder)


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """Return a copy of the sample where everybody may look; bare commands have docker/ in it."""
    folder = Path(tempfile.mkdtemp(prefix="shanty-fault-"))
    folder.chmod(0o755)
    root = folder / "coach_planner"
    left = shutil.ignore_patterns("__pycache__", ".pytest_cache", "compose.yaml", "postgres*")
    shutil.copytree(SAMPLE, root, ignore=left)
    for name in ("tmp", "bin"):
        (folder / name).mkdir()
    place = Place(root, folder / "tmp", f"fault-{os.getpid()}-{free_port()}", free_port())
    recording_docker(place, shutil.which("docker") or "docker")
    if request.config.getoption("--bare"):
        shutil.copytree(CHECKOUT / "docker", root / "docker", ignore=left)
        place.environment["BUILD"] = bare_words()
    yield place
    _remove(place)
    shutil.rmtree(folder)


def bare_words() -> str:
    """Return what a build by hand needs on this machine: the base image it has, its CA bundle."""
    words = f"--build-arg BASE_IMAGE={BASE} --build-arg PROJECT_DIR=."
    bundle = ca_bundle(os.environ)
    return f"{words} --secret id=ca,src={bundle}" if bundle else words


def _remove(place: Place) -> None:
    """Remove what a fault has left of containers and images, by the name that all of it has."""
    names = docker("ps", "--all", "--quiet", "--filter", f"name={place.image}").stdout.split()
    if names:
        docker("rm", "--force", "--volumes", *names)
    tags = docker("images", "--format", "{{.Repository}}:{{.Tag}}", place.image).stdout.split()
    if tags:
        docker("image", "rm", "--force", *tags)
