"""What commands that were killed have left of a project: it is ended before the next one."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shanty import engine, request, terminal
from shanty.errors import HungError, ShantyError
from shanty.owner import FORM, LABEL, PROC, VARIABLE, is_gone, owner
from shanty.project import Project


def end_orphans(project: Project) -> None:
    """End a project's containers, processes and private folders whose command was killed.

    Nothing detached is one of them, and nothing of a command that runs, here or elsewhere. Raises
    `HungError` for an engine that never answers; what else is wrong with it is for the command
    itself to say, after what may matter more.
    """
    for process in _processes(project):
        with suppress(OSError):
            os.kill(process, signal.SIGTERM)
    _end_containers(project)
    _remove_folders()


def _end_containers(project: Project) -> None:
    found = [name for name, owner in _owners(project) if is_gone(owner)]
    if found:
        terminal.say(f"left by a command that was killed, and ended now: {', '.join(found)}")
        asked = request.remove_containers(found)
        terminal.announce(asked)
        terminal.execute_silently(asked)


def _owners(project: Project) -> Iterator[tuple[str, str]]:
    """Yield the project's containers that have an owner, and him, by one question alone."""
    filters = ("--filter", f"label=shanty.project={project.id}", "--filter", f"label={LABEL}")
    form = f'{{{{.Names}}}} {{{{.Label "{LABEL}"}}}}'
    words = ("docker", "container", "list", "--all", *filters, "--format", form)
    try:
        engine.engine_version()
    except HungError:
        raise
    except ShantyError:
        return
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        name, _, owner = line.partition(" ")
        yield name, owner


def _processes(project: Project) -> list[int]:
    """Return Docker's clients and the builds that lost their command, where that can be seen."""
    with suppress(OSError):
        numbers = [int(one) for one in os.listdir(PROC) if one.isdecimal()]  # noqa: PTH208
        return [number for number in numbers if _is_orphan(PROC / str(number), project)]
    return []


def _is_orphan(process: Path, project: Project) -> bool:
    """Tell whether a process works for a project and a command of it that is gone."""
    with suppress(OSError):
        environment = (process / "environ").read_bytes()
        found = re.search(rf"\0{VARIABLE}=({FORM.pattern})\0".encode(), b"\0" + environment)
        if found and is_gone(found[1].decode()):
            words = (process / "cmdline").read_bytes()
            by_name = f"shanty.project={project.id}\0".encode() in words
            return by_name or (process / "cwd").readlink() == project.root
    return False


@contextmanager
def private_folder(kind: str) -> Iterator[Path]:
    """Yield a temporary folder that nobody else may look into, and that is gone at the end.

    That of a command that was killed is gone after the next one.
    """
    prefix = f"shanty-{kind}-{owner()}-"
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        yield Path(name)


def _remove_folders() -> None:
    for folder in Path(tempfile.gettempdir()).glob("shanty-*-*-*"):
        found = re.fullmatch(rf"shanty-[a-z]+-({FORM.pattern})-\w+", folder.name)
        if found and is_gone(found[1]):
            shutil.rmtree(folder, ignore_errors=True)
