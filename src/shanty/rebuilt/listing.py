"""The files that a build is given, and what sets each apart from what it was."""

import glob
import hashlib
import os
import stat
from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from shanty.doctor.ignoring import Ignoring
from shanty.rebuilt.asked import Asked
from shanty.rebuilt.steps import Source, Step


class Entry(NamedTuple):
    """What one path is: a folder has neither size nor time nor content."""

    mode: int
    size: int
    time: int
    digest: str

    @property
    def content(self) -> tuple[int, str]:
        """What a builder sees of it, which looks at no time."""
        return self.mode, self.digest


def list_files(
    asked: Asked, steps: Iterable[Step], ignored: str, before: Mapping[str, Entry]
) -> dict[str, Entry]:
    """Return what the steps read of the folders here, by whole path.

    No folder is looked into that no step reads. A file is read when it was not there before, or
    when its size or time is another. `ignored` is what the ignore file says.
    """
    found: dict[str, Entry] = {}
    for source in sorted({one for step in steps for one in step.sources}):
        root = asked.folders[source.folder]
        ignoring = Ignoring(() if source.folder else tuple(ignored.splitlines()))
        for path, status in _below(str(root), source.path, ignoring, before):
            if path not in found:
                found[path] = _entry(path, status, before.get(path))
    return found


def ignored(asked: Asked) -> str:
    """Return what the ignore file says, which the builder looks for beside the Dockerfile first."""
    own = asked.dockerfile.with_name(f"{asked.dockerfile.name}.dockerignore")
    file = own if own.is_file() else asked.root / ".dockerignore"
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""


def is_read(path: str, source: Source, asked: Asked) -> bool:
    """Tell whether a path is what a step reads, or lies in that."""
    root = str(asked.folders[source.folder])
    if not Path(path).is_relative_to(root):
        return False
    pattern = os.path.normpath(source.path)
    parts = Path(path).relative_to(root).parts
    head = "/".join(parts[: pattern.count("/") + 1])
    return pattern in {".", head} or fnmatchcase(head, pattern)


def _below(
    root: str, source: str, ignoring: Ignoring, known: Container[str]
) -> Iterator[tuple[str, os.stat_result]]:
    """Yield each path of a source, or of what its pattern matches, past what is left out.

    What is known to have been sent needs no look at the patterns.
    """
    pattern = os.path.normpath(source)
    waiting = glob.glob(pattern, root_dir=root, include_hidden=True)  # noqa: PTH207 - relative
    while waiting:
        name = waiting.pop()
        path = os.path.join(root, name) if name != "." else root  # noqa: PTH118 - thousands
        with suppress(OSError):
            status = os.lstat(path)
            left_out = path not in known and name != "." and ignoring.leaves_out(name)
            if not left_out:
                yield path, status
            if stat.S_ISDIR(status.st_mode) and (not left_out or ignoring.keeps_below(name)):
                start = f"{name}/" if name != "." else ""
                waiting += [start + entry for entry in os.listdir(path)]  # noqa: PTH208


def _entry(path: str, status: os.stat_result, before: Entry | None) -> Entry:
    mode, size, time = status.st_mode, status.st_size, status.st_mtime_ns
    if stat.S_ISDIR(mode):
        return Entry(mode, 0, 0, "")
    if before and before[:3] == (mode, size, time):
        return before
    return Entry(mode, size, time, _content(Path(path), mode))


def _content(file: Path, mode: int) -> str:
    with suppress(OSError):
        if stat.S_ISLNK(mode):
            return str(file.readlink())
        if stat.S_ISREG(mode):
            with file.open("rb") as stream:
                return hashlib.file_digest(stream, "blake2b").hexdigest()[:32]
    return ""
