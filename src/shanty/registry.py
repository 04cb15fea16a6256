"""The registry of an image: what a tag names there by now."""

import json
import re
import subprocess

from shanty.docker_fault import no_client
from shanty.errors import MachineError, UsageError
from shanty.request import manifest
from shanty.terminal import announce


def registry_digest(image: str) -> str:
    """Return the digest that an image has in its registry, that of its index where it has several.

    Raises `UsageError` where the registry has none of this name, `MachineError` where it cannot be
    asked.
    """
    asked = manifest(image)
    announce(asked)
    try:
        done = subprocess.run(
            asked.arguments, capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError as error:
        raise no_client() from error
    return read_digest(image, done)


def read_digest(image: str, done: subprocess.CompletedProcess[str]) -> str:
    """Return the digest that an answer has; raises what `registry_digest` does for its fault."""
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise _fault(image, said[-1].removeprefix("ERROR: "))
    return str(json.loads(done.stdout)["digest"])


def _fault(image: str, said: str) -> UsageError | MachineError:
    if re.search(r"not found$|does not exist", said):
        return UsageError(
            f"no registry has the base image {image}: {said}",
            'name one that there is: [tool.shanty] base-image = "…"',
        )
    return MachineError(
        f"the registry of {image} cannot be asked: {said}",
        f"{manifest(image).line}  # and mend what it says",
    )
