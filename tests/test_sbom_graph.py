"""Which distribution of production needs which."""

from dataclasses import replace

from shanty.dependencies.dependency import Dependency
from shanty.dependencies.locked_package import LockedPackage
from shanty.dependencies.marker import environment
from shanty.sbom.graph import Graph, read_graph

VALUES = environment("3.13")


def package(name: str, *needs: Dependency, **features: frozenset[str]) -> LockedPackage:
    """Return a package of the lock with what it asks for."""
    return LockedPackage(name, "1", dependencies=needs, features=features)


def graph(packages: list[LockedPackage], *asked: Dependency, wanted: tuple[str, ...] = ()) -> Graph:
    """Return the graph of these packages."""
    return read_graph(packages, asked, wanted, VALUES)


def test_the_graph_goes_from_what_is_asked_for_to_all_that_is_needed() -> None:
    found = graph(
        [package("a", Dependency("b")), package("b", Dependency("c")), package("c")],
        Dependency("a"),
    )
    assert found == Graph(
        frozenset("a"), {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset()}
    )


def test_a_circle_is_gone_round_once() -> None:
    found = graph([package("a", Dependency("b")), package("b", Dependency("a"))], Dependency("a"))
    assert found.needs == {"a": frozenset("b"), "b": frozenset("a")}


def test_what_is_not_installed_or_not_for_this_machine_is_no_need() -> None:
    windows = Dependency("b", marker='sys_platform == "win32"')
    found = graph([package("a", windows, Dependency("gone")), package("b")], Dependency("a"))
    assert found.needs["a"] == frozenset()


def test_an_extra_of_a_package_counts_once_somebody_asks_for_it() -> None:
    optional = Dependency("b", optional=True, marker='extra == "fast"')
    packages = [package("a", optional, fast=frozenset({"b"})), package("b")]
    assert graph(packages, Dependency("a")).needs["a"] == frozenset()
    fast = Dependency("a", extras=frozenset({"fast"}))
    assert graph(packages, Dependency("a"), fast).needs["a"] == frozenset("b")


def test_what_an_extra_of_the_project_brings_is_asked_for_with_that_extra() -> None:
    server = Dependency("a", optional=True)
    assert graph([package("a")], server).asked == frozenset()
    assert graph([package("a")], server, wanted=("a",)).asked == frozenset("a")
    assert graph([package("a")], replace(server, python="<3.9"), wanted=("a",)).asked == frozenset()
