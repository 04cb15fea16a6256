"""The files and folders beside the two files that Poetry has to see: dependencies by path."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from shanty.dependencies.lock import Lock
from shanty.errors import UsageError
from shanty.project import Project
from shanty.pyproject import Table, read_toml, table

# Where dependencies stand in a `pyproject.toml`.
PLACES = (
    *("project.dependencies", "project.optional-dependencies", "dependency-groups"),
    *("tool.poetry.dependencies", "tool.poetry.dev-dependencies", "tool.poetry.group"),
)
FILE_ADDRESS = re.compile(r"@\s*file:(?://)?([^\s;#]+)")


def neighbours(project: Project, lock: Lock | None, words: Iterable[str]) -> tuple[Path, ...]:
    """Return what the lock, `pyproject.toml` and the words name by path, none inside another.

    What is not there is left to Poetry to complain of.
    """
    locked = lock.packages if lock else ()
    named = [one.url for one in locked if one.source in {"directory", "file"}]
    named += _declared(project.pyproject)
    named += (word.partition("[")[0] for word in words if "/" in word)
    found = set(_closure(project.root, named)) - {project.root}
    return tuple(sorted(one for one in found if not found & _covering(project.root, one)))


def is_built(path: Path) -> bool:
    """Tell whether Poetry has to build something to know what it is, which may write into it."""
    backend = table(_pyproject(path), "build-system").get("build-backend", "")
    return path.is_dir() and not str(backend).startswith("poetry.")


def _covering(root: Path, path: Path) -> set[Path]:
    """Return the folders with which a path is there too: of the project's own only those in it."""
    return {one for one in path.parents if root not in path.parents or root in one.parents}


def _closure(root: Path, named: Iterable[str]) -> list[Path]:
    """Return what is there of some paths, with what those depend on in turn."""
    found = list(dict.fromkeys(_there(root, named)))
    for path in found:
        others = _there(path, _declared(_pyproject(path)))
        found += [other for other in dict.fromkeys(others) if other not in found]
    return found


def _there(folder: Path, named: Iterable[str]) -> Iterator[Path]:
    for name in named:
        path = (folder / name).resolve()
        if path.exists() and path != path.parent:
            yield path


def _pyproject(folder: Path) -> Table:
    try:
        return read_toml(folder / "pyproject.toml")
    except (OSError, UsageError):
        # A wheel, or a project of another kind.
        return {}


def declared(pyproject: Table) -> Iterator[object]:
    """Yield what a project says of its dependencies, each place where it does."""
    for place in PLACES:
        parent, _, key = place.rpartition(".")
        yield (table(pyproject, parent) if parent else pyproject).get(key)


def _declared(pyproject: Table) -> Iterator[str]:
    """Yield the paths that a project's dependencies name."""
    for one in declared(pyproject):
        yield from _paths(one)


def _paths(values: object) -> Iterator[str]:
    if isinstance(values, str):
        yield from map(unquote, FILE_ADDRESS.findall(values))
    elif isinstance(values, list):
        for one in values:
            yield from _paths(one)
    elif isinstance(values, dict):
        if isinstance(path := values.get("path"), str):
            yield path
        for one in values.values():
            yield from _paths(one)
