"""The containers of a project's services, as the engine has them, and taking them down."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shanty import engine
from shanty.engine import Found
from shanty.project import Project
from shanty.services.compose_file import find_compose_file

if TYPE_CHECKING:
    from python_on_whales import Container
    from python_on_whales.components.container.models import ContainerState

# How Compose marks what it makes.
LABEL = "com.docker.compose"
FOLDER = f"{LABEL}.project.working_dir"
ONE_OFF = f"{LABEL}.oneoff"


@dataclass(frozen=True)
class ServiceContainer:
    """One container of a service; `compose_project` is what Compose calls the project.

    `probe` is what its last health check said.
    """

    name: str
    service: str
    compose_project: str
    status: str
    health: str
    exit_code: int
    networks: tuple[str, ...]
    probe: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it runs, healthy or not."""
        return self.status == "running"

    @property
    def is_done(self) -> bool:
        """Whether it has ended well, as what prepares others does."""
        return self.status == "exited" and self.exit_code == 0

    @property
    def is_at_fault(self) -> bool:
        """Whether it ended badly, ends again and again, or is found unhealthy."""
        if self.is_running:
            return self.health == "unhealthy"
        return self.status != "created" and not self.is_done

    @property
    def found(self) -> Found:
        """It as `ps` lists it."""
        health = self.health if self.is_running else ""
        return Found(self.name, "service", health or self.status)


def service_containers(project: Project) -> list[ServiceContainer]:
    """Return the containers of the Compose file in a project's folder, whoever started them.

    Where there is no such file, nothing is asked.
    """
    if find_compose_file(project) is None:
        return []
    with engine.translated():
        every = engine.client().container.list(all=True, filters=[("label", FOLDER)])
        found = [one for container in every if (one := _read(project, container))]
    return sorted(found, key=lambda one: one.name)


def _read(project: Project, container: "Container") -> ServiceContainer | None:
    """Return a container of the project's services, `None` for another's or one that is gone."""
    from python_on_whales.exceptions import NoSuchContainer  # noqa: PLC0415

    try:
        labels, state = container.config.labels or {}, container.state
    except NoSuchContainer:
        return None
    # A path may lead there by a link.
    if Path(labels[FOLDER]).resolve() != project.root or labels.get(ONE_OFF) == "True":
        return None
    return ServiceContainer(
        container.name,
        labels[f"{LABEL}.service"],
        labels[f"{LABEL}.project"],
        str(state.status),
        str(state.health.status) if state.health else "",
        state.exit_code or 0,
        _networks(container),
        _probe(state),
    )


def own_containers(
    project: Project, services: Iterable[ServiceContainer], *, running: bool = False
) -> list[Found]:
    """Return the project's containers that are no service, for one may run its image."""
    taken = {one.name for one in services}
    found = engine.containers(project, running=running)
    return [one for one in found if one.name not in taken]


def joined_networks(project: Project) -> tuple[str, ...]:
    """Return the networks of the services that run now, which a container joins."""
    running = [one for one in service_containers(project) if one.is_running]
    return tuple(dict.fromkeys(name for one in running for name in one.networks))


def container_networks(name: str) -> tuple[str, ...]:
    """Return the networks that a container is on."""
    with engine.translated():
        return _networks(engine.client().container.inspect(name))


def _networks(container: "Container") -> tuple[str, ...]:
    return tuple(container.network_settings.networks or {})


def _probe(state: "ContainerState") -> str:
    """Return the first line that the last health check said."""
    probes = (state.health.log if state.health else None) or []
    said = (probes[-1].output or "").strip() if probes else ""
    return said.partition("\n")[0]
