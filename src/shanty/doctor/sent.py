"""What of a project goes to the builder."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from shanty.context import Context, read_context
from shanty.dockerfile import shipped_docker
from shanty.doctor.finding import required
from shanty.doctor.ignoring import Ignoring
from shanty.doctor.subject import Subject
from shanty.ignore_file import SECRET_FILES, ignore_patterns
from shanty.verify.known_secrets import EXAMPLES

PRIVATE = (".git", ".env", ".env.*", *SECRET_FILES)
# Beyond that many a look takes longer than it is worth.
MOST = 20_000
HEAD_BYTES = 65_536


@dataclass(frozen=True)
class Sent:
    """The files of a context that its ignore file leaves in."""

    context: Context
    ignore_file: Path | None
    ignoring: Ignoring

    @classmethod
    def of(cls, subject: Subject) -> "Sent":
        """Return what a build of a project would send."""
        context = required(
            lambda: read_context(subject.project, subject.given.lock), "the context is not known"
        )
        if context.owner:
            own = context.owner / "docker" / "Dockerfile.dockerignore"
            # The builder's own order.
            file = own if own.is_file() else context.root / ".dockerignore"
            text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
            return cls(context, own, Ignoring(tuple(text.splitlines())))
        recipe = subject.recipe
        wheel = bool(recipe and recipe.ship == "wheel" and not subject.setting("test-gate"))
        patterns = ignore_patterns(context, shipped_docker(), wheel=wheel)
        return cls(context, None, Ignoring(tuple(patterns)))

    @cached_property
    def paths(self) -> list[str]:
        """The paths of files, and of folders that are private as a whole, up to `MOST`."""
        return [path for path, _ in zip(self._walk(""), range(MOST), strict=False)]

    def _walk(self, folder: str) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(self.context.root / folder), key=lambda one: one.name)
        except OSError:
            return
        for entry in entries:
            path = f"{folder}/{entry.name}" if folder else entry.name
            left_out = self.ignoring.leaves_out(path)
            if entry.is_dir(follow_symlinks=False) and not is_private(path):
                if not left_out or self.ignoring.keeps_below(path):
                    yield from self._walk(path)
            elif not left_out and (entry.is_file() or is_private(path)):
                yield path

    def start_of(self, path: str) -> bytes:
        """Return what a file begins with, nothing where it cannot be read, or is none."""
        file = self.context.root / path
        with suppress(OSError):
            # Whoever opens a pipe waits for its other end.
            if file.is_file():
                with file.open("rb") as content:
                    return content.read(HEAD_BYTES)
        return b""


def is_private(path: str) -> bool:
    """Tell whether a path has the name of what is for nobody else."""
    name = path.rpartition("/")[2]
    return name not in EXAMPLES and any(fnmatchcase(name, one) for one in PRIVATE)
