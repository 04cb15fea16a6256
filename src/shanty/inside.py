"""What is run in the development image: commands, tests and shells."""

import secrets
from dataclasses import dataclass, replace

from shanty import engine, request, terminal
from shanty.container import ContainerOptions, command, end_joined, joined, shell
from shanty.dependencies.holders import in_a_group
from shanty.door import door
from shanty.labels import lock_digest
from shanty.owner import owner
from shanty.request import Request
from shanty.server import framework_shell, manager
from shanty.services.model import Services
from shanty.services.start import with_services
from shanty.workflow import Workflow

SHELL = ("/bin/bash",)
# A shell at its prompt heeds no SIGTERM, so nothing is gained by waiting.
SHELL_SECONDS = 1

# What unittest ends with where it finds none.
NO_TESTS = 5


@dataclass(frozen=True)
class Inside:
    """The commands of a workflow: in the development container that runs, else in one of their own.

    One that was started on another lock is left alone, and so is one that does not reach the
    services that are up; tests have theirs up first.
    """

    workflow: Workflow
    services: Services | None = None

    def run(self, words: tuple[str, ...], options: ContainerOptions) -> int:
        """Run a command in the development image; return its exit code."""
        if running := self._running(options):
            return self._join(running, words, options)
        options = self._prepared("development", options)
        context, settings = self.workflow.context, self.workflow.settings
        return self._perform(command(context, settings, words, options, self._name("run")))

    def test(self, words: tuple[str, ...], options: ContainerOptions) -> int:
        """Run the project's tests with more words, untouched; return their exit code."""
        options = with_services(self.workflow, self.services, options)
        runner = self._runner()
        code = self.run((*runner, *words), options)
        if code == NO_TESTS and "unittest" in runner:
            terminal.say(f"tests for pytest need it: {door()} add --group test pytest")
        return code

    def shell(self, target: str, options: ContainerOptions) -> int:
        """Open a shell in a target in place of its entrypoint; return its exit code."""
        if target == "development" and (running := self._running(options)):
            return self._join(running, SHELL, options)
        options = self._prepared(target, options)
        context, settings = self.workflow.context, self.workflow.settings
        asked = shell(context, settings, target, options, self._name("shell"))
        return self._perform(asked, SHELL_SECONDS)

    def framework_shell(self, options: ContainerOptions) -> int:
        """Open the shell of the app's framework, or Python; return its exit code."""
        app = self.workflow.resolved.application
        words = framework_shell(self.workflow.project, app) if app else ("python",)
        return self.run(words, options)

    def _runner(self) -> tuple[str, ...]:
        """Return what runs the tests: pytest, Django's own, else the standard library's."""
        project, app = self.workflow.project, self.workflow.resolved.application
        if in_a_group(project, self.workflow.lock, "pytest"):
            return ("pytest",)
        script = manager(project, app) if app else None
        return ("python", script, "test") if script else ("python", "-m", "unittest")

    def _running(self, options: ContainerOptions) -> str | None:
        """Return the development container that runs; `None` for none, or one that will not do."""
        if self.workflow.dry:
            return None
        running = engine.containers(self.workflow.project, running=True)
        found = next((one for one in running if one.kind == "dev"), None)
        if found is None:
            return None
        if found.lock != lock_digest(self.workflow.lock):
            reason = "was started on another lock"
        elif set(options.networks) - set(found.networks):
            reason = "was started without the services"
        else:
            return found.name
        terminal.say(f"{found.name} {reason}: this runs in a container apart")
        return None

    def _join(self, name: str, words: tuple[str, ...], options: ContainerOptions) -> int:
        mark = f"{owner()}.{secrets.token_hex(3)}"
        asked = joined(name, words, options, mark)
        terminal.announce(asked)
        return terminal.execute_joined(asked, end_joined(name, mark))

    def _prepared(self, target: str, options: ContainerOptions) -> ContainerOptions:
        """Build a target; return the options for a container of it on this engine."""
        self.workflow.build(target, quiet=True)
        # What the engine says of its own is for the sources, which development alone mounts.
        mounts = target == "development"
        return replace(options, security=self.workflow.security) if mounts else options

    def _perform(self, asked: Request, patience: float = terminal.STOP_SECONDS) -> int:
        terminal.announce(asked, dry=self.workflow.dry)
        return 0 if self.workflow.dry else terminal.execute(asked, patience)

    def _name(self, task: str) -> str:
        return f"{request.base_name(self.workflow.settings)}-{task}-{secrets.token_hex(3)}"
