"""What Docker's client says when it fails, as an error of ours."""

import re
import shutil

from shanty.door import door
from shanty.endpoint import endpoint
from shanty.errors import AccessError, HungError, MachineError, RunError, ShantyError, UsageError

NO_ENGINE = r"cannot connect|daemon running|error during connect|failed to connect"
NO_CONTEXT = r"unable to resolve docker endpoint: (.*)"


def docker_fault(said: str) -> ShantyError:
    """Return the error for what the client said, with its last line."""
    from shanty.failure.disk import disk_full  # noqa: PLC0415 - for a command that fails alone

    # Of what it may not read at home it warns, and goes on.
    said = "\n".join(line for line in said.splitlines() if not line.startswith("WARNING: "))
    last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
    if "invalid reference format" in said:
        return UsageError(
            f"what was named is no image: {last}", "name it in small letters, as in name:tag"
        )
    if "permission denied" in said.lower():
        return AccessError(
            f"the Docker engine does not let you in: {last}",
            'sudo usermod --append --groups docker "$USER"  # then log in again',
        )
    if found := re.search(NO_CONTEXT, said):
        asked = endpoint()
        reason = found[1].partition(": open ")[0]
        return UsageError(f"{asked.leader} {asked.name} leads to no engine: {reason}", asked.fix)
    if full := disk_full(said):
        return full.kind(full.what, full.fix)
    if re.search(NO_ENGINE, said, re.IGNORECASE):
        return no_engine(last)
    return RunError(f"docker failed: {last}", "mend what Docker names, then try again")


def no_engine(said: str) -> MachineError:
    """Return the error for an engine that is not there, with what leads to it."""
    asked = endpoint()
    led = f" ({asked.leader} leads there)" if asked.leader else ""
    return MachineError(f"no Docker engine answers: {said}{led}", asked.fix)


def hung_engine(seconds: float) -> HungError:
    """Return the error for an engine that has not answered in time."""
    asked = endpoint()
    return HungError(
        f"the Docker engine of {asked.shown} does not answer: asked {seconds:.0f} s ago", asked.fix
    )


def no_client() -> MachineError:
    """Return the error for a machine without the docker command; Podman is not taken for it."""
    podman = ", only podman, which is another engine" if shutil.which("podman") else ""
    return MachineError(f"there is no docker command on this machine{podman}", f"{door()} setup")


def other_client() -> MachineError:
    """Return the error for a docker command that is Podman's."""
    return MachineError(
        "the docker command of this machine is podman, which is another engine", f"{door()} setup"
    )
