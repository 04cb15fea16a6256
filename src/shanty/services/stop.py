"""Taking services down: their containers and networks, and what they keep when that is asked."""

from collections.abc import Collection, Iterable, Mapping

from shanty import engine
from shanty.project import Project
from shanty.request import Request
from shanty.services.compose_file import find_compose_file
from shanty.services.running import LABEL, ServiceContainer

# The volumes of each Compose project, by its name.
Kept = Mapping[str, Collection[str]]


def taken_down(services: Iterable[ServiceContainer], kept: Kept | None = None) -> list[Request]:
    """Return the removal of services, and of the volumes of those whose are given."""
    kept = kept or {}
    names = dict.fromkeys((*(one.compose_project for one in services), *kept))
    return [_down(name, volumes=name in kept) for name in names]


def _down(compose_project: str, *, volumes: bool) -> Request:
    # It goes by what Compose wrote on them, whatever profiles and variables they came up with.
    words = ("--volumes",) if volumes else ()
    return Request(("docker", "compose", "--project-name", compose_project, "down", *words))


def kept_volumes(project: Project, services: Iterable[ServiceContainer]) -> Kept:
    """Return the volumes that services keep theirs in, those of services taken down included."""
    file = find_compose_file(project)
    if file is None:
        return {}
    names = {one.compose_project for one in services} or {file.compose_project}
    return {name: found for name in sorted(names) if (found := _volumes(name))}


def _volumes(compose_project: str) -> list[str]:
    with engine.translated():
        label = f"{LABEL}.project={compose_project}"
        return [one.name for one in engine.client().volume.list(filters=[("label", label)])]
