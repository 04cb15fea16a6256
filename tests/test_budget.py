"""The task `size` and the budget, as a person meets them, in front of a recording `docker`."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shanty.project import Project
from tests.fakes import (
    PYPROJECT,
    Answer,
    Fakes,
    Reply,
    Typing,
    no_image,
    person,
    ready,
    refusal,
    reply,
    write_project,
)
from tests.images import Entry, archive, distribution, layer

BASE, IMAGE = "python:3.13-slim", "harbour:production"
BASE_SIZE, ADDED = 500, 7_000_000
FLASK = distribution("Flask", "3.1.3", {"flask/app.py": b"a" * (ADDED - 4000)})


def of_flask() -> int:
    """Return the bytes of the one distribution."""
    return sum(len(entry.content) for entry in FLASK)


def held(name: str, identifier: str, size: int, layers: list[str]) -> Reply:
    """Return what the client says of an image."""
    found = {"Id": identifier, "Size": size, "RootFS": {"Type": "layers", "Layers": layers}}
    return reply(f"docker image inspect {name}", json.dumps([found]))


NEW = held(IMAGE, "sha256:new", BASE_SIZE + of_flask(), ["sha256:0", "sha256:1"])
OLD = held(IMAGE, "sha256:old", BASE_SIZE, ["sha256:0"])


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a machine where the image that is built has 7 MB of Flask."""
    fakes = ready(tmp_path / "fakes", monkeypatch)
    fakes.answer(
        held(BASE, "sha256:base", BASE_SIZE, ["sha256:0"]),
        replace(no_image(IMAGE), then=(NEW,)),
        reply("docker tag"),
    )
    content = archive([layer([Entry("bin/sh", b"s" * BASE_SIZE)]), layer(FLASK)], {}, [])
    monkeypatch.setattr("shanty.engine.save", lambda _name, path: path.write_bytes(content))
    return fakes


@pytest.fixture
def shanty(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Typing:
    """Return a function that types a task."""
    return person(monkeypatch, capfd)


Budgeted = Callable[[str], Project]


@pytest.fixture
def budgeted(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Budgeted:
    """Return a function that makes a project with a budget the one where the person is."""

    def make(size: str) -> Project:
        table = f'[tool.shanty]\nsize-budget = "{size}"'
        project = write_project(make_project, PYPROJECT.replace("[tool.shanty]", table))
        monkeypatch.chdir(project.root)
        return project

    return make


@pytest.fixture
def unbudgeted(
    make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch, fakes: Fakes
) -> Project:
    """Return a project without a budget, with the person in its folder."""
    fakes.answer(NEW)
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


def lines_without_docker(answer: Answer) -> list[str]:
    """Return what is said on standard error but for the found settings and the commands."""
    return [line for line in answer.stderr.splitlines() if not line.startswith("shanty")]


# The budget


def test_an_image_in_its_budget_is_built_as_ever(
    budgeted: Budgeted, shanty: Typing, fakes: Fakes
) -> None:
    budgeted("7 MB")
    answer = shanty("build")
    assert answer.code == 0
    assert len(fakes.changes) == 1
    assert lines_without_docker(answer) == []


def test_an_image_over_its_budget_fails_with_its_heaviest_and_is_not_kept(
    budgeted: Budgeted, shanty: Typing, fakes: Fakes
) -> None:
    budgeted("6.5 MB")
    answer = shanty("build")
    assert (answer.code, answer.stdout) == (1, "")
    assert lines_without_docker(answer) == [
        "    7.0 MB  flask 3.1.3",
        f"{IMAGE} adds 7.0 MB to its base, 496.2 kB over its size-budget of 6.5 MB",
        (
            "fix: take out what it can do without (shanty size shows all), or write "
            'size-budget = "7 MB"'
        ),
    ]
    assert answer.announced == fakes.changes
    assert fakes.changes[1:] == [f"docker image rm --force {IMAGE}"]


def test_the_tag_goes_back_to_the_image_that_had_it(
    budgeted: Budgeted, shanty: Typing, fakes: Fakes
) -> None:
    budgeted("1 MB")
    fakes.answer(replace(OLD, then=(NEW,)))
    assert shanty("build").code == 1
    assert fakes.changes[1:] == [f"docker tag sha256:old {IMAGE}"]


def test_an_image_that_was_there_before_its_budget_is_not_kept_either(
    budgeted: Budgeted, shanty: Typing, fakes: Fakes
) -> None:
    budgeted("1 MB")
    fakes.answer(NEW)
    assert shanty("build").code == 1
    assert fakes.changes[1:] == [f"docker image rm --force {IMAGE}"]


def test_prod_does_not_serve_an_image_over_its_budget(
    budgeted: Budgeted, shanty: Typing, fakes: Fakes
) -> None:
    budgeted("1 MB")
    assert shanty("prod").code == 1
    assert not any(line.startswith("docker run") for line in fakes.changes)


def test_another_target_has_no_budget(budgeted: Budgeted, shanty: Typing, fakes: Fakes) -> None:
    budgeted("1 kB")
    fakes.answer(reply("docker image inspect harbour:development", '[{"Id": "1", "Size": 1}]'))
    assert shanty("build", "--target", "development").code == 0
    assert len(fakes.changes) == 1


def test_what_is_pushed_is_measured_first(budgeted: Budgeted, shanty: Typing, fakes: Fakes) -> None:
    budgeted("7 MB")
    assert shanty("build", "--push", "--no-cache", "--pull").code == 0
    first, second = fakes.changes
    assert first.endswith(" --no-cache --pull --load .")
    assert second.endswith(" --push .")
    # Every step of the first is at hand.
    assert "--no-cache" not in second


def test_what_is_over_its_budget_is_not_pushed(
    budgeted: Budgeted, shanty: Typing, fakes: Fakes
) -> None:
    budgeted("1 MB")
    assert shanty("build", "--push").code == 1
    assert not any("--push" in line for line in fakes.changes)


def test_of_several_platforms_it_is_said_that_none_is_measured(
    budgeted: Budgeted, shanty: Typing, fakes: Fakes
) -> None:
    budgeted("1 MB")
    platforms = ("--platform", "linux/amd64", "--platform", "linux/arm64")
    answer = shanty("build", "--push", *platforms)
    assert answer.code == 0
    assert len(fakes.changes) == 1
    said = "shanty: size-budget is not measured: the engine holds one platform at a time"
    assert said in answer.stderr.splitlines()


@pytest.mark.parametrize(
    "base", [no_image(BASE), held(BASE, "sha256:base", BASE_SIZE, ["sha256:9"])]
)
def test_on_a_base_that_is_not_here_it_is_said_that_nothing_is_measured(
    base: Reply, budgeted: Budgeted, shanty: Typing, fakes: Fakes
) -> None:
    budgeted("1 MB")
    fakes.answer(base)
    answer = shanty("build", "--platform", "linux/arm64")
    assert answer.code == 0
    said = f"shanty: size-budget is not measured: {BASE} is not the image's base here"
    assert said in answer.stderr.splitlines()


def test_a_dry_build_measures_nothing(budgeted: Budgeted, shanty: Typing, fakes: Fakes) -> None:
    budgeted("1 MB")
    answer = shanty("--dry", "build", "--push")
    assert answer.code == 0
    assert [line.rpartition("--")[2] for line in answer.stdout.splitlines()] == ["load .", "push ."]
    assert fakes.changes == []


@pytest.mark.parametrize("size", ["60", "much", "0 MB"])
def test_a_budget_that_is_no_size_is_refused_before_anything_is_done(
    size: str, budgeted: Budgeted, shanty: Typing, fakes: Fakes
) -> None:
    project = budgeted(size)
    assert refusal(shanty("build"), 2) == (
        f"{project.pyproject_file}: size-budget = {size!r} is no size",
        'write a number and its unit, as in "60 MB"',
    )
    assert fakes.changes == []


# The task


@pytest.mark.usefixtures("unbudgeted")
def test_size_builds_production_and_shows_what_weighs_what(shanty: Typing, fakes: Fakes) -> None:
    answer = shanty("size")
    assert answer.code == 0
    assert answer.announced == fakes.changes
    assert len(fakes.changes) == 1
    assert answer.stdout.splitlines()[-2:] == [
        "    7.0 MB  added to the base",
        "    7.0 MB  100.0%  flask 3.1.3",
    ]


@pytest.mark.usefixtures("unbudgeted")
def test_size_is_for_scripts_too(shanty: Typing) -> None:
    answer = shanty("size", "--json")
    assert answer.code == 0
    assert json.loads(answer.stdout)["added"] == of_flask()


def test_size_writes_a_picture_where_it_is_told(shanty: Typing, unbudgeted: Project) -> None:
    answer = shanty("size", "--svg", "size.svg")
    assert answer.code == 0
    assert "shanty: written: size.svg" in answer.stderr.splitlines()
    assert "<title>flask 3.1.3: 7.0 MB, 100.0%</title>" in (unbudgeted.root / "size.svg").read_text(
        "utf-8"
    )


@pytest.mark.usefixtures("unbudgeted")
@pytest.mark.parametrize(
    ("file", "reason"),
    [("none/size.svg", "is in a folder that is not there"), (".", "is a folder")],
)
def test_a_picture_that_cannot_be_written_is_refused_before_anything_is_built(
    file: str, reason: str, shanty: Typing, fakes: Fakes
) -> None:
    assert refusal(shanty("size", "--svg", file), 2) == (
        f"--svg {file} {reason}",
        "shanty size --svg size.svg",
    )
    assert fakes.changes == []


@pytest.mark.usefixtures("unbudgeted")
def test_a_dry_size_says_the_build_alone(shanty: Typing, fakes: Fakes) -> None:
    answer = shanty("--dry", "size")
    assert answer.code == 0
    assert len(answer.stdout.splitlines()) == 1
    assert fakes.changes == []


def test_size_shows_what_is_over_its_budget_and_does_not_keep_it(
    budgeted: Budgeted, shanty: Typing, fakes: Fakes
) -> None:
    budgeted("1 MB")
    answer = shanty("size")
    assert answer.code == 0
    assert answer.stdout.splitlines()[-1].endswith("flask 3.1.3")
    assert answer.stderr.splitlines()[-1] == (
        f"shanty: {IMAGE} adds 7.0 MB to its base, 6.0 MB over its size-budget of 1 MB"
    )
    assert fakes.changes[1:] == [f"docker image rm --force {IMAGE}"]


def test_size_keeps_what_is_in_its_budget(budgeted: Budgeted, shanty: Typing, fakes: Fakes) -> None:
    budgeted("7 MB")
    assert shanty("size").code == 0
    assert len(fakes.changes) == 1
