"""Running commands and asking containers, from outside as a person would."""

import json
import os
import socket
import stat
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryFile

CHECKOUT = Path(__file__).parents[2]
DOORS = {"invoke": (sys.executable, "-m", "invoke"), "shanty": (sys.executable, "-m", "shanty")}

SOCKET = Path("/var/run/docker.sock")
# Takes the suite in before it becomes another user, who may not see where it lies.
AS_ANOTHER = """
import os, sys
import encodings.idna, encodings.latin_1
import python_on_whales, shanty.main, shanty.inside, shanty.serving
from shanty import engine
engine.client()
user, group = int(sys.argv[1]), int(sys.argv[2])
os.setgroups([group]); os.setgid(user); os.setuid(user)
sys.argv = ["shanty", *sys.argv[3:]]
shanty.main.main()
"""

Completed = subprocess.CompletedProcess[str]


def docker(*arguments: str, code: int | None = 0, stdin: str | None = None) -> Completed:
    """Run a docker command and return its output stripped; fail on another exit code."""
    return command(["docker", *arguments], code=code, stdin=stdin)


def command(
    arguments: list[str],
    *,
    code: int | None = 0,
    stdin: str | None = None,
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
) -> Completed:
    """Run a command without a terminal; fail on another exit code than the one expected."""
    done = subprocess.run(
        arguments,
        input=stdin if stdin is not None else "",
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        check=False,
        timeout=300,
    )
    assert code in {None, done.returncode}, f"{arguments}\n{done.stdout}\n{done.stderr}"
    return Completed(done.args, done.returncode, done.stdout.strip(), done.stderr.strip())


def as_user(user: int, words: list[str], *, cwd: Path, env: dict[str, str]) -> Completed:
    """Run a task as another user, whom the engine lets in for as long."""
    with everybody_may(SOCKET, 0o666):
        line = [sys.executable, "-c", AS_ANOTHER, str(user), str(SOCKET.stat().st_gid), *words]
        return command(line, cwd=cwd, env=env, code=None)


@contextmanager
def everybody_may(path: Path, mode: int) -> Iterator[None]:
    """Give a file other rights for a while."""
    before = stat.S_IMODE(path.stat().st_mode)
    path.chmod(mode)
    try:
        yield
    finally:
        path.chmod(before)


@dataclass(frozen=True)
class Workspace:
    """A folder that holds the sample, and the name of the images made from it."""

    root: Path
    image: str

    @property
    def sample(self) -> Path:
        """The sample's own folder."""
        return self.root / "examples" / "coach_planner"

    @property
    def env(self) -> dict[str, str]:
        """What the environment adds: images and containers of this workspace alone."""
        return {"SHANTY_IMAGE": self.image}

    def tag(self, target: str) -> str:
        """Return the tag of a target's image."""
        return f"{self.image}:{target}"

    def invoke(
        self,
        *words: str,
        code: int | None = 0,
        stdin: str | None = None,
        door: str = "invoke",
        env: dict[str, str] | None = None,
    ) -> Completed:
        """Run a task from the workspace's folder."""
        line = [*DOORS[door], *words]
        return command(line, code=code, stdin=stdin, cwd=self.root, env=self.env | (env or {}))

    @contextmanager
    def start(self, *words: str) -> Iterator["subprocess.Popen[str]"]:
        """Start a task as a terminal would, in a process group of its own; it ends here at last."""
        process = subprocess.Popen(
            [*DOORS["invoke"], *words],
            cwd=self.root,
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=30)


def edit(file: Path, before: str, after: str) -> None:
    """Replace a text that must be there."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def free_port() -> int:
    """Return a port that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def get(port: int, path: str = "/") -> tuple[int, str]:
    """Return status and text of a page; status 0 where nothing answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except (OSError, HTTPException):
        return 0, ""


def wait_for(condition: Callable[[], object], seconds: float = 20) -> float:
    """Wait until a condition holds and return the seconds it took; fail when it never does."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, "it never came true"
        time.sleep(0.02)
    return time.monotonic() - started


@contextmanager
def container(*arguments: str, **environment: str) -> Iterator[str]:
    """Start a container from plain `docker run` arguments, yield its id and remove it."""
    variables = [word for pair in environment.items() for word in ("--env", "=".join(pair))]
    identifier = docker("run", "--detach", *variables, *arguments).stdout
    try:
        yield identifier
    finally:
        docker("rm", "--force", "--volumes", identifier)


def inside(image: str, *words: str, stdin: str | None = None) -> str:
    """Return what a command prints in a new container of an image."""
    return docker("run", "--rm", "--interactive", image, *words, stdin=stdin).stdout


def inspect(name: str, form: str) -> object:
    """Return a part of `docker inspect` as values."""
    return json.loads(docker("inspect", "--format", f"{{{{json {form}}}}}", name).stdout)


def saved_files(image: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every file in every layer and in the config of an image."""
    with TemporaryFile() as file:
        subprocess.run(["docker", "save", image], stdout=file, check=True)
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            for member in archive:
                stream = archive.extractfile(member)
                if stream is None:
                    continue
                if _is_tar(stream.read(512)):
                    stream.seek(0)
                    with tarfile.open(fileobj=stream) as layer:
                        yield from _files(layer)
                else:
                    stream.seek(0)
                    yield member.name, stream.read()


def _is_tar(head: bytes) -> bool:
    return head[257:262] == b"ustar"


def _files(archive: tarfile.TarFile) -> Iterator[tuple[str, bytes]]:
    for member in archive:
        stream = archive.extractfile(member) if member.isfile() else None
        yield member.name, stream.read() if stream else b""
