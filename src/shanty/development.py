"""The development server: live, with a debugger, and after its lock."""

from dataclasses import dataclass, replace

from shanty import engine, request, terminal
from shanty.container import ContainerOptions, development_name, development_server
from shanty.debugger import is_loopback
from shanty.dependencies.lock import read_lock
from shanty.errors import MachineError
from shanty.follower import following
from shanty.labels import lock_digest
from shanty.project import find_project
from shanty.request import Request
from shanty.services.start import with_services
from shanty.serving import Serving, reached
from shanty.settings import Given
from shanty.signals import INTERRUPTED
from shanty.tee import Tail
from shanty.workflow import Workflow


@dataclass(frozen=True)
class Development(Serving):
    """The development server of a workflow."""

    @property
    def _name(self) -> str:
        """The name of the development server."""
        return development_name(self.workflow.settings)

    def serve(self, options: ContainerOptions) -> int:
        """Serve the sources with the debugger and the reloader on; return the exit code."""
        outdated = self._check_room(options.host)
        self._say_others()
        self._say_console(options.host)
        self.workflow.build("development")
        options = with_services(self.workflow, self.services, options)
        if outdated:
            self._take_away(outdated)
        options = replace(options, security=self.workflow.security)
        host, port = reached(options.host), self.workflow.settings.port
        if options.detach:
            asked = self.request_for(options)
            return self._detach(asked, options, lambda: engine.answers(host, port))
        code = self._follow(options)
        # A terminal gives Ctrl-C to the server itself, which then ends with 0 and never else.
        return INTERRUPTED if options.tty and code == 0 and not self.workflow.dry else code

    def request_for(self, options: ContainerOptions) -> Request:
        """Return the start of the server."""
        workflow = self.workflow
        lock = lock_digest(workflow.lock)
        return development_server(workflow.context, workflow.settings, options, lock)

    def _follow(self, options: ContainerOptions) -> int:
        """Serve the sources, anew whenever the lock has changed; return the last exit code."""
        # A terminal that is the app's own has nothing kept of it.
        tail = None if options.tty else Tail()
        serving, asked = self, self.request_for(options)
        if self.workflow.dry:
            return self._served(asked, terminal.execute_step, tail, options, "development")

        def renew() -> None:
            nonlocal serving, asked
            serving = self._renewed()
            # What was there before is known to serve: a fault of the app's own is for the browser.
            asked = serving.request_for(replace(options, again=True))

        image = request.tag(self.workflow.settings, "development")
        with following(self.workflow.project, image, renew) as follower:
            while True:
                code = serving._served(asked, follower.execute, tail, options, "development")
                if not follower.has_stopped:
                    return code

    def _renewed(self) -> "Development":
        """Return the same servers for the project as it is now, at the port that they have."""
        given, port = self.workflow.given, self.workflow.settings.port
        project = find_project(self.workflow.project.root)
        typed = {**given.typed, "port": str(port)}
        renewed = Given(project, read_lock(project), given.environment, typed)
        return Development(Workflow(renewed, self.workflow.dry))

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
