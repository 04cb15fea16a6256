"""What a project owns after `shanty init`, built and served by plain docker."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shanty.request import ca_bundle
from tests.engine.support import (
    DOORS,
    Completed,
    command,
    container,
    docker,
    free_port,
    get,
    inside,
    wait_for,
)
from tests.fakes import contents

PROJECTS = Path(__file__).parents[1] / "projects"
GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
SHAPES = (
    *("flask_flat", "flask_root_module", "flask_factory_args", "django_wsgi", "fastapi_uvicorn"),
    *("optional_group_server", "monorepo/app", "own_metadata", "no_server", "poetry1_metadata"),
)
CONTAINER = ("--read-only", "--tmpfs", "/tmp")


def shanty(folder: Path, *words: str) -> Completed:
    """Run a task in a project."""
    return command([*DOORS["shanty"], *words], cwd=folder)


def checked_out(name: str, folder: Path) -> Path:
    """Return a git checkout of a project, with the neighbours that it stands among."""
    top = PROJECTS / Path(name).parts[0]
    shutil.copytree(top, folder / top.name, ignore=shutil.ignore_patterns("__pycache__"))
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "x")):
        subprocess.run([*GIT, *words], cwd=folder / top.name, check=True)
    return folder / name


def build_words(project: Path) -> list[str]:
    """Return what a build on this machine needs besides: the base image it has, its CA bundle."""
    line = shanty(project, "--dry", "build").stdout
    base = re.search(r"--build-arg (BASE_IMAGE=\S+)", line)
    assert base
    bundle = ca_bundle(os.environ)
    return ["--build-arg", base[1], *(["--secret", f"id=ca,src={bundle}"] if bundle else [])]


def owned(name: str, folder: Path) -> tuple[Path, list[str]]:
    """Return a project after `shanty init`, and the line that builds it without Shanty."""
    project = checked_out(name, folder)
    shanty(project, "setup", "--yes")
    said = shanty(project, "init").stdout.splitlines()
    return project, shlex.split(said[-1].removeprefix("without Shanty: "))


def build(project: Path, line: list[str], tag: str, *words: str) -> str:
    """Build what a project owns under a tag of its own and return that."""
    plain = ["docker", "build", "--tag", tag, *line[4:-1], *words, *build_words(project), line[-1]]
    assert line[:3] == plain[:3]
    command(plain, cwd=project)
    return tag


@pytest.mark.parametrize("name", SHAPES)
def test_plain_docker_builds_and_serves_what_a_project_owns(name: str, tmp_path: Path) -> None:
    project, line = owned(name, tmp_path)
    before = contents(tmp_path)
    assert "nothing to write" in shanty(project, "init").stdout
    assert contents(tmp_path) == before
    port, tag = free_port(), f"shanty-init-{project.name.replace('_', '-')}"
    try:
        build(project, line, tag)
        with container(*CONTAINER, "--publish", f"127.0.0.1:{port}:8888", tag):
            wait_for(lambda: get(port)[0] == 200)
            assert f"hello from {Path(name).parts[0]}" in get(port)[1]
    finally:
        docker("image", "rm", "--force", tag, code=None)


def test_the_given_test_passes_in_the_development_image(tmp_path: Path) -> None:
    project, line = owned("poetry1_metadata", tmp_path)
    tag = "shanty-init-development"
    try:
        build(project, line, tag, "--target", "development")
        assert "1 passed" in inside(tag, "pytest", "-q")
    finally:
        docker("image", "rm", "--force", tag, code=None)


def test_what_git_ignores_is_not_sent(tmp_path: Path) -> None:
    project, line = owned("flask_root_module", tmp_path)
    for name in ("data", ".git/info"):
        (project / name).mkdir(exist_ok=True)
    (project / ".gitignore").write_text("data/*\n!data/kept.txt\n", encoding="utf-8")
    for name in ("big.bin", "kept.txt"):
        (project / "data" / name).touch()
    shanty(project, "init", "--force", "docker/Dockerfile.dockerignore")
    tag = "shanty-init-ignored"
    try:
        build(project, line, tag, "--target", "staging")
        assert inside(tag, "ls", "data") == "kept.txt"
    finally:
        docker("image", "rm", "--force", tag, code=None)


def test_the_given_checks_pass_on_an_engine_and_fail_without_one(tmp_path: Path) -> None:
    project, _ = owned("flask_flat", tmp_path)
    nox = [sys.executable, "-m", "nox", "--session", "docker_tests", "--", *build_words(project)]
    try:
        assert "was successful" in command(nox, cwd=project).stderr
        nowhere = {"DOCKER_HOST": f"tcp://127.0.0.1:{free_port()}"}
        command(nox, cwd=project, env=nowhere, code=1)
        (project / "flask_flat" / "__init__.py").write_text("app = None\n", encoding="utf-8")
        failed = command(nox, cwd=project, code=1)
        assert "/ answers nothing" in failed.stderr
        assert docker("ps", "--all", "--quiet", "--filter", "name=docker-tests-").stdout == ""
    finally:
        docker("image", "rm", "--force", "flask-flat:docker-tests", code=None)
