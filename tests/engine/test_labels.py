"""The labels of a production image, as the engine keeps them."""

import hashlib
import subprocess

from tests.engine.projects import GIT
from tests.engine.support import Workspace, docker, inspect
from tests.engine.test_cache import executed

OCI = "org.opencontainers.image"


def git(workspace: Workspace, *words: str) -> str:
    """Run git in the workspace and return what it prints."""
    return subprocess.check_output([*GIT, *words], cwd=workspace.root, text=True).strip()


def labels(workspace: Workspace, target: str = "production") -> dict[str, str]:
    """Return the labels of a target's image."""
    found = inspect(workspace.tag(target), ".Config.Labels")
    assert isinstance(found, dict)
    return found


def test_production_says_what_it_was_made_from_and_a_commit_executes_no_step(
    workspace: Workspace,
) -> None:
    git(workspace, "init", "--quiet")
    git(workspace, "add", "--all")
    git(workspace, "commit", "--quiet", "--message", "Begin")
    git(workspace, "remote", "add", "origin", "git@git.example:mate/planner.git")
    workspace.invoke("build")
    found = labels(workspace)
    lock = (workspace.sample / "poetry.lock").read_bytes()
    base = found[f"{OCI}.base.name"].removeprefix("docker.io/library/")
    assert found[f"{OCI}.title"] == "coach-planner"
    assert found[f"{OCI}.version"] == "0.1.0"
    assert found[f"{OCI}.revision"] == git(workspace, "rev-parse", "HEAD")
    assert found[f"{OCI}.source"] == "https://git.example/mate/planner.git"
    assert found[f"{OCI}.base.digest"] in docker("image", "inspect", base).stdout
    assert found["shanty.lock"] == hashlib.sha256(lock).hexdigest()

    (workspace.root / "docker/NOTES.txt").touch()
    again = workspace.invoke("build")
    assert labels(workspace)[f"{OCI}.revision"].endswith("-dirty")
    assert [step for step in executed(again.stderr) if "RUN" in step] == []


def test_other_targets_belong_to_the_project_and_say_no_more(workspace: Workspace) -> None:
    workspace.invoke("build", "--target", "staging")
    ours = {name for name in labels(workspace, "staging") if name.startswith((OCI, "shanty."))}
    assert ours == {"shanty.project"}
