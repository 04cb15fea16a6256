"""Debian and its relatives: what apt carries, and an engine from it."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from packaging.version import InvalidVersion, Version

from shanty.door import door
from shanty.engine import OLDEST_ENGINE
from shanty.errors import MachineError, UsageError
from shanty.setup.consent import Setup, check

# Which suite carries which Python.
SUITES = {
    "debian": {"3.9": "bullseye", "3.11": "bookworm", "3.13": "trixie", "3.14": "forky"},
    "ubuntu": {"3.10": "jammy", "3.12": "noble", "3.14": "resolute"},
}
# Which suites to look in for an engine, where the machine's own carries one that is too old.
NEWER_SUITES = {"debian": ("trixie", "forky"), "ubuntu": ("noble", "resolute")}
KEYRINGS = {
    "debian": Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    "ubuntu": Path("/usr/share/keyrings/ubuntu-archive-keyring.gpg"),
}
# Where Docker and Python's venv and pip lie.
COMPONENTS = {"debian": ("main",), "ubuntu": ("main", "universe")}
PACKAGES = ("docker.io", "docker-buildx")

# The version that apt would install of each package, by its name.
Candidates = dict[str, str]


def family() -> str | None:
    """Return `debian` or `ubuntu`, this system's own or its parent's; `None` where apt is not."""
    release = Path("/etc/os-release")
    if not shutil.which("apt-get") or not release.is_file():
        return None
    return family_of(release.read_text(encoding="utf-8"))


def family_of(release: str) -> str | None:
    """Return the family of the system that the text of `/etc/os-release` describes."""
    pairs = dict(line.split("=", 1) for line in release.splitlines() if "=" in line)
    names = f"{pairs.get('ID', '')} {pairs.get('ID_LIKE', '')}".replace('"', "").split()
    return next((name for name in names if name in SUITES), None)


def install_engine(setup: Setup) -> None:
    """Install an engine with buildx from this system's suite, or a newer one where that is old.

    Raises `MachineError` on a system without apt, and when no suite has one that is new enough.
    """
    system = family()
    if system is None:
        raise MachineError(
            "no Docker engine answers, and this system is neither Debian nor Ubuntu",
            f"install Docker {OLDEST_ENGINE} or newer with buildx, start it, then: {door()} setup",
        )
    setup.agree("Install a Docker engine with buildx?")
    setup.change(("apt-get", "update", "--quiet"))
    wanted = [*PACKAGES, *([] if shutil.which("docker") else ["docker-cli"])]
    candidates = dict.fromkeys(wanted, "") if setup.dry else find_candidates(wanted)
    available = [name for name in wanted if name in candidates]
    if setup.dry or _suffices(candidates):
        setup.change(("apt-get", "install", "--yes", "--no-install-recommends", *available))
    elif not install_from_newer_suite(setup, system, [*wanted, "containerd"], _suffices):
        raise MachineError(
            f"no suite of this machine's mirror has Docker {OLDEST_ENGINE} or newer with buildx",
            f"install them by hand, start the engine, then: {door()} setup",
        )


def _suffices(candidates: Candidates) -> bool:
    engine_is_new = is_new_enough(candidates, "docker.io", OLDEST_ENGINE)
    return engine_is_new and set(PACKAGES) <= set(candidates)


def is_new_enough(candidates: Candidates, package: str, oldest: Version) -> bool:
    """Tell whether apt would install a package in a release that will do."""
    version = candidates.get(package, "").split(":")[-1]
    try:
        return Version(re.split(r"[+~-]", version)[0]) >= oldest
    except InvalidVersion:
        return False


def find_candidates(packages: Iterable[str], options: Iterable[str] = ()) -> Candidates:
    """Return the version that apt would install of each package, where it would."""
    answer = _ask(("apt-cache", *options, "policy", *packages))
    found = re.findall(r"^(\S+):\n.*\n  Candidate: (?!\(none\))(\S+)", answer, re.MULTILINE)
    return dict(found)


def install_from_newer_suite(
    setup: Setup, system: str, packages: list[str], suffice: Callable[[Candidates], bool]
) -> bool:
    """Take packages from a newer suite of the same mirror, and what they need from this one.

    Returns whether a suite had some that suffice.

    Lists and sources of their own keep the machine's suites, and every other package, as they are.
    """
    for suite in NEWER_SUITES[system]:
        with tempfile.TemporaryDirectory(prefix="shanty-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            options = _separate_apt(folder, system, suite)
            setup.change(("apt-get", *options, "update", "--quiet"))
            candidates = find_candidates(packages, options)
            if not suffice(candidates):
                continue
            setup.change(("apt-get", *options, "download", "--quiet", *candidates), cwd=folder)
            files = sorted(str(file) for file in folder.glob("*.deb"))
            setup.change(("apt-get", "install", "--yes", "--no-install-recommends", *files))
            return True
    return False


def _separate_apt(folder: Path, system: str, suite: str) -> tuple[str, ...]:
    (folder / "lists" / "partial").mkdir(parents=True)
    place = f"{mirror(system)} {suite} {' '.join(COMPONENTS[system])}"
    source = f"deb [signed-by={KEYRINGS[system]}] {place}\n"
    (folder / "sources.list").write_text(source, encoding="utf-8")
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "APT::Sandbox::User": "root",
    }
    return tuple(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))


def mirror(system: str) -> str:
    """Return the address that this machine's apt has its own system's packages from."""
    form = "$(ORIGIN) $(COMPONENT) $(REPO_URI)"
    answer = _ask(("apt-get", "indextargets", "--format", form, "Created-By: Packages"))
    for line in answer.splitlines():
        origin, component, address = line.split(" ", 2)
        if origin.lower() == system and component == "main":
            return address
    raise MachineError("apt knows no mirror of this system", "apt-get update")


def pythons(system: str) -> tuple[str, ...]:
    """Return the Pythons that a system's suites carry, newest first."""
    return tuple(sorted(SUITES[system], key=Version, reverse=True))


def suite_with(system: str, python_version: str) -> str:
    """Return the suite that carries a Python; raise `UsageError` where none does."""
    suite = SUITES[system].get(python_version)
    if suite is None:
        raise UsageError(
            f"no registry answers, and no suite carries Python {python_version}",
            f"set [tool.shanty] python-version to one of {', '.join(SUITES[system])}",
        )
    return suite


def _ask(arguments: tuple[str, ...]) -> str:
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        arguments, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    check(arguments, done.returncode)
    return done.stdout
