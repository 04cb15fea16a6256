"""Commands as they are announced, and the plainest of them."""

from pathlib import Path

import pytest

from shanty import request
from shanty.request import Request
from tests.harbour import SETTINGS


def test_a_target_is_tagged_by_its_name() -> None:
    assert request.tag(SETTINGS, "development") == "harbour:development"


def test_a_line_can_be_pasted_into_a_shell() -> None:
    assert Request(("docker", "run", "a b", "$x")).line == "docker run 'a b' '$x'"


def test_containers_and_images_are_named_on_the_line() -> None:
    assert request.start("a").line == "docker start a"
    assert request.stop(["a", "b"]).line == "docker stop a b"
    assert request.remove_containers(["a", "b"]).line == "docker rm --force --volumes a b"
    assert request.remove_images(["x:1", "y"]).line == "docker image rm --force x:1 y"
    assert request.logs("a", follow=False).line == "docker logs a"
    assert request.logs("a", follow=True).line == "docker logs --follow a"
    assert request.pull("python:3.13-slim").line == "docker pull python:3.13-slim"


@pytest.mark.parametrize(
    ("path", "shown"),
    [(".", "."), ("docker/Dockerfile", "docker/Dockerfile"), ("-x", "./-x"), ("/etc", "/etc")],
)
def test_a_path_is_shown_as_one_would_type_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, shown: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert request.shown(tmp_path / path) == shown


def test_a_field_with_what_ends_one_is_quoted() -> None:
    assert request.csv("type=bind", "source=/a b") == "type=bind,source=/a b"
    assert request.csv("source=/a,b", 'x="1"', "y=1\n2") == '"source=/a,b","x=""1""","y=1\n2"'
