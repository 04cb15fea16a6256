"""Python releases: which ones a project admits, and which one its lock installs on best."""

from collections.abc import Sequence
from typing import NamedTuple

from shanty.dependencies.constraint import admits
from shanty.dependencies.lock import Lock
from shanty.dependencies.locked_package import LockedPackage
from shanty.dependencies.production import production_set
from shanty.dependencies.wheels import has_source, has_wheel, newest_before
from shanty.door import door
from shanty.errors import UsageError
from shanty.project import Project

# The minor releases that base images exist for, newest first.
KNOWN = ("3.14", "3.13", "3.12", "3.11", "3.10", "3.9")


class Chosen(NamedTuple):
    """A minor release, and the sentence that says what decided."""

    minor: str
    reason: str


def newest_admitted(constraint: str, available: Sequence[str] = KNOWN) -> str:
    """Return the newest minor release that a `requires-python` or Poetry's own form admits.

    Raises `UsageError` for a constraint that admits none, or that cannot be read.
    """
    return _all_admitted(constraint, available)[0]


def choose_python(
    project: Project,
    lock: Lock,
    groups: Sequence[str],
    extras: Sequence[str],
    available: Sequence[str] = KNOWN,
) -> Chosen:
    """Return the newest admitted release that every package of the production set has a wheel for.

    Where there is none: the one that has the fewest packages to build from source. `available`
    has the newest first. Raises `UsageError` where no release is admitted, or none can be had.
    """
    admitted = _all_admitted(project.requires_python, available)
    lacking: dict[str, list[LockedPackage]] = {}
    for minor in admitted:
        packages = production_set(project, lock, groups, extras, minor)
        lacking[minor] = [package for package in packages if not has_wheel(package, minor)]
        if not lacking[minor]:
            return Chosen(minor, _because(project, lacking, minor))
    return _from_source(project, lacking)


def check_admitted(version: str, constraint: str) -> None:
    """Raise `UsageError` when a project does not admit the Python it is to be built with."""
    if not is_admitted(version, constraint):
        raise UsageError(
            f"python-version {version} is outside requires-python = {constraint!r}",
            f'set [tool.shanty] python-version = "{newest_admitted(constraint)}"',
        )


def _from_source(project: Project, lacking: dict[str, list[LockedPackage]]) -> Chosen:
    """Return the release with the fewest packages to build, the newest of those.

    Compiled packages that stopped before all of them build best on the one that is nearest.
    """
    buildable = [minor for minor, packages in lacking.items() if all(map(has_source, packages))]
    if not buildable:
        newest, packages = next(iter(lacking.items()))
        package = next(one for one in packages if not has_source(one))
        raise UsageError(
            f"{_named(package)} has no wheel for Python {newest}, and no source to build one from",
            f"{door()} update {package.name}",
        )
    fewest = min(len(lacking[minor]) for minor in buildable)
    equal = [minor for minor in buildable if len(lacking[minor]) == fewest]
    nearest = equal[-1]
    for package in lacking[nearest]:
        before = newest_before(package, nearest)
        if before and len(equal) > 1:
            reason = f"nearest to {before}, the newest that {_named(package)} has a wheel for"
            return Chosen(nearest, reason)
    built = f"{_named(lacking[equal[0]][0])} is built from source"
    return Chosen(equal[0], f"{_because(project, lacking, equal[0])}; {built}")


def _because(project: Project, lacking: dict[str, list[LockedPackage]], minor: str) -> str:
    """Return what kept the next newer release from being chosen, or that nothing did."""
    newer = list(lacking)[: list(lacking).index(minor)]
    names = {package.name for package in lacking[minor]}
    reasons = [
        f"{_named(package)} has no wheel for {release}"
        for release in reversed(newer)
        for package in lacking[release]
        if package.name not in names
    ]
    return next(iter(reasons), f"newest that requires-python {project.requires_python} admits")


def _named(package: LockedPackage) -> str:
    return f"{package.name} {package.version}"


def _all_admitted(constraint: str, available: Sequence[str]) -> list[str]:
    admitted = [minor for minor in available if is_admitted(minor, constraint)]
    if not admitted:
        raise UsageError(
            f"no Python from {available[-1]} to {available[0]} satisfies "
            f"requires-python = {constraint!r}",
            'mend it in pyproject.toml, as in requires-python = ">=3.11,<4.0"',
        )
    return admitted


def is_admitted(version: str, constraint: str) -> bool:
    """Tell whether a release is admitted: of a minor release, any patch, for bounds lie inside."""
    patches = range(100 if version.count(".") == 1 else 0)
    releases = [version, *(f"{version}.{patch}" for patch in patches)]
    return any(admits(constraint, release, "requires-python") for release in releases)
