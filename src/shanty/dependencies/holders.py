"""Who holds a package of the lock: the main group, another group, or an extra."""

from shanty.dependencies.declared import MAIN, declared_extras, declared_groups
from shanty.dependencies.lock import Lock
from shanty.dependencies.production import production_set
from shanty.dependencies.python_version import newest_admitted
from shanty.project import Project


def holders(project: Project, lock: Lock, name: str) -> list[str]:
    """Return what brings a package, by its normalized name: `main`, `group prod`, `extra server`.

    The list is empty for a package that nothing brings. Extras count where the main group alone
    does not bring it.
    """
    python_version = newest_admitted(project.requires_python)

    def brings(group: str, extras: tuple[str, ...] = ()) -> bool:
        packages = production_set(project, lock, (group,), extras, python_version)
        return any(package.name == name for package in packages)

    groups = [group for group in declared_groups(project) if brings(group)]
    extras = [] if MAIN in groups else sorted(declared_extras(project))
    return [
        *(group if group == MAIN else f"group {group}" for group in groups),
        *(f"extra {extra}" for extra in extras if brings(MAIN, (extra,))),
    ]


def in_a_group(project: Project, lock: Lock, name: str) -> bool:
    """Tell whether a group brings a package, as development has every group and no extra."""
    return any(not holder.startswith("extra ") for holder in holders(project, lock, name))
