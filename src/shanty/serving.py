"""The servers of a project: development and production, in the foreground or detached."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from shanty import engine, request, terminal
from shanty.container import (
    ContainerOptions,
    development_name,
    development_server,
    production_server,
)
from shanty.debugger import debugger_line, is_loopback
from shanty.dependencies.lock import read_lock
from shanty.door import door
from shanty.errors import MachineError, RunError, UsageError
from shanty.failure.case import Diagnosis, failure
from shanty.failure.limit import out_of_memory
from shanty.follower import following
from shanty.labels import lock_digest
from shanty.limits import check_cpus
from shanty.port import check_free
from shanty.project import Project, find_project
from shanty.request import Request
from shanty.services.model import Services
from shanty.services.start import with_services
from shanty.settings import Given
from shanty.tee import Tail
from shanty.workflow import Workflow

READY_SECONDS = 60
# The exit code of what the kernel or somebody else has killed.
KILLED = 137


@dataclass(frozen=True)
class Serving:
    """The servers of a workflow, each built for first, with its services up."""

    workflow: Workflow
    services: Services | None = None

    @property
    def _name(self) -> str:
        """The name of the development server."""
        return development_name(self.workflow.settings)

    def development(self, options: ContainerOptions) -> int:
        """Serve the sources with the debugger and the reloader on; return the exit code."""
        outdated = self._check_room(options.host)
        self._say_others()
        self._say_console(options.host)
        self.workflow.build("development")
        options = with_services(self.workflow, self.services, options)
        if outdated:
            self._take_away(outdated)
        options = replace(options, security=self.workflow.security)
        host, port = _reached(options.host), self.workflow.settings.port
        if options.detach:
            asked = self._development(options)
            return self._detach(asked, options, lambda: engine.answers(host, port))
        code = self._follow(options)
        # A terminal gives Ctrl-C to the server itself, which then ends with 0 and never else.
        return terminal.INTERRUPTED if options.tty and code == 0 and not self.workflow.dry else code

    def _development(self, options: ContainerOptions) -> Request:
        workflow = self.workflow
        lock = lock_digest(workflow.lock)
        return development_server(workflow.context, workflow.settings, options, lock)

    def _follow(self, options: ContainerOptions) -> int:
        """Serve the sources, anew whenever the lock has changed; return the last exit code."""
        serving = self
        while (code := serving._serve_sources(options)) is None:
            serving = serving._renewed()
        return code

    def _serve_sources(self, options: ContainerOptions) -> int | None:
        """Serve the sources until the server ends, or a follower makes room: then `None`."""
        asked = self._development(options)
        image = request.tag(self.workflow.settings, "development")
        # A terminal that is the app's own has nothing kept of it.
        tail = None if options.tty else Tail()
        if self.workflow.dry:
            return self._served(asked, terminal.execute_step, tail, options, "development")
        with following(self.workflow.project, image, asked.container) as follower:
            code = self._served(asked, follower.execute, tail, options, "development")
            return None if follower.has_stopped else code

    def _renewed(self) -> "Serving":
        """Return the same servers for the project as it is now, at the port that they have."""
        given, port = self.workflow.given, self.workflow.settings.port
        project = find_project(self.workflow.project.root)
        typed = {**given.typed, "port": str(port)}
        renewed = Given(project, read_lock(project), given.environment, typed)
        return Serving(Workflow(renewed, self.workflow.dry))

    def _check_room(self, host: str) -> str | None:
        """Check the port; return the server there that has to make room, if that is all."""
        try:
            self._check_port(host)
        except MachineError:
            if outdated := self._outdated():
                return outdated
            raise
        return None

    def _outdated(self) -> str | None:
        """Return the detached server at this port that was started on another lock, if any.

        One in the foreground follows its lock by itself.
        """
        name = self._name
        running = engine.containers(self.workflow.project, running=True)
        found = next((one for one in running if one.name == name and one.is_detached), None)
        return name if found and found.lock != lock_digest(self.workflow.lock) else None

    def _take_away(self, name: str) -> None:
        terminal.say(f"{name} was started on another lock: a new one takes its place")
        asked = request.stop([name])
        terminal.announce(asked)
        terminal.execute_quietly(asked)

    def _say_others(self) -> None:
        """Name the development servers that this project has already, at other ports."""
        if self.workflow.dry:
            return
        own, running = self._name, engine.containers(self.workflow.project, running=True)
        for found in (one for one in running if one.kind == "dev" and one.name != own):
            terminal.say(f"{found.name} serves this project too: {found.state}")

    def _say_console(self, host: str) -> None:
        app = self.workflow.resolved.application
        if app and app.framework == "flask" and not is_loopback(host):
            terminal.say(f"--host {host}: no debugger in the browser, for others reach it there")

    def production(self, options: ContainerOptions) -> int:
        """Serve the production image, held to what it needs; return the exit code.

        Raises `RunError` when the server ends by itself.
        """
        self._check_port(options.host)
        if options.cpus and not self.workflow.dry:
            check_cpus(options.cpus, engine.processors())
        self.workflow.build("production")
        options = with_services(self.workflow, self.services, options)
        asked = production_server(self.workflow.context, self.workflow.settings, options)
        if options.detach:
            return self._detach(asked, options, lambda: engine.is_healthy(asked.container))
        return self._served(asked, terminal.execute_server, Tail(), options, "production")

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
        if code not in {0, terminal.INTERRUPTED}:
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
        if terminal.execute_quietly(asked):
            raise RunError(f"{asked.container} could not be started", f"{door()} ps")

        def explain(log: str, starved: bool) -> Diagnosis | None:  # noqa: FBT001
            return out_of_memory(options.memory) if starved else self.workflow.explain(log)

        try:
            engine.wait_until(asked.container, ready, READY_SECONDS, explain)
        except BaseException:
            terminal.execute_quietly(request.remove_containers([asked.container]))
            raise
        host, port = options.host, self.workflow.settings.port
        said = f"{_address(host, port)}  ({asked.container}; {door()} stop stops it)"
        print(said, debugger_line(options.debug_port), sep="")
        if engine.is_at_fault(_reached(host), port):
            self._say_fault(asked.container)
        return 0

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
    reached = _reached(host)
    return f"http://[{reached}]:{port}/" if ":" in reached else f"http://{reached}:{port}/"


def _reached(host: str) -> str:
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
