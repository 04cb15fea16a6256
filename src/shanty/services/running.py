"""The containers of a project's services, as the engine has them, and taking them down."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shanty import engine
from shanty.engine import Found
from shanty.project import Project
from shanty.pyproject import Table
from shanty.services.compose_file import find_compose_file

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
    every = engine.inspect(f"label={FOLDER}")
    found = [one for container in every if (one := _read(project, container))]
    return sorted(found, key=lambda one: one.name)


def _read(project: Project, container: Table) -> ServiceContainer | None:
    """Return a container of the project's services, `None` for another's."""
    labels = container["Config"]["Labels"]
    # A path may lead there by a link.
    if Path(labels[FOLDER]).resolve() != project.root or labels.get(ONE_OFF) == "True":
        return None
    state = engine.read_state(container)
    return ServiceContainer(
        container["Name"].removeprefix("/"),
        labels[f"{LABEL}.service"],
        labels[f"{LABEL}.project"],
        state.status,
        state.health,
        state.exit_code,
        engine.read_networks(container),
        state.last_probe.partition("\n")[0],
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
