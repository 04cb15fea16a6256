"""The production set: the packages of the lock that Poetry would install for groups and extras."""

from collections.abc import Iterable, Mapping

from packaging.utils import canonicalize_name
from packaging.version import Version

from shanty.dependencies.constraint import admits
from shanty.dependencies.declared import check_declared, declared_groups
from shanty.dependencies.dependency import Dependency
from shanty.dependencies.lock import Lock
from shanty.dependencies.locked_package import LockedPackage
from shanty.dependencies.marker import environment, holds
from shanty.project import Project

Packages = tuple[LockedPackage, ...]


def production_set(  # noqa: PLR0913, PLR0917 - all that settles what is installed
    project: Project,
    lock: Lock,
    groups: Iterable[str],
    extras: Iterable[str],
    python_version: str,
    architecture: str = "",
) -> Packages:
    """Return the packages of groups and extras on Linux with this Python, in the lock's order.

    The architecture is named as Docker does, and this machine's where it is not given.

    Raises `UsageError` for a group or an extra that the project does not have.
    """
    groups = frozenset(canonicalize_name(name) for name in groups)
    extras = frozenset(canonicalize_name(name) for name in extras)
    check_declared(project, sorted(groups), sorted(extras))
    values = environment(python_version, architecture)
    if lock.has_groups:
        return tuple(one for one in lock.packages if _is_in(one, groups, extras, values))
    found = _Walk(lock, values, extras).reach(project, groups)
    return tuple(one for one in lock.packages if one in found)


def _is_in(
    package: LockedPackage,
    groups: frozenset[str],
    extras: frozenset[str],
    values: Mapping[str, str],
) -> bool:
    """Tell whether a lock that knows groups has a package in one of them."""
    return any(
        holds(package.markers.get(group, ""), values, extras) for group in package.groups & groups
    )


class _Walk:
    """The way through a lock that knows no groups, from what the project asks for."""

    def __init__(self, lock: Lock, values: Mapping[str, str], extras: frozenset[str]) -> None:
        self._values = values
        self._extras = extras
        self._asking: dict[str, set[Dependency]] = {}
        self._by_name: dict[str, list[LockedPackage]] = {}
        for package in sorted(lock.packages, key=lambda one: Version(one.version), reverse=True):
            self._by_name.setdefault(package.name, []).append(package)
        self._wanted = self._named(
            {name for extra in extras for name in lock.extras.get(extra, ())}
        )

    def reach(self, project: Project, groups: frozenset[str]) -> set[LockedPackage]:
        """Return every package that the groups lead to, one version of each."""
        declared = declared_groups(project)
        asked = [one for group in sorted(groups) for one in declared[group]]
        found = self._reach(asked)
        if len({package.name for package in found}) < len(found):
            # Two asked for different versions: go again, now that all who ask are known.
            found = self._reach(asked)
        return found

    def _reach(self, asked: Iterable[Dependency]) -> set[LockedPackage]:
        found: set[tuple[LockedPackage, frozenset[str]]] = set()
        ways = [
            (one, package)
            for one in asked
            if one.applies(self._values, self._extras)
            and (package := self._choose(one))
            and (not package.optional or package.name in self._wanted)
        ]
        while ways:
            dependency, package = ways.pop()
            self._asking.setdefault(package.name, set()).add(dependency)
            if (package, dependency.extras) not in found:
                found.add((package, dependency.extras))
                ways += self._beyond(package, dependency.extras)
        return {package for package, _ in found}

    def _beyond(
        self, package: LockedPackage, features: frozenset[str]
    ) -> list[tuple[Dependency, LockedPackage]]:
        """Return what a package itself asks for, with these extras of its own."""
        named = {name for feature in features for name in package.features.get(feature, ())}
        return [
            (one, chosen)
            for one in package.dependencies
            if (not one.optional or one.name in named)
            and one.applies(self._values, None if one.optional else features)
            and (chosen := self._choose(one))
        ]

    def _choose(self, dependency: Dependency) -> LockedPackage | None:
        """Return the newest locked version that a dependency admits on this Python.

        Where the lock has one version, that is the one. Locks before 2.0 leave out setuptools and
        pip: there is nothing to choose from.
        """
        packages = [one for one in self._by_name.get(dependency.name, []) if self._is_marked(one)]
        if len(packages) > 1:
            packages = [one for one in packages if self._fits(one, dependency)]
        asking = self._asking.get(dependency.name, set())
        common = [one for one in packages if all(self._fits(one, other) for other in asking)]
        return next(iter(common or packages), None)

    def _fits(self, package: LockedPackage, dependency: Dependency) -> bool:
        full, key = self._values["python_full_version"], f"{package.name}: python-versions"
        indexed = package.source in {"", "legacy"}
        return (
            not (dependency.direct and indexed)
            and dependency.admits(package.version)
            and admits(package.python_versions, full, key)
        )

    def _is_marked(self, package: LockedPackage) -> bool:
        """Tell whether the marker holds that Poetry 1.0 kept with the package."""
        return all(holds(one, self._values, self._extras) for one in package.markers.values())

    def _named(self, names: Iterable[str]) -> set[str]:
        """Return the names and those of everything that they lead to."""
        found = list(names)
        for name in found:
            for package in self._by_name.get(name, ()):
                found += [one.name for one in package.dependencies if one.name not in found]
        return set(found)
