"""The git checkout that a project lies in: its commit, whether that is all, where it came from."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Checkout:
    """One commit; `time` is its second since 1970.

    `is_dirty` says that the paths which were asked about hold something else than the commit has,
    a file that is new and not ignored included. `origin` is the remote's address as git has it,
    which may hold credentials, empty where there is none.
    """

    commit: str
    time: int
    is_dirty: bool
    origin: str


def read_checkout(folder: Path, paths: Iterable[Path]) -> Checkout | None:
    """Return the checkout that a folder lies in; `None` where it lies in none, or git is missing.

    A path outside the checkout makes it dirty, for no commit has it. What git has to be asked, it
    is asked all at once.
    """
    pathspecs = [f":(literal){path}" for path in paths]
    asked = (
        ("log", "-1", "--no-show-signature", "--format=%H %ct"),
        ("--no-optional-locks", "status", "--porcelain", "--", *pathspecs),
        ("config", "--get", "remote.origin.url"),
    )
    try:
        running = [_start(folder, words) for words in asked]
    except OSError:
        return None
    head, changed, origin = (process.communicate()[0].strip() for process in running)
    if running[0].returncode:
        return None
    commit, _, time = head.partition(" ")
    return Checkout(commit, int(time), bool(changed or running[1].returncode), origin)


def is_unmerged(file: Path) -> bool:
    """Tell whether git waits for somebody to say what a merge is to make of a file."""
    return bool(_said(file, "ls-files", "--unmerged", "--", f":(literal){file}"))


def is_committed(file: Path) -> bool:
    """Tell whether the last commit has a file, be it there or not."""
    return bool(_said(file, "ls-tree", "--name-only", "HEAD", "--", file.name))


def _said(file: Path, *words: str) -> str:
    """Return what git says in the folder of a file, nothing where it is no checkout."""
    try:
        return _start(file.parent, words).communicate()[0]
    except OSError:
        return ""


def _start(folder: Path, words: Iterable[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        ["git", "-C", str(folder), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        errors="replace",
    )
