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
from shanty.errors import ShantyError, UsageError
from shanty.failure.case import Diagnosis, failure
from shanty.failure.limit import out_of_memory
from shanty.namesake import check_image, make_room
from shanty.not_started import not_started
from shanty.outlook import Outlook
from shanty.port import check_free
from shanty.project import Project
from shanty.request import Request
from shanty.services.model import Services
from shanty.signals import INTERRUPTED
from shanty.tee import Tail
from shanty.waiting import wait_until
from shanty.workflow import Workflow

READY_SECONDS = 60
# The exit code of what the kernel or somebody else has killed.
KILLED = 137
# That of Docker itself, which has started nothing.
NOT_STARTED = 125


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
        if code == NOT_STARTED:
            raise self._not_started(asked, tail.text if tail else "", options)
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
        self._make_room(asked)
        code, said = self._started(asked)
        if code:
            raise self._not_started(asked, said, options)

        outlook = self._outlook(asked, options, ready)

        def explain(log: str, starved: bool) -> Diagnosis | None:  # noqa: FBT001
            if starved:
                return out_of_memory(options.memory)
            return self.workflow.explain(log) or outlook.missed()

        try:
            wait_until(asked.container, outlook.is_ready, READY_SECONDS, explain)
        except BaseException:
            terminal.execute_silently(request.remove_containers([asked.container]))
            raise
        host, port = options.host, self.workflow.settings.port
        said = f"{_address(host, port)}  ({asked.container}; {door()} stop stops it)"
        print(said, debugger_line(options.debug_port), sep="")
        if engine.is_at_fault(reached(host), port):
            self._say_fault(asked.container)
        return 0

    def _outlook(
        self, asked: Request, options: ContainerOptions, ready: Callable[[], bool]
    ) -> Outlook:
        settings = self.workflow.settings
        host, explain = reached(options.host), self.workflow.explain
        return Outlook(asked.container, host, settings.port, settings.serve, ready, explain)

    def _started(self, asked: Request) -> tuple[int, str]:
        """Start a container, and take it back where that is interrupted."""
        try:
            return terminal.execute_listening(asked)
        except KeyboardInterrupt:
            # There may be one by now, and one of that name may be somebody else's.
            if asked.container in {one.name for one in engine.containers(self.workflow.project)}:
                terminal.execute_silently(request.remove_containers([asked.container]))
            raise

    def _say_fault(self, container: str) -> None:
        """Say why an app that has started cannot answer, as far as its log tells."""
        reason = self.workflow.explain(engine.last_lines(container))
        told = f"{reason.what}\nfix: {reason.fix}" if reason else f"see {door()} logs"
        terminal.say(f"its first page is an error of its own: {told}")

    def _perform(self, asked: Request, execute: Callable[[Request], int], said: str) -> int:
        terminal.announce(asked, dry=self.workflow.dry)
        if self.workflow.dry:
            return 0
        self._make_room(asked)
        print(said, file=sys.stderr, flush=True)
        return execute(asked)

    def _make_room(self, asked: Request) -> None:
        settings, project = self.workflow.settings, self.workflow.project
        check_image(asked.arguments[-1], project)
        make_room(asked.container, settings.port, project)

    def _not_started(self, asked: Request, said: str, options: ContainerOptions) -> ShantyError:
        settings, project = self.workflow.settings, self.workflow.project
        return not_started(asked, said, options.host, settings.port, project)

    def _check_port(self, host: str) -> None:
        if not self.workflow.dry:
            check_free(host, self.workflow.settings.port, self.workflow.project)


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
