"""What commands that were killed have left of a project: it is ended before the next one."""

import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from shanty import engine, question, request, terminal
from shanty.errors import HungError, ShantyError
from shanty.foreground import ask
from shanty.owner import FORM, LABEL, PROC, VARIABLE, is_gone, owner
from shanty.project import Project, find_project

LEFT = "left by a command that was killed, and ended now"


def find_project_here() -> Project | None:
    """Return the project here, if there is one, and ask Docker ahead what there is of it."""
    try:
        project = find_project(Path.cwd())
    except ShantyError:
        # The task itself says so.
        return None
    question.put(_question(project))
    return project


def end_orphans(project: Project) -> None:
    """End a project's containers, processes and private folders whose command was killed.

    Nothing detached is one of them, and nothing of a command that runs, here or elsewhere. Raises
    `HungError` for an engine that never answers; what else is wrong with it is for the command
    itself to say, after what may matter more.
    """
    question.put(_question(project))
    for process in _processes(project):
        with suppress(OSError):
            os.kill(process, signal.SIGTERM)
    _end_containers(project)
    _remove_folders()


class _Container(NamedTuple):
    """A container of the project: its name, how it is, its task, and whose it is."""

    name: str
    state: str
    task: str
    owner: str


def _end_containers(project: Project) -> None:
    every = _containers(project)
    found = [one.name for one in every if is_gone(one.owner)]
    if found:
        terminal.say(f"{LEFT}: {', '.join(found)}")
        asked = request.remove_containers(found)
        terminal.announce(asked)
        terminal.execute_silently(asked)
    others = [one for one in every if one.name not in found and one.state == "running"]
    _end_joined([one.name for one in others if one.task == "dev"])


def _containers(project: Project) -> list[_Container]:
    """Return the project's containers by one question alone."""
    try:
        engine.engine_version()
    except HungError:
        raise
    except ShantyError:
        return []
    lines = question.ask(_question(project)).stdout.splitlines()
    return [_Container(*line.split("\t")) for line in lines]


def _question(project: Project) -> tuple[str, ...]:
    labels = ("shanty.task", LABEL)
    fields = ("{{.Names}}", "{{.State}}", *(f'{{{{.Label "{label}"}}}}' for label in labels))
    words = ("--filter", f"label=shanty.project={project.id}", "--format", "\t".join(fields))
    return ("docker", "container", "list", "--all", *words)


def _end_joined(servers: Sequence[str]) -> None:
    """End what was run inside of servers that go on, by a command that was killed."""
    if not servers:
        return
    from shanty.container import end_joined, marks  # noqa: PLC0415 - of most, none is a server

    count = "{{.Name}}{{range .ExecIDs}} x{{end}}"
    busy = ask(("docker", "container", "inspect", "--format", count, *servers)).splitlines()
    for name in [line.split()[0].removeprefix("/") for line in busy if line.endswith(" x")]:
        for line in ask(marks(name).arguments).splitlines():
            mark = line.partition("=")[2]
            if is_gone(mark.rpartition(".")[0]):
                terminal.say(f"{LEFT}: what ran in {name}")
                terminal.execute_silently(end_joined(name, mark))


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
    # Where there is nowhere for temporary files, there are none.
    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).glob("shanty-*-*-*"):
            found = re.fullmatch(rf"shanty-[a-z]+-({FORM.pattern})-\w+", folder.name)
            if found and is_gone(found[1]):
                shutil.rmtree(folder, ignore_errors=True)
