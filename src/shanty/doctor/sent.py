"""What of a project goes to the builder, and what of that should not."""

import os
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property, partial
from pathlib import Path

from shanty.context import Context, read_context
from shanty.dockerfile import shipped_docker
from shanty.doctor.finding import Check, Note, Seen, required
from shanty.doctor.ignoring import Ignoring
from shanty.doctor.subject import Subject
from shanty.door import door
from shanty.errors import UsageError
from shanty.ignore_file import SECRET_FILES, ignore_patterns
from shanty.request import shown
from shanty.verify.known_secrets import EXAMPLES, Known, known_secrets

PRIVATE = (".git", ".env", ".env.*", *SECRET_FILES)
# Beyond that many a look takes longer than it is worth.
MOST = 20_000
HEAD_BYTES = 65_536
SHELLS = {"sh", "bash", "dash"}


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


def sent_checks(subject: Subject) -> tuple[Check, ...]:
    """Return the looks at what a project sends to the builder."""
    read = cache(partial(Sent.of, subject))
    return (
        Check(
            "ignore file",
            "What goes to the builder is in the layers of an image, for whoever gets that.",
            partial(_leaks, subject, read),
        ),
        Check(
            "scripts",
            "The kernel looks for an interpreter whose name ends with a carriage return.",
            partial(_scripts, read),
        ),
    )


def is_private(path: str) -> bool:
    """Tell whether a path has the name of what is for nobody else."""
    name = path.rpartition("/")[2]
    return name not in EXAMPLES and any(fnmatchcase(name, one) for one in PRIVATE)


def _leaks(subject: Subject, read: Callable[[], Sent]) -> Iterator[Seen]:
    sent = read()
    leaks = [path for path in sent.paths if is_private(path)]
    for path in leaks:
        yield UsageError(f"{path} goes to the builder", _left_out(sent, path))
    told = list(_told(sent, known_secrets(subject.project, subject.environment)))
    yield from told
    if not leaks and not told:
        yield f"nothing private is among the {len(sent.paths)} files that go to the builder"


def _told(sent: Sent, known: Sequence[Known]) -> Iterator[Note]:
    """Yield which files that go to the builder hold a secret of this machine's."""
    for path in sent.paths if known else ():
        content = _start_of(sent.context.root / path)
        for one in known:
            if one.value in content and not is_private(path):
                fix = f"take it out of {path}, and have the app read it from its environment"
                yield Note(f"{path} holds {one.name}", fix)


def _left_out(sent: Sent, path: str) -> str:
    """Return how a path is left out."""
    if sent.ignore_file is None or not sent.ignore_file.is_file():
        return f"{door()} init"
    line, file = shlex.quote(f"**/{path.rpartition('/')[2]}"), shown(sent.ignore_file)
    # The last line may have no end.
    return f"printf '\\n%s\\n' {line} >> {shlex.quote(file)}"


def _scripts(read: Callable[[], Sent]) -> Iterator[Seen]:
    sent = read()
    found = [path for path in sent.paths if _is_spoilt(sent.context.root / path)]
    for path in found:
        file = sent.context.root / path
        fix = f"sed -i 's/\\r$//' {shlex.quote(shown(file))}"
        what = f"{path} has the line ends of Windows"
        runs = file.parent.name == "docker" or os.access(file, os.X_OK)
        yield UsageError(what, fix) if runs else Note(what, fix)
    if not found:
        yield "none has the line ends of Windows"


def _is_spoilt(file: Path) -> bool:
    """Tell whether a file is a script that does not run for its line ends."""
    first, _, rest = _start_of(file).partition(b"\n")
    if not first.startswith(b"#!"):
        return False
    words = {Path(word).name for word in os.fsdecode(first[2:]).split()}
    return first.endswith(b"\r") or (bool(words & SHELLS) and b"\r\n" in rest)


def _start_of(file: Path) -> bytes:
    """Return what a file begins with, nothing where it cannot be read, or is none."""
    with suppress(OSError):
        # Whoever opens a pipe waits for its other end.
        if file.is_file():
            with file.open("rb") as content:
                return content.read(HEAD_BYTES)
    return b""
