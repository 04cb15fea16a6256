"""What was asked of a container, and the services beside it."""

import os
from dataclasses import replace
from typing import Any

from shanty import terminal
from shanty.container import ContainerOptions
from shanty.errors import MachineError, UsageError
from shanty.network import ca_bundle
from shanty.services.compose_file import find_compose_file
from shanty.services.model import Services, read_services
from shanty.services.running import joined_networks
from shanty.serving import environment_file
from shanty.workflow import Workflow


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


def joined_options(workflow: Workflow, env: list[str], env_file: str | None) -> ContainerOptions:
    """Return what is asked of a container that joins the services, where they are up."""
    options = container_options(workflow, env, env_file)
    try:
        return replace(options, networks=joined_networks(workflow.project))
    except MachineError:
        if not workflow.dry:
            raise
        return options


def services_of(workflow: Workflow, options: ContainerOptions) -> Services | None:
    """Return the services of the project's Compose file, `None` where it has none."""
    file = find_compose_file(workflow.project, options.env_file)
    return read_services(workflow.project, file, dry=workflow.dry) if file else None
