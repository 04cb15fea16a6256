"""What every task is made with: its form, its options, and what it is about."""

import functools
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task as invoke_task

from shanty import interrupts, terminal
from shanty.container import ContainerOptions
from shanty.dependencies.lock import Lock, read_lock
from shanty.errors import ShantyError, UsageError
from shanty.home import settle_home
from shanty.network import ca_bundle
from shanty.orphans import end_orphans
from shanty.project import Project, find_project
from shanty.services.compose_file import find_compose_file
from shanty.services.model import Services, read_services
from shanty.serving import environment_file
from shanty.settings import Given
from shanty.signals import INTERRUPTED
from shanty.system_fault import system_fault
from shanty.workflow import Workflow

ENV = {
    "env": "KEY=VALUE for the container, or KEY for your own value; may be repeated",
    "env-file": "a file of such lines",
}
SERVER = {
    "port": "the port it answers on",
    "host": "the address it answers on",
    "detach": "return once it answers",
}
# As a shell gives what SIGPIPE ended.
PIPE_CLOSED = 141
SERVICES = {"services": "bring up the services of the Compose file first"}


def task(*, engine: bool = True, **options: Any) -> Callable[[Callable[..., None]], Any]:
    """Return Invoke's `task` for a function whose faults end as two lines and an exit code.

    Before one that asks the engine, what commands that were killed have left of the project ends.
    """

    def decorate(function: Callable[..., None]) -> Any:
        @functools.wraps(function)
        def run(c: Context, *arguments: Any, **named: Any) -> None:
            try:
                with interrupts.raised():
                    settle_home(os.environ)
                    if engine and not c.config.run.dry:
                        _end_orphans()
                    function(c, *arguments, **named)
                    # What nobody reads any more is known here, not at the end of Python.
                    if sys.stdout:
                        sys.stdout.flush()
            except ShantyError as error:
                raise Exit(str(error), code=error.exit_code) from None
            except BrokenPipeError:
                leave_pipe()
                raise Exit(code=PIPE_CLOSED) from None
            except OSError as error:
                fault = system_fault(error)
                raise Exit(str(fault), code=fault.exit_code) from None
            except KeyboardInterrupt:
                raise Exit("interrupted", code=INTERRUPTED) from None

        return invoke_task(run, **options)

    return decorate


def _end_orphans() -> None:
    try:
        project = find_project(Path.cwd())
    except ShantyError:
        # The task itself says so.
        return
    end_orphans(project)


def leave_pipe() -> None:
    """Write nowhere from now on, for Python would say at its end that nobody reads any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def read_workflow(c: Context, **typed: str | None) -> Workflow:
    """Return the workflow of the project here, with the settings that were typed."""
    project = find_project(Path.cwd())
    workflow = Workflow(Given(project, lock_of(project), os.environ, typed), bool(c.config.run.dry))
    # What is configured wrong is said before anything is done.
    _ = workflow.settings
    return workflow


def lock_of(project: Project) -> Lock | None:
    """Return a project's lock, `None` where it has none."""
    # A folder in its place is said, for nothing can be written there.
    return read_lock(project) if project.lock_file.exists() else None


def container_options(
    workflow: Workflow, env: list[str], env_file: str | None, **options: Any
) -> ContainerOptions:
    """Return what is asked of a container; raise `UsageError` for variables that cannot be."""
    for entry in env:
        key, _, value = entry.partition("=")
        if not key.strip():
            # The value may be a secret.
            shown = f"{key}=…" if value else entry
            raise UsageError(f"--env {shown!r} names no variable", "write --env KEY=VALUE")
        if "=" not in entry and entry not in os.environ:
            raise UsageError(f"--env {entry}: {entry} is not set here", f"--env {entry}=VALUE")
    path = environment_file(workflow.project, env_file, workflow.settings.env_file)
    tty = terminal.is_terminal() and not options.get("detach")
    bundle = ca_bundle(os.environ)
    return ContainerOptions(env=tuple(env), env_file=path, tty=tty, ca=bundle, **options)


def services_of(workflow: Workflow, options: ContainerOptions) -> Services | None:
    """Return the services of the project's Compose file, `None` where it has none."""
    file = find_compose_file(workflow.project, options.env_file)
    return read_services(workflow.project, file, dry=workflow.dry) if file else None


def leave(code: int, *, server: bool = False) -> None:
    """End a task with an exit code that is not its own; a server has none but that of its fault."""
    if server and code == INTERRUPTED:
        raise KeyboardInterrupt
    if code:
        raise Exit(code=code)
