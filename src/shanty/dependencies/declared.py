"""What `pyproject.toml` asks for, by dependency group and by extra."""

from collections.abc import Iterable, Mapping

from packaging.requirements import InvalidRequirement
from packaging.utils import canonicalize_name

from shanty.dependencies.dependency import Dependency, parse_table, parse_text
from shanty.errors import UsageError
from shanty.project import Project
from shanty.pyproject import Table, table

MAIN = "main"
Groups = Mapping[str, tuple[Dependency, ...]]


def declared_groups(project: Project) -> Groups:
    """Return the dependencies of each group: `main`, Poetry's own groups and the standard's.

    Raises `UsageError` for a dependency that cannot be read.
    """
    try:
        own, included = _own(project), _included(project)
    except (AttributeError, InvalidRequirement, KeyError, TypeError) as error:
        raise UsageError(
            f"{project.pyproject_file}: a dependency cannot be read: {error}",
            'write it as in click = "^8.1", or under [project] as in "click (>=8.1,<9.0)"',
        ) from error
    return {
        name: tuple(one for part in _closure(name, included) for one in own.get(part, ()))
        for name in own
    }


def declared_extras(project: Project) -> frozenset[str]:
    """Return the names of the extras, normalized."""
    standard = table(project.pyproject, "project.optional-dependencies")
    poetry = table(project.pyproject, "tool.poetry.extras")
    return frozenset(canonicalize_name(name) for name in (standard or poetry))


def check_declared(project: Project, groups: Iterable[str], extras: Iterable[str]) -> None:
    """Raise `UsageError` for a group or an extra that the project does not have."""
    known = {"group": declared_groups(project).keys(), "extra": declared_extras(project)}
    for kind, names in (("group", groups), ("extra", extras)):
        for name in names:
            if canonicalize_name(name) not in known[kind]:
                raise UsageError(
                    f"{project.pyproject_file} has no {kind} {name!r}",
                    f"use {', '.join(sorted(known[kind])) or 'none: it has no extras'}",
                )


def _own(project: Project) -> dict[str, tuple[Dependency, ...]]:
    """Return what each group asks for itself; the standard's table comes before Poetry's."""
    poetry = table(project.pyproject, "tool.poetry")
    groups = {MAIN: _standard_main(project) or _poetry(table(poetry, "dependencies"))}
    if "dev-dependencies" in poetry:
        groups["dev"] = _poetry(poetry["dev-dependencies"])
    for name, entries in table(project.pyproject, "dependency-groups").items():
        texts = (entry for entry in entries if isinstance(entry, str))
        groups[canonicalize_name(name)] = tuple(parse_text(text) for text in texts)
    for name, group in table(poetry, "group").items():
        group_name = canonicalize_name(name)
        groups[group_name] = groups.get(group_name) or _poetry(group.get("dependencies", {}))
    return groups


def _included(project: Project) -> dict[str, list[str]]:
    """Return the names of the groups that each group includes."""
    included: dict[str, list[str]] = {}
    for name, entries in table(project.pyproject, "dependency-groups").items():
        others = (entry for entry in entries if not isinstance(entry, str))
        included[canonicalize_name(name)] = [other["include-group"] for other in others]
    for name, group in table(project.pyproject, "tool.poetry.group").items():
        included.setdefault(canonicalize_name(name), []).extend(group.get("include-groups", ()))
    return included


def _standard_main(project: Project) -> tuple[Dependency, ...]:
    standard = table(project.pyproject, "project")
    optional = table(standard, "optional-dependencies").values()
    return (
        *(parse_text(text) for text in standard.get("dependencies", ())),
        *(parse_text(text, optional=True) for texts in optional for text in texts),
    )


def _poetry(entries: Table) -> tuple[Dependency, ...]:
    return tuple(
        one
        for name, value in entries.items()
        if canonicalize_name(name) != "python"
        for one in parse_table(name, value)
    )


def _closure(name: str, included: Mapping[str, Iterable[str]]) -> list[str]:
    """Return a group and those it includes, by themselves or through another, each once."""
    found = [name]
    for one in found:
        others = (canonicalize_name(other) for other in included.get(one, ()))
        found += [other for other in others if other not in found]
    return found
