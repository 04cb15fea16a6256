"""The steps of a target, as BuildKit numbers them."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from shanty.dockerfile import shipped_docker
from shanty.rebuilt.asked import Asked
from shanty.rebuilt.steps import Plan, Step
from shanty.request import Request

DOCKERFILE = """\
ARG TAG=3.13
ARG BASE=python:${TAG}
ARG SHIP=wheel
FROM scratch AS docker
COPY docker/ /
FROM --platform=$BUILDPLATFORM ${BASE} AS base
ARG PLACE=src
ENV ROOT=/opt/${PLACE}
WORKDIR $ROOT
RUN one
FROM base AS Tools
ARG VERSION=1 OTHER
COPY --from=docker /a /b ./
RUN --mount=type=cache,target=/c --mount=from=docker,source=/d --mount=src=e --mount=type=bind two
FROM tools AS wheel
COPY ${PLACE} --chmod ["x y", "./"]
ADD https://example.com/a.tar git@example.com:a.git ./
FROM other:1 AS files
COPY <<EOF ./a
EOF
FROM ${SHIP} AS production
LABEL a=b
FROM base
RUN three
"""


def plan(
    tmp_path: Path, text: str = DOCKERFILE, target: str = "production", **arguments: str
) -> Plan:
    """Return the plan for a target of a Dockerfile."""
    (tmp_path / "Dockerfile").write_text(text, encoding="utf-8")
    return Plan.of(Asked(tmp_path / "Dockerfile", target, tmp_path, arguments, {}))


def steps(found: Plan) -> Mapping[str, Step]:
    """Return the steps of a plan by their names."""
    return {step.key: step for step in found.steps}


def test_a_build_is_asked_by_its_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    words = "docker buildx build --file a/Dockerfile --target production --build-arg A=b=c"
    more = "--build-arg http_proxy --build-context docker=x --builder b --no-cache --pull --load ."
    asked = Asked.of(Request((*words.split(), *more.split())))
    assert asked == Asked(
        tmp_path / "a/Dockerfile",
        "production",
        tmp_path,
        {"A": "b=c"},
        {"docker": tmp_path / "x"},
        "b",
        no_cache=True,
        pull=True,
    )
    assert asked.folders == {"": tmp_path, "docker": tmp_path / "x"}


def test_the_steps_of_a_target_are_those_of_the_stages_that_it_needs(tmp_path: Path) -> None:
    found = steps(plan(tmp_path))
    assert list(found) == [
        *("docker 1/1", "base 3/3", "tools 1/2", "tools 2/2", "wheel 1/2", "wheel 2/2")
    ]
    assert list(steps(plan(tmp_path, SHIP="files"))) == ["files 2/2"]
    assert list(steps(plan(tmp_path, target="stage-6"))) == ["base 3/3", "stage-6 1/1"]
    assert plan(tmp_path).choices == {"BASE": "python:3.13", "SHIP": "wheel"}


def test_a_step_sees_the_arguments_before_it_and_those_of_the_stages_before(
    tmp_path: Path,
) -> None:
    found = steps(plan(tmp_path, OTHER="2", PLACE="lib"))
    assert found["docker 1/1"].arguments == {}
    assert found["base 3/3"].arguments == {"PLACE": "lib"}
    assert found["tools 1/2"].arguments == {"PLACE": "lib", "VERSION": "1", "OTHER": "2"}


def test_a_step_starts_from_an_image(tmp_path: Path) -> None:
    found = steps(plan(tmp_path, TAG="3.14"))
    assert (found["docker 1/1"].base, found["wheel 1/2"].base) == ("scratch", "python:3.14")
    assert [key for key, step in found.items() if step.is_first] == ["docker 1/1", "base 3/3"]


def test_a_step_reads_what_it_copies_and_what_is_mounted(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE, encoding="utf-8")
    asked = Asked(tmp_path / "Dockerfile", "production", tmp_path, {}, {})
    found = steps(Plan.of(asked))
    assert found["docker 1/1"].sources == (("", "docker/"),)
    assert found["tools 1/2"].sources == ()
    assert found["tools 2/2"].sources == (("", "e"), ("", "."))
    # A folder takes the place of the stage.
    instead = steps(Plan.of(replace(asked, contexts={"docker": tmp_path})))
    assert "docker 1/1" not in instead
    assert instead["tools 1/2"].sources == (("docker", "a"), ("docker", "b"))
    assert instead["tools 2/2"].sources == (("docker", "d"), ("", "e"), ("", "."))
    assert steps(plan(tmp_path, SHIP="files"))["files 2/2"].sources == ()


def test_what_comes_from_elsewhere_is_not_all_here(tmp_path: Path) -> None:
    found = steps(plan(tmp_path))
    assert (found["wheel 1/2"].is_local, found["wheel 2/2"].is_local) == (True, False)
    text = "FROM scratch\nCOPY a /\nFROM scratch AS b\nCOPY --from=0 /a /\nCOPY --from=uv /uv /\n"
    numbered = steps(plan(tmp_path, text, "b"))
    assert [(key, step.is_local) for key, step in numbered.items()] == [
        *(("stage-0 1/1", True), ("b 1/2", True), ("b 2/2", False))
    ]


def test_a_step_is_made_by_the_instructions_before_it(tmp_path: Path) -> None:
    before = steps(plan(tmp_path))
    after = steps(plan(tmp_path, DOCKERFILE.replace("RUN two", "RUN 2").replace("two", "2")))
    changed = [key for key in before if before[key].digest != after[key].digest]
    assert changed == ["tools 2/2", "wheel 1/2", "wheel 2/2"]
    commented = steps(plan(tmp_path, DOCKERFILE.replace("RUN one", "# why\nRUN one")))
    assert commented == before
    # The value of an argument is told as such.
    other = steps(plan(tmp_path, DOCKERFILE.replace("VERSION=1", "VERSION=2")))
    assert other["tools 1/2"].digest == before["tools 1/2"].digest


def test_a_step_is_shown_in_a_few_words(tmp_path: Path) -> None:
    long = "FROM a AS b\nRUN --mount=type=secret,id=ca one \\\n    && " + "x" * 60 + "\n"
    (step,) = plan(tmp_path, long, "b").steps
    assert step.text == f"RUN one && {'x' * 50} …"
    assert steps(plan(tmp_path))["docker 1/1"].text == "COPY docker/ /"


def test_the_shipped_dockerfile_has_the_steps_that_buildkit_tells_of(tmp_path: Path) -> None:
    found = Plan.of(
        Asked(shipped_docker() / "Dockerfile", "production", tmp_path, {"PROJECT_DIR": "."}, {})
    )
    assert {"tools 3/3", "base 2/3", "requirements 2/3", "staging 2/2", "shipped-wheel 1/1"} <= {
        step.key for step in found.steps
    }
    assert {step.key.split()[0] for step in found.steps} & {
        "gathered-folders",
        "development",
    } == set()
