"""What a development server does when its lock changes, in front of a recording `docker`.

The build beside it is the suite's own command, in a process of its own.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Thread

import psutil
import pytest

from shanty.errors import UsageError
from shanty.follower import Follower, following
from shanty.project import Project
from shanty.request import Request
from tests.fakes import DEADLINE_SECONDS, Fakes, no_image, ready, reply, write_project

IMAGE, CONTAINER = "harbour:development", "harbour-dev-8888"


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine."""
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project, with the person in its folder."""
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


@pytest.fixture
def follower(project: Project) -> Iterator[Follower]:
    """Return a follower that has looked once."""
    with following(project, IMAGE, lambda: None) as follower:
        follower.watch(CONTAINER)
        assert follower.step() is False
        yield follower


def change(file: Path) -> None:
    """Write what means nothing new to a project's file."""
    with file.open("a", encoding="utf-8") as text:
        text.write("\n# a word more\n")


def steps(follower: Follower, until: Callable[[], object]) -> None:
    """Take steps until something is so; fail when it never is."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not until():
        assert time.monotonic() < deadline
        follower.step()
        time.sleep(0.02)


def test_nothing_is_done_while_nothing_changes(follower: Follower, fakes: Fakes) -> None:
    assert not any(follower.step() for _ in range(5))
    assert fakes.changes == []


@pytest.mark.parametrize("name", ["poetry.lock", "pyproject.toml"])
def test_a_change_that_makes_another_image_stops_the_container(
    name: str,
    follower: Follower,
    project: Project,
    fakes: Fakes,
    capfd: pytest.CaptureFixture[str],
) -> None:
    change(project.root / name)
    fakes.answer(
        reply("docker image inspect harbour:development", json.dumps([{"Id": "sha256:2"}])),
    )
    steps(follower, lambda: follower.has_stopped)
    build, stop = fakes.changes
    assert build.startswith("docker buildx build ")
    assert "--target development" in build
    assert stop == f"docker stop {CONTAINER}"
    said = capfd.readouterr().err
    assert said.startswith(f"shanty: {name} has changed: building development anew\n")
    assert said.endswith(f"shanty > {stop}\n")


def test_a_change_that_makes_no_other_image_leaves_the_container(
    follower: Follower, project: Project, fakes: Fakes, capfd: pytest.CaptureFixture[str]
) -> None:
    change(project.lock_file)
    said: list[str] = []

    def is_told() -> bool:
        said.append(capfd.readouterr().err)
        return "nothing of that is new to development" in said[-1]

    steps(follower, is_told)
    assert not follower.has_stopped
    assert [line.split()[1] for line in fakes.changes] == ["buildx"]


def test_a_build_that_fails_is_told_and_the_next_change_is_another_chance(
    follower: Follower, project: Project, fakes: Fakes, capfd: pytest.CaptureFixture[str]
) -> None:
    good = project.pyproject_file.read_bytes()
    project.pyproject_file.write_text("[project\n", encoding="utf-8")
    said: list[str] = []

    def is_told() -> bool:
        said.append(capfd.readouterr().err)
        return "goes on as it was" in said[-1]

    steps(follower, is_told)
    assert f"shanty: {project.pyproject_file}:1:9: invalid TOML" in said[-1]
    assert "\nshanty: fix: mend line 1\n" in said[-1]
    assert not follower.has_stopped

    fakes.answer(
        reply("docker image inspect harbour:development", json.dumps([{"Id": "sha256:2"}])),
    )
    project.pyproject_file.write_bytes(good + b"# mended\n")
    steps(follower, lambda: follower.has_stopped)


def test_what_cannot_come_after_the_container_leaves_it(
    project: Project, fakes: Fakes, capfd: pytest.CaptureFixture[str]
) -> None:
    """Somebody may write again while it is built; that is another change to look at."""

    def fail() -> None:
        raise UsageError("it is half a file", "mend it")

    said: list[str] = []

    def is_told() -> bool:
        said.append(capfd.readouterr().err)
        return "shanty: it is half a file\n" in said[-1]

    with following(project, IMAGE, fail) as follower:
        follower.watch(CONTAINER)
        fakes.answer(reply(f"docker image inspect {IMAGE}", json.dumps([{"Id": "sha256:2"}])))
        change(project.lock_file)
        steps(follower, is_told)
        assert not follower.has_stopped
    assert not any(line.startswith("docker stop") for line in fakes.changes)


def test_half_a_file_is_waited_for(follower: Follower, project: Project, fakes: Fakes) -> None:
    """Whoever writes may be seen at it: what changes from look to look is left alone."""
    for number in range(4):
        project.lock_file.write_text(f"# half {number}\n", encoding="utf-8")
        follower.step()
    project.lock_file.unlink()
    follower.step()
    assert fakes.questions == [["docker", "image", "inspect", IMAGE]]


def test_an_image_that_was_not_there_is_another(project: Project, fakes: Fakes) -> None:
    fakes.answer(no_image(IMAGE))
    with following(project, IMAGE, lambda: None) as follower:
        follower.watch(CONTAINER)
        fakes.answer(reply(f"docker image inspect {IMAGE}", json.dumps([{"Id": "sha256:2"}])))
        change(project.lock_file)
        steps(follower, lambda: follower.has_stopped)


def test_a_build_ends_with_the_server(project: Project, fakes: Fakes) -> None:
    fakes.answer(reply("docker buildx build", code=130, holds=True))
    with following(project, IMAGE, lambda: None) as follower:
        change(project.lock_file)
        steps(follower, lambda: any("holding" in one for one in fakes.records))
    assert fakes.wait_for("signal")


def test_a_server_that_was_stopped_for_its_lock_has_neither_failed_nor_been_interrupted(
    project: Project, fakes: Fakes
) -> None:
    """Its own exit code says nothing then: the recorded one would be an interrupt."""
    fakes.answer(reply("docker run", code=130, holds=True))
    with following(project, IMAGE, lambda: None) as follower:
        played = Thread(target=play_the_engine, args=(fakes, project))
        played.start()
        assert follower.execute(Request(("docker", "run"), container=CONTAINER), None) == 0
        played.join()
    assert f"docker stop {CONTAINER}" in fakes.changes


def play_the_engine(fakes: Fakes, project: Project) -> None:
    """Change the lock once the container runs, and end the container once it is to stop."""
    fakes.wait_for("holding")
    fakes.answer(reply(f"docker image inspect {IMAGE}", json.dumps([{"Id": "sha256:2"}])))
    change(project.lock_file)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not any(line.startswith("docker stop") for line in fakes.changes):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    for process in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if "run" in process.cmdline():
                process.terminate()


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_of_a_server_that_ends_by_itself_is_kept(
    code: int, follower: Follower, fakes: Fakes
) -> None:
    fakes.answer(reply("docker run", code=code))
    assert follower.execute(Request(("docker", "run")), None) == code
