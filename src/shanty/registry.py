"""The registry of an image: what a name stands for there by now."""

import json
import re
import subprocess
from collections.abc import Mapping

from shanty.docker_fault import no_client
from shanty.errors import MachineError, UsageError
from shanty.release.contents import Contents, there
from shanty.request import Request, described, manifest
from shanty.terminal import announce

UNKNOWN = re.compile(r"not found$|does not exist")


def registry_digest(image: str, builder: str | None = None) -> str:
    """Return the digest that an image has in its registry, that of its index where it has several.

    A builder is asked by what it knows of registries. Raises `UsageError` where the registry has
    none of this name, `MachineError` where it cannot be asked.
    """
    asked = manifest(image, builder)
    announce(asked)
    return read_digest(image, _ask(asked))


def registry_contents(image: str, builder: str | None = None) -> Mapping[str, Contents] | None:
    """Return what an image in its registry is made of, by platform; `None` for no such name.

    Raises `MachineError` where the registry cannot be asked.
    """
    asked = described(image, builder)
    announce(asked)
    done = _ask(asked)
    if not done.returncode:
        return there(json.loads(done.stdout))
    said = _last(done)
    if UNKNOWN.search(said):
        return None
    raise _not_asked(image, asked, said)


def _ask(asked: Request) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(
            asked.arguments, capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError as error:
        raise no_client() from error


def read_digest(image: str, done: "subprocess.CompletedProcess[str]") -> str:
    """Return the digest that an answer has; raises what `registry_digest` does for its fault."""
    if done.returncode:
        raise _fault(image, _last(done))
    return str(json.loads(done.stdout)["digest"])


def _last(done: "subprocess.CompletedProcess[str]") -> str:
    said = done.stderr.strip().splitlines() or ["it said nothing"]
    return said[-1].removeprefix("ERROR: ")


def _fault(image: str, said: str) -> UsageError | MachineError:
    if UNKNOWN.search(said):
        return UsageError(
            f"no registry has the base image {image}: {said}",
            'name one that there is: [tool.shanty] base-image = "…"',
        )
    return _not_asked(image, manifest(image), said)


def _not_asked(image: str, asked: Request, said: str) -> MachineError:
    return MachineError(
        f"the registry of {image} cannot be asked: {said}", f"{asked.line}  # and mend what it says"
    )
