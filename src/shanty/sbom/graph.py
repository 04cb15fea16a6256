"""Which distribution of production needs which."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from shanty.dependencies.dependency import Dependency
from shanty.dependencies.locked_package import LockedPackage


@dataclass(frozen=True)
class Graph:
    """The names that the project itself asks for, and those that each package asks for."""

    asked: frozenset[str]
    needs: Mapping[str, frozenset[str]]


def read_graph(
    packages: Iterable[LockedPackage],
    asked: Iterable[Dependency],
    wanted: Collection[str],
    values: Mapping[str, str],
) -> Graph:
    """Return the graph of packages that are installed together, where markers have these values.

    `asked` is what the project declares, `wanted` the names that its extras ask for.
    """
    installed = {package.name: package for package in packages}
    first = [
        one
        for one in asked
        if one.name in installed
        and one.applies(values, None)
        and (not one.optional or one.name in wanted)
    ]
    needs: dict[str, set[str]] = {name: set() for name in installed}
    features: dict[str, frozenset[str]] = {}
    ways = list(first)
    for one in ways:
        known = features.get(one.name)
        if known is not None and one.extras <= known:
            continue
        features[one.name] = one.extras | (known or frozenset())
        found = _needed(installed[one.name], features[one.name], values)
        beyond = [other for other in found if other.name in installed]
        needs[one.name] |= {other.name for other in beyond}
        ways += beyond
    return Graph(
        frozenset(one.name for one in first),
        {name: frozenset(names) for name, names in needs.items()},
    )


def _needed(
    package: LockedPackage, features: frozenset[str], values: Mapping[str, str]
) -> list[Dependency]:
    """Return what a package asks for with these extras of its own."""
    named = {name for feature in features for name in package.features.get(feature, ())}
    return [
        one
        for one in package.dependencies
        if (not one.optional or one.name in named)
        and one.applies(values, None if one.optional else features)
    ]
