"""The docker command's plugin for services, asked for what it knows."""

import re
import subprocess
from collections.abc import Iterable

from packaging.version import Version

from shanty.docker_fault import no_client
from shanty.door import door
from shanty.errors import MachineError

# The first whose wait for services has a bound that works.
OLDEST_COMPOSE = Version("2.20")

Completed = subprocess.CompletedProcess[str]


def ask(arguments: Iterable[str]) -> Completed:
    """Run a docker command that only looks; return how it ended and what it said."""
    try:
        return subprocess.run(
            ("docker", *arguments), capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError as error:
        raise no_client() from error


def compose_version() -> Version | None:
    """Return the version of the plugin, `None` where the docker command has none."""
    release = re.match(r"v?(\d+(?:\.\d+)+)", ask(("compose", "version", "--short")).stdout)
    return Version(release[1]) if release else None


def check_compose() -> Version:
    """Return the plugin's version; raise `MachineError` unless there is one that is new enough."""
    version = compose_version()
    if version is None:
        raise MachineError("docker has no compose plugin", f"{door()} setup")
    if version < OLDEST_COMPOSE:
        raise MachineError(
            f"Docker Compose is {version}; {OLDEST_COMPOSE} or newer is needed", f"{door()} setup"
        )
    return version
