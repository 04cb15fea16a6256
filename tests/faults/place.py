"""A project of one's own in which a fault is injected, and what is left there afterwards."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.engine.support import AS_ANOTHER, SOCKET, docker

TIMEOUT_SECONDS = 240
NOBODY = 65534
# What a run of Python leaves, whoever runs it.
NO_MATTER = {"__pycache__", ".pytest_cache"}
COMMANDS = "shanty|docker|sudo|git|rm|cd|unset|export|poetry|chmod|mkdir|cp|ln|mv|sed|kill|printf"


@dataclass(frozen=True)
class Outcome:
    """What a command printed, its exit code and the seconds that it took.

    `afterwards` are those since the last `docker` command of it had ended.
    """

    stdout: str
    stderr: str
    code: int
    seconds: float
    afterwards: float

    def took(self, afterwards: bool) -> float:  # noqa: FBT001
        """Return the seconds it took, all of them or those after the last docker command."""
        return self.afterwards if afterwards else self.seconds

    @property
    def said(self) -> str:
        """Everything it printed."""
        return f"{self.stdout}\n{self.stderr}"

    @property
    def told(self) -> list[str]:
        """The lines of the error: from the one before `fix:` on."""
        lines = self.stderr.strip().splitlines()
        found = [number for number, line in enumerate(lines) if line.startswith("fix: ")]
        return lines[max(found[-1] - 1, 0) :] if found else lines[-1:]

    @property
    def cause(self) -> str:
        """The first line of the error."""
        return self.told[0] if self.told else ""

    @property
    def fix(self) -> str:
        """What is told to do, without the mark."""
        return self.told[1].removeprefix("fix: ") if len(self.told) > 1 else ""

    @property
    def fix_command(self) -> str:
        """The command in the fix: at its start or after a colon, up to its end or two blanks."""
        found = re.search(rf"(?:^|: )((?:\w+=\S+ )*(?:{COMMANDS}) .*?)(?:  # .*)?$", self.fix)
        return found[1] if found else ""


@dataclass
class Place:
    """A copy of a project, its own temporary folder, port and image, and the user who is there.

    `environment` adds to the test's own, `None` takes a variable out; `secrets` are in no output;
    `words` are what a task names in braces.
    """

    root: Path
    temporary: Path
    image: str
    port: int
    environment: dict[str, str | None] = field(default_factory=dict)
    user: int | None = None
    groups: list[int] = field(default_factory=list)
    here: Path | None = None
    secrets: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)

    def filled(self, line: str) -> tuple[str, ...]:
        """Return the words of a line, with those of this place in the place of their names."""
        return tuple(word.format(**self.known) for word in line.split())

    @property
    def known(self) -> dict[str, str]:
        """The words of this place by name."""
        return {"image": self.image, "port": str(self.port), **self.words}

    @property
    def pyproject(self) -> Path:
        """The project's `pyproject.toml`."""
        return self.root / "pyproject.toml"

    @property
    def lock(self) -> Path:
        """The project's lock."""
        return self.root / "poetry.lock"

    @property
    def bin(self) -> Path:
        """A folder whose commands come before all others."""
        return self.temporary.parent / "bin"

    @property
    def variables(self) -> dict[str, str]:
        """The whole environment."""
        path = f"{self.bin}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        ours = {"SHANTY_IMAGE": self.image, "TMPDIR": str(self.temporary), "PATH": path}
        ours |= {"DOCKER_TIMES": str(self.times), "SHANTY_PORT": str(self.port)}
        both = {**os.environ, **ours, **self.environment}
        return {key: value for key, value in both.items() if value is not None}

    @property
    def times(self) -> Path:
        """When each `docker` command ended."""
        return self.temporary.parent / "times"

    def unset(self, name: str) -> None:
        """Give up a variable of this place's."""
        del self.environment[name]

    def write(self, name: str, before: str, after: str) -> None:
        """Replace a text that must be in a file of the project."""
        file = self.root / name
        text = file.read_text(encoding="utf-8")
        assert before in text, f"{name} has no {before!r}"
        file.write_text(text.replace(before, after), encoding="utf-8")

    def command(self, name: str, script: str) -> None:
        """Put a command of one's own, a shell script, before all others."""
        file = self.bin / name
        file.unlink(missing_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        file.chmod(0o755)

    def shanty(self, *words: str) -> Outcome:
        """Run a task."""
        if self.user is None:
            return self.run([sys.executable, "-m", "shanty", *words])
        group = self.groups[0] if self.groups else SOCKET.stat().st_gid
        ids = (str(self.user), str(group))
        return self.run([sys.executable, "-c", AS_ANOTHER, *ids, *words])

    @property
    def _as_user(self) -> list[str]:
        """The words before a command of another user's."""
        if self.user is None:
            return []
        group = self.groups[0] if self.groups else SOCKET.stat().st_gid
        return ["setpriv", f"--reuid={self.user}", f"--regid={group}", "--clear-groups"]

    def become(self, user: int, groups: list[int]) -> None:
        """Be another user, in other groups than the socket's where some are named."""
        self.user, self.groups = user, groups
        self.environment["HOME"] = str(self.root.parent)
        folder = self.root.parent
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, -1, follow_symlinks=False)

    def shell(self, line: str) -> Outcome:
        """Run a line as one would paste it."""
        return self.run([*self._as_user, "/bin/sh", "-c", line])

    def run(self, line: list[str]) -> Outcome:
        """Run a command without a terminal."""
        self.times.unlink(missing_ok=True)
        started = time.time()
        done = subprocess.run(
            line,
            cwd=self.here or self.root,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
        ended = time.time()
        last = float(self.times.read_text().split()[-1]) if self.times.exists() else started
        stdout, stderr = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
        return Outcome(stdout, stderr, done.returncode, ended - started, ended - last)


def recording_docker(place: Place, real: str) -> None:
    """Note when each `docker` command ended, which its signals reach as they would without."""
    place.command(
        "docker",
        f'{shlex.quote(real)} "$@"; code=$?; date +%s.%N >> "$DOCKER_TIMES"; exit $code',
    )


@dataclass(frozen=True)
class Traces:
    """What there is of containers, networks, temporary and project files."""

    engine: frozenset[str]
    temporary: frozenset[str]
    files: Mapping[str, tuple[object, ...]]

    def new(self, before: "Traces") -> list[str]:
        """Return what has come since, or changed."""
        files = [name for name in {*self.files, *before.files} if self._differs(name, before)]
        return sorted(
            {*(self.engine - before.engine), *(self.temporary - before.temporary), *files}
        )

    def _differs(self, name: str, before: "Traces") -> bool:
        return self.files.get(name) != before.files.get(name)


def traces(place: Place) -> Traces:
    """Return what there is now."""
    label = f"name={re.escape(place.image)}"
    words = ("ps", "--all", "--filter", label, "--format", "container {{.Names}}")
    found = docker(*words).stdout.splitlines()
    found += docker("network", "ls", "--format", "network {{.Name}}").stdout.splitlines()
    # One who has no home has a cache there.
    cache = f"shanty-{place.user}"
    temporary = (str(path) for path in place.temporary.rglob("*") if cache not in path.parts)
    files = {
        str(path.relative_to(place.root)): _state(path)
        for path in place.root.rglob("*")
        if not NO_MATTER & set(path.parts)
    }
    return Traces(frozenset(found), frozenset(temporary), files)


def _state(path: Path) -> tuple[object, ...]:
    status = path.lstat()
    content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    return status.st_mode, status.st_uid, content
