"""What made a layer, in plain words."""

import re

import pytest

from shanty.dockerfile import shipped_docker
from shanty.image.origin import origin


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("WORKDIR /opt/app", "the folder of the app"),
        (
            'RUN |2 APP_DIR=/opt/app SYSTEM_PACKAGES= /bin/sh -c if [ -n "$SYSTEM_PACKAGES" ];',
            "Debian packages, and the standard library compiled",
        ),
        (
            "COPY /made/packages / # buildkit",
            "the packages of the lock, and the server that it lacks",
        ),
        ("COPY /made/installed / # buildkit", "the wheel of the project"),
        ("RUN |1 APP_DIR=/opt/app /bin/sh -c cp -R /tmp/app/. .", "the files of the project"),
    ],
)
def test_the_steps_of_the_suite_are_told_by_what_they_make(command: str, words: str) -> None:
    assert origin(command) == words


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("RUN /bin/sh -c pip install x # buildkit", "RUN pip install x"),
        ("RUN |1 A=b c /bin/sh -c echo   one", "RUN echo one"),
        ("COPY " + "x" * 80, "COPY " + "x" * 54 + "…"),
        ("", "a step of its own"),
    ],
)
def test_any_other_step_is_told_by_its_start(command: str, words: str) -> None:
    assert origin(command) == words


def test_no_step_of_production_is_told_by_its_start() -> None:
    """What fills a layer of production in the shipped Dockerfile has words of its own."""
    text = (shipped_docker() / "Dockerfile").read_text("utf-8").replace("\\\n", "")
    stages = re.split(r"^FROM ", text, flags=re.MULTILINE)
    production = [
        stage for stage in stages if re.match(r"\S+ AS (?:base|shipped[\w-]*|production)\n", stage)
    ]
    steps = [
        line
        for stage in production
        for line in stage.splitlines()
        if re.match(r"(?:RUN|COPY|ADD|WORKDIR) ", line)
    ]
    assert len(steps) >= 7
    assert [step for step in steps if origin(step).startswith(("RUN", "COPY", "ADD"))] == []
