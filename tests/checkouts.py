"""Git checkouts of projects."""

import subprocess
from pathlib import Path

GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")


def git(folder: Path, *words: str, code: int = 0) -> None:
    """Run git in a folder; fail on another exit code."""
    done = subprocess.run([*GIT, *words], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr


def begin(folder: Path) -> None:
    """Make a checkout of a folder, with all that is in it as the first commit of `main`."""
    git(folder, "init", "--quiet", "--initial-branch", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
