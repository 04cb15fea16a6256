"""The proof of one image: every check of it, and how they are told."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shanty.container import ContainerOptions
from shanty.dependencies.lock import read_lock
from shanty.errors import MachineError, RunError, UsageError
from shanty.project import Project
from shanty.settings import Given
from shanty.verify.check import Check
from shanty.verify.verification import as_json, require, table, verify
from shanty.workflow import Workflow
from tests.fakes import PYPROJECT, Fakes, no_image, no_server, ready, reply, write_project
from tests.images import archive, layer
from tests.verifying import (
    HARBOUR,
    LOCKED,
    PYVENV,
    entry,
    heeding,
    hurry,
    inspected,
    listening,
    quick_end,
    serving,
    trial_ports,
)

NAME = "harbour:production"
BASE = "python:3.13-slim"
BASE_NAME, BASE_DIGEST = (
    "org.opencontainers.image.base.name",
    "org.opencontainers.image.base.digest",
)
SERVED = PYPROJECT.replace('python-version = "3.13"', 'python-version = "3.13"\nserve = "quay"')
OK = Check("rights/user", passed=True, evidence=("the user is 10001",))
FAILED = Check("process/stop", passed=False, evidence=("it took 3.0 s", "it ended with 1"))
NOT_MADE = Check("process/in-flight", passed=None, evidence=("no app",))


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fakes]:
    """Return the commands of a machine on which the image answers as it should."""
    monkeypatch.setattr(sys, "argv", ["shanty"])
    monkeypatch.setenv("HOME", str(tmp_path))
    hurry(monkeypatch)
    fakes = ready(tmp_path / "fakes", monkeypatch)
    with serving(heeding) as port:
        trial_ports(monkeypatch, port, port)
        healthy = inspected(Health={"Status": "healthy"})
        fakes.answer(no_image(), healthy, quick_end(), listening((port, False, True)))
        yield fakes


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    """Return a project that could be built."""
    return write_project(make_project)


@pytest.fixture(autouse=True)
def saved(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of the images that were saved, each of which is as it should be."""
    asked: list[str] = []
    config = {"User": "10001:10001", "Entrypoint": ["serve"], "Cmd": None}
    layers = [layer([entry("/bin/sh")]), layer([*HARBOUR, *LOCKED, PYVENV])]

    def save(name: str, path: Path) -> None:
        asked.append(name)
        path.write_bytes(archive(layers, config, []))

    monkeypatch.setattr("shanty.engine.save", save)
    return asked


def workflow(project: Project) -> Workflow:
    """Return the workflow on a project."""
    return Workflow(Given(project, read_lock(project), {}, {}), dry=False)


def has(fakes: Fakes, name: str, *layers: str, **labels: str) -> None:
    """Give the engine an image."""
    found = {
        "Id": name,
        "RootFS": {"Type": "layers", "Layers": [*layers]},
        "Config": {"Labels": {key.replace("_", "."): value for key, value in labels.items()}},
    }
    fakes.answer(reply(f"docker image inspect {name}", json.dumps([found])))


def own(fakes: Fakes, project: Project, name: str = NAME, **labels: str) -> None:
    """Give the engine an image of the project's, on the base that it has by default."""
    has(fakes, BASE, "sha256:0")
    has(fakes, name, "sha256:0", "sha256:1", **({"shanty.project": project.id} | labels))


def test_an_image_as_it_should_be_passes_every_check_in_the_order_of_their_areas(
    project: Project, fakes: Fakes, saved: list[str]
) -> None:
    own(fakes, project)
    checks = verify(workflow(project), None, ContainerOptions(detach=True))
    assert saved == [NAME]
    areas = [check.area for check in checks]
    assert list(dict.fromkeys(areas)) == ["lock", "process", "rights", "contents"]
    assert areas == sorted(areas, key=["lock", "process", "rights", "contents"].index)
    assert len({check.name for check in checks}) == len(checks) == 22
    assert [check for check in checks if not check.passed] == []
    assert "SHANTY_INTERFACE=wsgi" in "\n".join(fakes.changes)


def test_another_image_of_the_project_may_be_named(
    project: Project, fakes: Fakes, saved: list[str]
) -> None:
    own(fakes, project, "registry.example/harbour:1")
    verify(workflow(project), "registry.example/harbour:1", ContainerOptions(detach=True))
    assert saved == ["registry.example/harbour:1"]
    started = [line for line in fakes.changes if line.startswith("docker run")]
    assert "--name harbour-verify-" in started[0]
    assert started[0].endswith(" registry.example/harbour:1")


def test_an_image_from_another_checkout_of_the_project_is_the_projects(
    project: Project, fakes: Fakes, saved: list[str]
) -> None:
    title = {"org.opencontainers.image.title": "harbour"}
    own(fakes, project, **{"shanty.project": "elsewhere"}, **title)
    assert verify(workflow(project), None, ContainerOptions(detach=True))
    assert saved == [NAME]


def test_a_project_without_a_known_app_gives_it_no_orders(
    make_project: Callable[..., Project], fakes: Fakes
) -> None:
    project = write_project(make_project, SERVED)
    (project.root / "src" / "harbour" / "__init__.py").write_text("", "utf-8")
    own(fakes, project)
    checks = verify(workflow(project), None, ContainerOptions(detach=True))
    (in_flight,) = [check for check in checks if check.name == "process/in-flight"]
    assert in_flight.evidence == ("no application is known that could be told to take long",)


@pytest.mark.parametrize(
    ("labels", "present"),
    [
        ({}, BASE),
        ({BASE_NAME: "quay.example/python:3"}, "quay.example/python:3"),
        (
            {BASE_NAME: "quay.example/python:3", BASE_DIGEST: "sha256:abc"},
            "quay.example/python:3@sha256:abc",
        ),
        ({BASE_NAME: "quay.example/python:3", BASE_DIGEST: "sha256:abc"}, "sha256:abc"),
    ],
)
def test_the_base_is_the_one_that_the_image_names_else_the_one_of_now(
    project: Project, fakes: Fakes, labels: dict[str, str], present: str
) -> None:
    has(fakes, present, "sha256:0")
    has(fakes, NAME, "sha256:0", "sha256:1", **{"shanty.project": project.id} | labels)
    checks = verify(workflow(project), None, ContainerOptions(detach=True))
    assert next(check for check in checks if check.name == "lock/packages").passed


# What cannot be proved


def test_an_image_that_is_not_there_is_to_be_built(project: Project) -> None:
    with pytest.raises(UsageError) as refused:
        verify(workflow(project), None, ContainerOptions())
    assert str(refused.value) == f"there is no image {NAME}\nfix: shanty build"


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({}, "python:3 was not built by shanty build"),
        (
            {"shanty.project": "1", "org.opencontainers.image.title": "quay"},
            "python:3 is an image of quay, and this is harbour",
        ),
        ({"shanty.project": "1"}, "python:3 is an image of another project, and this is harbour"),
    ],
)
def test_an_image_of_somebody_elses_is_refused(
    project: Project, fakes: Fakes, saved: list[str], labels: dict[str, str], told: str
) -> None:
    has(fakes, "python:3", "sha256:0", **labels)
    with pytest.raises(UsageError) as refused:
        verify(workflow(project), "python:3", ContainerOptions())
    assert str(refused.value) == f"{told}\nfix: name one that `shanty ps` lists, or none"
    assert saved == []


def test_a_machine_without_an_engine_is_told_first(project: Project, fakes: Fakes) -> None:
    fakes.answer(no_server())
    with pytest.raises(MachineError, match=r"^no Docker engine answers"):
        verify(workflow(project), None, ContainerOptions())


# How it is told


def test_a_person_is_shown_a_line_a_check_and_what_else_there_is_below_it() -> None:
    assert table([OK, FAILED]) == (
        "ok        rights/user             the user is 10001\n"
        "failed    process/stop            it took 3.0 s\n"
        "                                  it ended with 1"
    )


@pytest.mark.parametrize(
    ("count", "last"), [(10, "fault 9"), (12, "and 2 more: --json has all of them")]
)
def test_a_person_is_shown_no_more_of_a_check_than_can_be_read(count: int, last: str) -> None:
    faults = tuple(f"fault {number}" for number in range(count))
    lines = table([Check("lock/files", passed=False, evidence=faults)]).splitlines()
    assert len(lines) == min(count, 11)
    assert lines[-1].strip() == last


def test_a_script_is_given_everything() -> None:
    assert json.loads(as_json(NAME, [OK, NOT_MADE])) == {
        "image": NAME,
        "passed": False,
        "checks": [
            {"name": "rights/user", "passed": True, "evidence": ["the user is 10001"]},
            {"name": "process/in-flight", "passed": None, "evidence": ["no app"]},
        ],
    }
    assert json.loads(as_json(NAME, [OK]))["passed"] is True


def test_checks_that_were_all_passed_need_no_word() -> None:
    require([OK, OK])


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        ([OK, FAILED], "1 check of 2 not passed: process/stop"),
        ([FAILED, OK, NOT_MADE], "2 checks of 3 not passed: process/stop, process/in-flight"),
    ],
)
def test_checks_that_failed_or_were_not_made_are_named(checks: list[Check], told: str) -> None:
    with pytest.raises(RunError) as refused:
        require(checks)
    assert (
        str(refused.value)
        == f"{told}\nfix: mend what is named above, then: shanty build && shanty verify"
    )
