"""Why Docker has not started a container."""

import re

from shanty import request, terminal
from shanty.door import door
from shanty.errors import MachineError, RunError, ShantyError
from shanty.failure.disk import disk_full
from shanty.port import check_free
from shanty.project import Project
from shanty.request import Request

NAME_TAKEN = "is already in use by container"
PORT_TAKEN = r"port is already allocated|address already in use"


def not_started(asked: Request, said: str, host: str, port: int, project: Project) -> ShantyError:
    """Return the error for a container that Docker has not started, by what the client said.

    One that it has made is removed, unless the name was another's before; `said` is empty where a
    person has read it already.
    """
    name = asked.container
    if NAME_TAKEN in said:
        return MachineError(
            f"the container {name} was started by another command just now", f"{door()} ps"
        )
    # One in the foreground goes by itself.
    if "--detach" in asked.arguments:
        terminal.execute_silently(request.remove_containers([name]))
    if full := disk_full(said):
        return full.kind(full.what, full.fix)
    if not said or re.search(PORT_TAKEN, said):
        try:
            check_free(host, port, project)
        except ShantyError as error:
            return error
    return RunError(
        f"{name} was not started: {_reason(said)}",
        f"mend what Docker names, then look: {door()} ps",
    )


def _reason(said: str) -> str:
    """Return the line that is not about how to call Docker."""
    lines = [line for line in said.splitlines() if line.startswith("docker: ")] or said.splitlines()
    return lines[-1].removeprefix("docker: ") if lines else "Docker says above why"
