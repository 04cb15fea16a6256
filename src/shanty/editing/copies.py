"""Copies of the two files that Poetry edits, and how they come back: both of them, or neither."""

import errno
import os
import shlex
import shutil
import signal
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shanty.door import door
from shanty.errors import MachineError, RunError
from shanty.project import Project
from shanty.replacement import replace_files

# Poetry's settings for one project, which it reads beside the two.
SETTINGS = "poetry.toml"
# What no build of a neighbour reads, and what may be large.
LEFT_OUT = shutil.ignore_patterns(".venv", "venv", "node_modules", "__pycache__", ".tox", ".nox")


@dataclass(frozen=True)
class Copies:
    """Private folders with copies; `before` is what each file of the project was, by name.

    `places` has the folder that lies in the place of each: the project's, and of neighbours.
    """

    project: Project
    places: Mapping[Path, Path]
    before: Mapping[str, bytes | None]

    @property
    def folder(self) -> Path:
        """The folder with the copies of the two files."""
        return self.places[self.project.root]

    @property
    def users(self) -> Path:
        """Where a list of users may lie."""
        return self.folder.parent / "passwd"

    @property
    def changed(self) -> dict[str, bytes]:
        """The copies that are no longer what they were made from, by name."""
        now = {name: _read(self.folder / name) for name in self.before}
        return {
            name: content
            for name, content in now.items()
            if content is not None and content != self.before[name]
        }

    def hand_back(self) -> list[str]:
        """Put the copies that changed in their files' places; return the names of those.

        Raises `RunError` where a file is no longer what was copied, or Poetry left no TOML.
        """
        changed = self.changed
        for name, new in changed.items():
            _check_toml(name, new)
        with _undisturbed():
            for name, content in self.before.items():
                if _read(self.project.root / name) != content:
                    raise RunError(
                        f"{self.project.root / name} was changed by somebody else while Poetry "
                        "ran, and stays as it is now",
                        "do the same again, now that it is changed",
                    )
            try:
                replace_files({self.project.root / one: text for one, text in changed.items()})
            except OSError as error:
                raise _unwritable(self.project, error) from error
        return list(changed)


def check_writable(project: Project) -> None:
    """Raise `MachineError` where nothing can be put into the project's folder."""
    if not os.access(project.root, os.W_OK):
        number = errno.EROFS if _is_read_only(project.root) else errno.EACCES
        raise _unwritable(project, OSError(number, os.strerror(number)))


def _is_read_only(folder: Path) -> bool:
    """Tell whether the file system that a folder lies on takes nothing, whoever asks."""
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _mounted(folder: Path) -> Path:
    """Return the uppermost folder of a file system that takes nothing."""
    while folder != folder.parent and _is_read_only(folder.parent):
        folder = folder.parent
    return folder


@contextmanager
def copied(project: Project, neighbours: Iterable[Path] = ()) -> Iterator[Copies]:
    """Yield copies in a folder that nobody else may look into, and that is gone at the end.

    Raises `MachineError` where what comes back could not be written.
    """
    check_writable(project)
    files = (project.pyproject_file, project.lock_file)
    before = {file.name: _read(file) for file in files}
    private = Path(tempfile.mkdtemp(prefix="shanty-poetry-"))
    try:
        places = {project.root: private / "project"}
        places[project.root].mkdir()
        for name, content in {**before, SETTINGS: _read(project.root / SETTINGS)}.items():
            if content is not None and _is_text(content):
                (places[project.root] / name).write_bytes(content)
        for number, path in enumerate(neighbours):
            places[path] = private / str(number)
            shutil.copytree(path, places[path], symlinks=True, ignore=LEFT_OUT)
        yield Copies(project, places, before)
    finally:
        shutil.rmtree(private, ignore_errors=True)


def _read(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None


def _is_text(content: bytes) -> bool:
    """Tell whether Poetry can read a file: at others it stops, even where it writes anew."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _check_toml(name: str, content: bytes) -> None:
    try:
        tomllib.loads(content.decode())
    except ValueError as error:
        raise RunError(
            f"Poetry left a {name} that is no TOML ({error}), so it stays as it was",
            f"try another Poetry, as in: {door()} sync --poetry-version 2.5.1",
        ) from error


def _unwritable(project: Project, error: OSError) -> MachineError:
    fix = f'make it yours: sudo chown -R "$USER" {project.quoted_root}'
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        fix = f"make room, as told by: df {project.quoted_root}"
    if error.errno == errno.EROFS:
        fix = f"sudo mount -o remount,rw {shlex.quote(str(_mounted(project.root)))}"
    return MachineError(f"{project.root} cannot be written to: {error.strerror}", fix)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let no signal that can wait come between two files; once both are in place it is too late."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    waiting = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, waiting)
    try:
        yield
        while came := signal.sigpending() & waiting:
            signal.sigwait(came)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
