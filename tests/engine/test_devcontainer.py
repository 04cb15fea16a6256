"""`init --devcontainer` and `--editor`: what the files say is enough for plain docker."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.engine.projects import PROJECTS, build_words, checked_out, shanty
from tests.engine.support import command, docker

HOLD = ("sleep", "300")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project that owns its Docker files, and what an editor wants."""
    project = checked_out(PROJECTS / "flask_src", tmp_path)
    build_words(project)
    shanty(project, "init", "--editor", "vscode", "--devcontainer")
    return project


def test_the_container_of_an_editor_is_built_and_started_by_what_its_file_says(
    project: Path,
) -> None:
    """With the sources where the image has them, for a user that may write there."""
    folder = project / ".devcontainer"
    said = json.loads((folder / "devcontainer.json").read_text(encoding="utf-8"))
    build, name = said["build"], f"shanty-devcontainer-{os.getpid()}"
    line = ["docker", "build", "--tag", name, "--target", build["target"]]
    line += ["--file", build["dockerfile"], *build_words(project)]
    command([*line, build["context"]], cwd=folder)
    # The user has the caller's number, which updateRemoteUserUID sees to.
    for path in (project, *project.rglob("*")):
        os.chown(path, 1000, 1000)
    mount = said["workspaceMount"].replace("${localWorkspaceFolder}", str(project))
    words = ["--mount", mount, "--workdir", said["workspaceFolder"], "--user", said["remoteUser"]]
    try:
        docker("run", "--detach", "--name", name, *words, "--entrypoint", HOLD[0], name, HOLD[1])
        python = said["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
        shown = docker(
            "exec", name, "sh", "-euc", f"touch made; id -un; {python} -c 'import flask'"
        )
        assert shown.stdout == "developer"
        assert (project / "made").stat().st_uid == 1000
        assert docker("exec", name, "sh", "-c", "touch ~/x && echo ~").stdout == "/home/developer"
    finally:
        docker("rm", "--force", name)
        docker("image", "rm", "--force", name, code=None)


def test_the_launch_file_s_mappings_lead_to_the_sources_in_the_image(project: Path) -> None:
    said = json.loads((project / ".vscode/launch.json").read_text(encoding="utf-8"))
    mapping = said["configurations"][0]["pathMappings"][0]
    local = Path(mapping["localRoot"].replace("${workspaceFolder}", str(project)))
    there = shanty(project, "run", "--", "find", mapping["remoteRoot"], "-name", "*.py").stdout
    here = {str(file.relative_to(local)) for file in local.rglob("*.py")}
    assert {line.removeprefix(f"{mapping['remoteRoot']}/") for line in there.split()} == here
    shanty(project, "clean", "--images")
    shutil.rmtree(project)
