"""What has the name that something is to have is left alone where it is somebody else's."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shanty.errors import MachineError
from shanty.namesake import check_image, make_room
from shanty.project import Project
from tests.fakes import Fakes, container, listed, ready, reply

NAME = "harbour-prod-8888"
PROJECT = Project(Path("/srv/harbour"), Path("/srv/harbour"), {})
LONG_AGO = timedelta(hours=1)


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine, on which no container runs."""
    monkeypatch.setattr("sys.argv", ["shanty"])
    return ready(tmp_path / "fakes", monkeypatch)


def refused(fakes: Fakes) -> str:
    """Return what is said of the container that is there; it is left alone."""
    with pytest.raises(MachineError) as fault:
        make_room(NAME, 8888, PROJECT)
    assert fakes.changes == []
    return str(fault.value)


def test_a_name_that_nobody_has_is_free(fakes: Fakes) -> None:
    make_room(NAME, 8888, PROJECT)
    assert fakes.changes == []
    assert f"name=^/{re.escape(NAME)}$" in fakes.questions[0]


@pytest.mark.parametrize(
    ("status", "age"), [("exited", timedelta()), ("dead", timedelta()), ("created", LONG_AGO)]
)
def test_what_has_ended_or_was_never_started_makes_room(
    status: str, age: timedelta, fakes: Fakes
) -> None:
    created = datetime.now(UTC) - age
    state = {"Status": status, "Running": False}
    own = container(NAME, project=PROJECT.id, created=created.isoformat(), **state)
    fakes.answer(listed([NAME]), own)
    make_room(NAME, 8888, PROJECT)
    assert fakes.changes == [f"docker rm --force --volumes {NAME}"]


@pytest.mark.parametrize(
    ("status", "how"), [("running", "is running"), ("created", "is being started")]
)
def test_what_runs_or_is_being_started_is_left_alone(status: str, how: str, fakes: Fakes) -> None:
    now = datetime.now(UTC).isoformat()
    own = container(NAME, project=PROJECT.id, created=now, Status=status)
    fakes.answer(listed([NAME]), own)
    assert refused(fakes) == f"the container {NAME} {how}\nfix: shanty stop"


@pytest.mark.parametrize(
    ("owner", "whose"), [("another", "of another project of that name"), ("", "none of Shanty's")]
)
def test_a_container_of_somebody_else_s_is_never_touched(
    owner: str, whose: str, fakes: Fakes
) -> None:
    state = {"Status": "exited", "Running": False}
    fakes.answer(listed([NAME]), container(NAME, project=owner, **state))
    said = refused(fakes)
    assert said.startswith(f"the container {NAME} is {whose}\nfix: choose another port: --port ")


def image_of(project: str) -> str:
    """Return what the engine says of an image with a project's label."""
    labels = f'{{"shanty.project": "{project}"}}'
    return f'[{{"Id": "sha256:1", "Config": {{"Labels": {labels}}}}}]'


def test_a_tag_that_went_to_another_project_is_told(fakes: Fakes) -> None:
    fakes.answer(reply("docker image inspect", image_of("another")))
    with pytest.raises(MachineError) as fault:
        check_image("harbour:production", PROJECT)
    assert str(fault.value) == (
        "harbour:production is by now the image of another project, which is called harbour too\n"
        f"fix: give one of them another name: export SHANTY_IMAGE=harbour-{PROJECT.id[:4]}"
    )


@pytest.mark.parametrize("owner", [PROJECT.id])
def test_a_tag_of_one_s_own_is_fine(owner: str, fakes: Fakes) -> None:
    fakes.answer(reply("docker image inspect", image_of(owner)))
    check_image("harbour:production", PROJECT)


def test_a_tag_that_is_gone_is_docker_s_to_name(fakes: Fakes) -> None:
    gone = "Error response from daemon: No such image: harbour:production\n"
    fakes.answer(reply("docker image inspect", "[]\n", stderr=gone, code=1))
    check_image("harbour:production", PROJECT)
