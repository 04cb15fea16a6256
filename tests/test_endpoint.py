"""The engine that the docker command asks is known by the order in which that looks."""

import os
import subprocess
from pathlib import Path

import pytest

from shanty.endpoint import Endpoint, endpoint


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, Endpoint("default")),
        ({"DOCKER_CONTEXT": "default"}, Endpoint("default")),
        ({"DOCKER_CONTEXT": "harbour"}, Endpoint("harbour", "DOCKER_CONTEXT")),
        ({"DOCKER_HOST": "tcp://a:1"}, Endpoint("tcp://a:1", "DOCKER_HOST", "tcp://a:1")),
        (
            {"DOCKER_HOST": "ssh://a", "DOCKER_CONTEXT": "b"},
            Endpoint("ssh://a", "DOCKER_HOST", "ssh://a"),
        ),
    ],
)
def test_a_variable_leads_to_an_engine(
    environment: dict[str, str], expected: Endpoint, tmp_path: Path
) -> None:
    assert endpoint({**environment, "DOCKER_CONFIG": str(tmp_path)}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"currentContext": "harbour"}', Endpoint("harbour", "docker context")),
        ('{"currentContext": "default"}', Endpoint("default")),
        ('{"auths": {}}', Endpoint("default")),
        ("no JSON", Endpoint("default")),
        ("[]", Endpoint("default")),
    ],
)
def test_a_context_that_was_chosen_leads_to_an_engine(
    text: str, expected: Endpoint, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text(text, encoding="utf-8")
    assert endpoint({"DOCKER_CONFIG": str(tmp_path)}) == expected


@pytest.mark.parametrize(
    ("asked", "shown", "fix", "is_remote"),
    [
        (Endpoint("default"), "this machine", "shanty setup", False),
        (
            Endpoint("tcp://a:1", "DOCKER_HOST", "tcp://a:1"),
            "tcp://a:1 (DOCKER_HOST)",
            "unset DOCKER_HOST  # or start the engine there",
            False,
        ),
        (
            Endpoint("ssh://a", "DOCKER_HOST", "ssh://a"),
            "ssh://a (DOCKER_HOST)",
            "unset DOCKER_HOST  # or start the engine there",
            True,
        ),
        (
            Endpoint("harbour", "DOCKER_CONTEXT"),
            "harbour (DOCKER_CONTEXT)",
            "unset DOCKER_CONTEXT  # or start the engine there",
            False,
        ),
        (
            Endpoint("harbour", "docker context", "ssh://a"),
            "harbour (docker context)",
            "docker context use default  # or start the engine there",
            True,
        ),
    ],
)
def test_an_engine_is_shown_with_what_leads_there_and_how_to_come_back(
    asked: Endpoint,
    shown: str,
    fix: str,
    is_remote: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.argv", ["shanty"])
    assert (asked.shown, asked.fix, asked.is_remote) == (shown, fix, is_remote)


def test_a_context_stands_for_the_address_that_docker_keeps_for_it(tmp_path: Path) -> None:
    command = ["docker", "context", "create", "far", "--docker", "host=ssh://somebody@far.example"]
    environment = {**os.environ, "DOCKER_CONFIG": str(tmp_path)}
    subprocess.run(command, env=environment, check=True, capture_output=True)
    found = endpoint({"DOCKER_CONFIG": str(tmp_path), "DOCKER_CONTEXT": "far"})
    assert found == Endpoint("far", "DOCKER_CONTEXT", "ssh://somebody@far.example")
    assert found.is_remote
