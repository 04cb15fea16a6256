"""Where the docker command looks for its engine, and what leads it there."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shanty.door import door
from shanty.pyproject import Table, table

DEFAULT = "default"


@dataclass(frozen=True)
class Endpoint:
    """The engine that is asked: its address or its context's name, and what leads there.

    `address` is what a context stands for, empty where that is not known. `leader` is
    `DOCKER_HOST`, `DOCKER_CONTEXT` or `docker context`; empty where nothing leads elsewhere than to
    the machine's own.
    """

    name: str
    leader: str = ""
    address: str = ""

    @property
    def shown(self) -> str:
        """The engine in a sentence."""
        return f"{self.name} ({self.leader})" if self.leader else "this machine"

    @property
    def is_remote(self) -> bool:
        """Whether another program has to find the way there first."""
        return self.address.startswith("ssh://")

    @property
    def fix(self) -> str:
        """What leads back to the machine's own engine; what makes sure of that one."""
        if not self.leader:
            return f"{door()} setup"
        way = f"{self.leader} use {DEFAULT}" if " " in self.leader else f"unset {self.leader}"
        return f"{way}  # or start the engine there"


def endpoint(environment: Mapping[str, str] = os.environ) -> Endpoint:
    """Return the engine that the docker command asks, by the order in which it looks."""
    if host := environment.get("DOCKER_HOST"):
        return Endpoint(host, "DOCKER_HOST", host)
    folder = Path(environment.get("DOCKER_CONFIG") or Path.home() / ".docker")
    if context := environment.get("DOCKER_CONTEXT"):
        return _of_context(context, "DOCKER_CONTEXT", folder)
    chosen = _read(folder / "config.json").get("currentContext")
    return _of_context(str(chosen or DEFAULT), "docker context", folder)


def _of_context(name: str, leader: str, folder: Path) -> Endpoint:
    if name == DEFAULT:
        return Endpoint(name)
    # Where the docker command keeps what a context stands for.
    digest = hashlib.sha256(name.encode()).hexdigest()
    found = _read(folder / "contexts" / "meta" / digest / "meta.json")
    return Endpoint(name, leader, str(table(found, "Endpoints.docker").get("Host", "")))


def _read(file: Path) -> Table:
    """Return the values of a JSON file; the docker command goes on without one that is none."""
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
