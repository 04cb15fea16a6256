"""Bringing services up until they are healthy, and saying why they are not."""

import re
import sys
from collections.abc import Iterable
from dataclasses import replace

from shanty import engine, terminal
from shanty.container import ContainerOptions
from shanty.errors import MachineError, RunError, ShantyError
from shanty.project import Project
from shanty.request import Request, pull
from shanty.services.model import Services
from shanty.services.running import ServiceContainer, service_containers
from shanty.tee import Tail
from shanty.workflow import Workflow

TAKEN = re.compile(r"port is already allocated|address already in use")


def with_services(
    workflow: Workflow, services: Services | None, options: ContainerOptions
) -> ContainerOptions:
    """Bring services up, if there are any; return the options of a container that joins them."""
    if services is None:
        return options
    bring_up(workflow.project, services, dry=workflow.dry)
    return replace(options, networks=services.networks)


def bring_up(project: Project, services: Services, *, dry: bool) -> None:
    """Bring a project's services up and wait until they are healthy; say which are left aside.

    Raises `RunError` for one that ends or never gets healthy, once its last lines are shown, and
    `MachineError` for an image that cannot be pulled. An interrupt leaves them as they are.
    """
    for name, reason in services.left.items():
        terminal.say(f"the service {name} is left aside: {reason}")
    names = services.names
    while names or not services.asked:
        asked, tail = up(services, names), Tail()
        terminal.announce(asked, dry=dry)
        if dry:
            return
        code, found = terminal.execute_build(asked, tail), _containers(project, services)
        # One that prepares the others has ended, and Compose waits no longer for any.
        done = {one.service for one in found if one.is_done}
        # To Compose, one that ends again and again is up.
        if any(one.is_at_fault for one in found) or (code and not done & set(names)):
            raise _fault(services, found, tail.text)
        if not code:
            return
        names = tuple(name for name in names if name not in done)


def up(services: Services, names: Iterable[str]) -> Request:
    """Return the start of services by name, which ends once they are healthy."""
    wait = ("--wait", "--wait-timeout", str(services.seconds))
    return Request((*services.file.words, "up", "--detach", *wait, *names))


def _containers(project: Project, services: Services) -> list[ServiceContainer]:
    return [
        one
        for one in service_containers(project)
        if one.compose_project == services.compose_project and one.service in services.names
    ]


def _fault(services: Services, found: list[ServiceContainer], said: str) -> ShantyError:
    """Return why services did not come up, after showing the last lines of the one at fault."""
    for name, image in services.images.items():
        if not engine.image_exists(image):
            return MachineError(
                f"the image {image} of the service {name} is not here and cannot be pulled",
                f"{pull(image).line}  # and mend what it says",
            )
    late = [one for one in found if one.is_running and one.health == "starting"]
    unstarted = any(one.status == "created" for one in found)
    for one in [one for one in found if one.is_at_fault] or ([] if unstarted else late):
        print(engine.last_lines(one.name), file=sys.stderr, flush=True)
        log = Request((*services.file.words, "logs", one.service)).line
        return RunError(
            f"the service {one.service} {_how(one, services)}",
            f"mend what its last lines above name; all of them: {log}",
        )
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = lines[-1] if lines else "docker compose said nothing"
    kind = MachineError if TAKEN.search(reason) else RunError
    return kind(f"the services did not start: {reason}", "mend what Docker names, then try again")


def _how(one: ServiceContainer, services: Services) -> str:
    if not one.is_running:
        return f"ended with exit code {one.exit_code}"
    probe = f" ({one.probe})" if one.probe else ""
    if one.health == "starting":
        return f"is not healthy after {services.seconds} s{probe}"
    return f"is unhealthy{probe}"
