"""Compose for a machine whose project has services: the plugin of the docker command."""

from functools import partial

from packaging.version import Version

from shanty.door import door
from shanty.errors import MachineError
from shanty.services.plugin import OLDEST_COMPOSE, compose_version
from shanty.setup import apt
from shanty.setup.consent import Setup

# Docker's own, for whoever has the engine from there, then the system's. Debian once gave the name
# to a program that is no plugin: its version tells.
PACKAGES = {
    "debian": ("docker-compose-plugin", "docker-compose"),
    "ubuntu": ("docker-compose-plugin", "docker-compose-v2"),
}


def ensure_compose(setup: Setup) -> None:
    """Install the plugin where it is missing; do nothing where it is there."""
    if not is_there(found := compose_version()):
        install_compose(setup)
        found = compose_version()
        if setup.dry:
            return
    setup.say(f"compose: Docker Compose {found}")


def is_there(found: Version | None) -> bool:
    """Tell whether a release of the plugin will do."""
    return found is not None and found >= OLDEST_COMPOSE


def install_compose(setup: Setup) -> None:
    """Install the plugin from this system's suite, or a newer one where that has none."""
    system = apt.family()
    if system is None:
        raise _by_hand("this system is neither Debian nor Ubuntu")
    setup.agree("Install Docker Compose?")
    setup.change(("apt-get", "update", "--quiet"))
    names = PACKAGES[system]
    candidates = {names[-1]: ""} if setup.dry else apt.find_candidates(names)
    for name in names:
        if name in candidates and (setup.dry or _suffices(name, candidates)):
            setup.change(("apt-get", "install", "--yes", "--no-install-recommends", name))
            return
    name = names[-1]
    if not apt.install_from_newer_suite(setup, system, [name], partial(_suffices, name)):
        raise _by_hand("no suite of this machine's mirror has one that is new enough")


def _suffices(name: str, candidates: apt.Candidates) -> bool:
    return apt.is_new_enough(candidates, name, OLDEST_COMPOSE)


def _by_hand(reason: str) -> MachineError:
    return MachineError(
        f"docker has no compose plugin, and {reason}",
        f"install Docker Compose {OLDEST_COMPOSE} or newer, then: {door()} setup",
    )
