"""`doctor` on a real engine: all well on the sample and soon told, and none that hangs holds it."""

import json
import os
import shutil
import socket
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shanty.doctor.ignoring import Ignoring
from tests.doctoring import network
from tests.engine.support import Workspace, docker

RUNS = 10
IGNORE = """\
# comment
*.key
**/.env
!**/.env.example
docs/**
!docs/kept.md
/root.txt
a?c
[xy]z
sub/*/deep
!sub/a/deep/kept
\\!odd
"""
FILES = (
    *("a.key", "b/a.key", ".env", "b/.env", "b/c/.env.example", "docs/x.md", "docs/kept.md"),
    *("root.txt", "b/root.txt", "abc", "b/abc", "xz", "az", "sub/a/deep/kept", "sub/a/deep/x"),
    *("sub/a/deeper", "!odd", "plain"),
)


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """Return an environment with an index that answers, and a port that nobody has."""
    with network() as index, socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        listening.close()
        yield {"PIP_INDEX_URL": f"http://{index.host}/simple", "SHANTY_PORT": str(port)}


def test_on_the_sample_all_is_well_and_told_within_two_seconds(
    workspace: Workspace, environment: dict[str, str]
) -> None:
    seconds = []
    for _ in range(RUNS):
        started = time.monotonic()
        answer = workspace.invoke("doctor", "--json", env=environment)
        seconds.append(time.monotonic() - started)
    found = {one["check"]: one for one in json.loads(answer.stdout)}
    assert found["engine"]["state"] == found["base image"]["state"] == "fine"
    # No registry has to be there for what is here.
    assert [name for name, one in found.items() if one["state"] != "fine"] in ([], ["registry"])
    assert found["app"]["what"].startswith("coach_planner:create_app()")
    assert statistics.median(seconds) < 2


def test_an_engine_that_accepts_and_never_answers_is_told_within_five_seconds(
    workspace: Workspace, environment: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "engine.sock"
    with socket.socket(socket.AF_UNIX) as hung:
        hung.bind(str(path))
        hung.listen()
        address = f"unix://{path}"
        elsewhere = environment | {"DOCKER_HOST": address}
        started = time.monotonic()
        answer = workspace.invoke("doctor", "--json", code=1, env=elsewhere)
        assert time.monotonic() - started < 5
        found = json.loads(answer.stdout)
        assert [one["check"] for one in found if one["state"] == "problem"] == ["engine"]
        assert address in found[0]["what"]
        clients = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
        assert "docker version" not in clients.stdout
    # Its fix leads back to this machine's own.
    assert found[0]["fix"].startswith("unset DOCKER_HOST")
    workspace.invoke("doctor", env=environment)


def test_what_an_ignore_file_leaves_out_is_what_the_builder_leaves_out(tmp_path: Path) -> None:
    context, output = tmp_path / "context", tmp_path / "output"
    for name in FILES:
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        (context / name).touch()
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY . /\n", encoding="utf-8")
    (tmp_path / "Dockerfile.dockerignore").write_text(IGNORE, encoding="utf-8")
    file = str(tmp_path / "Dockerfile")
    docker("buildx", "build", "--file", file, "--output", f"type=local,dest={output}", str(context))
    ignoring = Ignoring(tuple(IGNORE.splitlines()))
    sent = {
        os.path.relpath(Path(folder, name), output)
        for folder, _, names in os.walk(output)
        for name in names
    }
    assert sent == {name for name in FILES if not ignoring.leaves_out(name)}
    shutil.rmtree(output)
