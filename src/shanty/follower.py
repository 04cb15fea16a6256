"""A development server that follows its lock: what has changed is built, and takes its place."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shanty import engine, request, terminal
from shanty.errors import ShantyError
from shanty.owner import VARIABLE, owner
from shanty.project import Project
from shanty.request import Request
from shanty.tee import Tail

LINES = 20


class Follower:
    """Watches `pyproject.toml` and `poetry.lock` for a container of a development image.

    `renew` makes ready what comes after the container, and raises where nothing can: then the
    container stays.
    """

    def __init__(self, project: Project, image: str, renew: Callable[[], None]) -> None:
        self._root = project.root
        self._files = (project.lock_file, project.pyproject_file)
        self._image, self._container, self._renew = image, "", renew
        self._id = ""
        self._contents = self._settled = self._read()
        self._build: _Build | None = None
        self.has_stopped = False

    def execute(self, asked: Request, tail: Tail | None) -> int:
        """Start a container and follow until it ends; return its exit code, 0 once stopped."""
        self.watch(asked.container)
        code = terminal.execute_step(asked, tail, self.step)
        return 0 if self.has_stopped else code

    def watch(self, container: str) -> None:
        """Watch for another container, of the image as it is now; what it has seen stays seen."""
        self._container, self._id = container, self._image_id()
        self.has_stopped = False

    def step(self) -> bool:
        """Look, build, and once that has made another image stop the container; tell whether.

        A build that fails is told, and the container stays.
        """
        if self._build is not None:
            self.has_stopped = self._build.is_over and self._makes_room(self._build)
        else:
            before, self._settled = self._settled, self._read()
            # Whoever writes has done so when two looks see the same.
            if before == self._settled != self._contents:
                self._begin()
        return self.has_stopped

    def end(self) -> None:
        """End a build that is under way."""
        if self._build is not None:
            self._build.end()

    def _begin(self) -> None:
        pairs = zip(self._files, self._contents, self._settled, strict=True)
        changed = next(file for file, before, now in pairs if before != now)
        self._contents = self._settled
        terminal.say(f"{request.shown(changed)} has changed: building development anew")
        self._build = _Build(self._root)

    def _makes_room(self, build: "_Build") -> bool:
        """Stop the container where a build has made another image than it runs."""
        self._build = None
        code, said = build.end()
        if code:
            for line in said.splitlines()[-LINES:]:
                terminal.say(line)
            terminal.say(f"{self._container} goes on as it was, until the files change again")
            return False
        if self._image_id() == self._id:
            terminal.say("nothing of that is new to development")
            return False
        try:
            self._renew()
        except ShantyError as error:
            # Somebody writes again: what they write is seen at the next look.
            terminal.say(str(error))
            return False
        asked = request.stop([self._container])
        terminal.announce(asked)
        return terminal.execute_quietly(asked) == 0

    def _image_id(self) -> str:
        found = engine.find_image(self._image)
        return found.id if found else ""

    def _read(self) -> tuple[bytes, ...]:
        """Return what the files hold, nothing for one that is not there for now."""
        return tuple(file.read_bytes() if file.is_file() else b"" for file in self._files)


@contextmanager
def following(project: Project, image: str, renew: Callable[[], None]) -> Iterator[Follower]:
    """Yield a follower that leaves no build behind."""
    follower = Follower(project, image, renew)
    try:
        yield follower
    finally:
        follower.end()


class _Build:
    """The build of development beside the server, by this very command."""

    def __init__(self, folder: Path) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end of the build
        self._process = subprocess.Popen(
            (sys.executable, "-m", "shanty", "build", "--target", "development"),
            cwd=folder,
            env={**os.environ, VARIABLE: owner()},
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            # The terminal's interrupt is for the server alone.
            start_new_session=True,
        )

    @property
    def is_over(self) -> bool:
        """Whether it has come to its end."""
        return self._process.poll() is not None

    def end(self) -> tuple[int, str]:
        """End it unless it is over; return its exit code and what it said."""
        self._process.terminate()
        code = self._process.wait()
        with self._said as said:
            said.seek(0)
            return code, said.read().decode(errors="replace")
