"""A server of a project, in the foreground or detached, whichever image it is of."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from shanty import engine, request, terminal
from shanty.container import ContainerOptions
from shanty.debugger import debugger_line
from shanty.door import door
from shanty.errors import MachineError, RunError, UsageError
from shanty.failure.case import Diagnosis, failure
from shanty.failure.limit import out_of_memory
from shanty.port import check_free
from shanty.project import Project
from shanty.request import Request
from shanty.services.model import Services
from shanty.signals import INTERRUPTED
from shanty.tee import Tail
from shanty.workflow import Workflow

READY_SECONDS = 60
# The exit code of what the kernel or somebody else has killed.
KILLED = 137


@dataclass(frozen=True)
class Serving:
    """How a server of a workflow is started, watched and explained; its services come first."""

    workflow: Workflow
    services: Services | None = None

    def _served(
        self,
        asked: Request,
        execute: Callable[[Request, Tail | None], int],
        tail: Tail | None,
        options: ContainerOptions,
        target: str,
    ) -> int:
        address, since = _address(options.host, self.workflow.settings.port), datetime.now(UTC)
        said = f"{address}  (Ctrl-C stops it){debugger_line(options.debug_port)}"
        code = self._perform(asked, lambda request: execute(request, tail), said)
        if code not in {0, INTERRUPTED}:
            what = f"the {target} server ended with exit code {code}"
            if code == KILLED and engine.ran_out_of_memory(asked.container, since):
                raise failure(what, out_of_memory(options.memory))
            raise failure(what, self.workflow.explain(tail.text) if tail else None)
        if code and options.memory and engine.ran_out_of_memory(asked.container, since):
            # Servers start another process for one that is killed.
            reason = out_of_memory(options.memory)
            terminal.say(f"a process of it was killed: {reason.what}\nfix: {reason.fix}")
        return code

    def _detach(self, asked: Request, options: ContainerOptions, ready: Callable[[], bool]) -> int:
        """Start a container and return once it is ready; take away one that never is."""
        terminal.announce(asked, dry=self.workflow.dry)
        if self.workflow.dry:
            return 0
        self._remove_ended(asked.container)
        self._start_detached(asked)

        def explain(log: str, starved: bool) -> Diagnosis | None:  # noqa: FBT001
            return out_of_memory(options.memory) if starved else self.workflow.explain(log)

        try:
            engine.wait_until(asked.container, ready, READY_SECONDS, explain)
        except BaseException:
            terminal.execute_silently(request.remove_containers([asked.container]))
            raise
        host, port = options.host, self.workflow.settings.port
        said = f"{_address(host, port)}  ({asked.container}; {door()} stop stops it)"
        print(said, debugger_line(options.debug_port), sep="")
        if engine.is_at_fault(reached(host), port):
            self._say_fault(asked.container)
        return 0

    def _start_detached(self, asked: Request) -> None:
        try:
            code = terminal.execute_quietly(asked)
        except KeyboardInterrupt:
            # There may be one by now, and one of that name may be somebody else's.
            if asked.container in {one.name for one in engine.containers(self.workflow.project)}:
                terminal.execute_silently(request.remove_containers([asked.container]))
            raise
        if code:
            raise RunError(f"{asked.container} could not be started", f"{door()} ps")

    def _say_fault(self, container: str) -> None:
        """Say why an app that has started cannot answer, as far as its log tells."""
        reason = self.workflow.explain(engine.last_lines(container))
        told = f"{reason.what}\nfix: {reason.fix}" if reason else f"see {door()} logs"
        terminal.say(f"its first page is an error of its own: {told}")

    def _perform(self, asked: Request, execute: Callable[[Request], int], said: str) -> int:
        terminal.announce(asked, dry=self.workflow.dry)
        if self.workflow.dry:
            return 0
        self._remove_ended(asked.container)
        print(said, file=sys.stderr, flush=True)
        return execute(asked)

    def _check_port(self, host: str) -> None:
        if not self.workflow.dry:
            check_free(host, self.workflow.settings.port, self.workflow.project)

    def _remove_ended(self, name: str) -> None:
        if name in (found.name for found in engine.containers(self.workflow.project, running=True)):
            raise MachineError(f"the container {name} is running", f"{door()} stop")
        ended = [
            found.name for found in engine.containers(self.workflow.project) if found.name == name
        ]
        if ended:
            terminal.execute_quietly(request.remove_containers(ended))


def _address(host: str, port: int) -> str:
    name = reached(host)
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"


def reached(host: str) -> str:
    """Return the address at which this machine reaches a server bound to a host."""
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104


def environment_file(project: Project, typed: str | None, configured: str | None) -> str | None:
    """Return the path of the file with the container's environment.

    One that was typed counts from here, one from `[tool.shanty]` from the project. Raises
    `UsageError` when it is not there.
    """
    path = Path(typed) if typed else project.root / configured if configured else None
    if path is not None and not path.is_file():
        raise UsageError(
            f"there is no environment file {path}", "write one, or name another with --env-file"
        )
    return request.shown(path) if path else None
