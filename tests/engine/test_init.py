"""What `shanty init` gives a project, used as it stands."""

import sys
from pathlib import Path

from tests.engine.projects import PROJECTS, build_owned, build_words, owned, shanty
from tests.engine.support import command, docker, free_port, inside


def test_the_given_test_passes_in_the_development_image(tmp_path: Path) -> None:
    project, line = owned(PROJECTS / "poetry1_metadata", tmp_path)
    tag = "shanty-init-development"
    try:
        build_owned(project, line, tag, "--target", "development")
        assert "1 passed" in inside(tag, "pytest", "-q")
    finally:
        docker("image", "rm", "--force", tag, code=None)


def test_what_git_ignores_is_not_sent(tmp_path: Path) -> None:
    project, line = owned(PROJECTS / "flask_root_module", tmp_path)
    for name in ("data", ".git/info"):
        (project / name).mkdir(exist_ok=True)
    (project / ".gitignore").write_text("data/*\n!data/kept.txt\n", encoding="utf-8")
    for name in ("big.bin", "kept.txt"):
        (project / "data" / name).touch()
    shanty(project, "init", "--force", "docker/Dockerfile.dockerignore")
    tag = "shanty-init-ignored"
    try:
        build_owned(project, line, tag, "--target", "staging")
        assert inside(tag, "ls", "data") == "kept.txt"
    finally:
        docker("image", "rm", "--force", tag, code=None)


def test_the_given_checks_pass_on_an_engine_and_fail_without_one(tmp_path: Path) -> None:
    project, _ = owned(PROJECTS / "flask_flat", tmp_path)
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
