"""The whole bill: the project, the components of production, and which needs which."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from uuid import NAMESPACE_OID, UUID, uuid5

from cyclonedx.model import ExternalReference, ExternalReferenceType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output.json import JsonV1Dot6
from packaging.utils import canonicalize_name, canonicalize_version

from shanty.dependencies.declared import declared_groups
from shanty.dependencies.lock import Lock
from shanty.dependencies.locked_package import LockedPackage
from shanty.dependencies.marker import environment
from shanty.dependencies.production import production_set
from shanty.dockerfile import shipped_docker
from shanty.image.distribution import Distribution
from shanty.labels import declared, project_licence, project_source
from shanty.project import Project
from shanty.recipe import Recipe
from shanty.sbom.components import of_fetched, of_package
from shanty.sbom.fetched import Fetched, fetched
from shanty.sbom.graph import Graph, read_graph
from shanty.sbom.licences import as_licence, licences
from shanty.settings import Settings

NameAndVersion = tuple[str, str]


@dataclass(frozen=True)
class Subject:
    """What a bill is written of; `time` is a second since 1970, `None` where none is known."""

    lock: Lock
    settings: Settings
    recipe: Recipe
    time: int | None

    @property
    def project(self) -> Project:
        """The project."""
        return self.recipe.context.project

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that production holds, those of its server included."""
        return (*self.settings.groups, *self.recipe.production.groups)

    @property
    def extras(self) -> tuple[str, ...]:
        """The extras, likewise."""
        return (*self.settings.extras, *self.recipe.production.extras)

    @property
    def packages(self) -> tuple[LockedPackage, ...]:
        """The packages of the lock that production holds."""
        python_version = self.settings.python_version
        return production_set(self.project, self.lock, self.groups, self.extras, python_version)

    @property
    def fetched(self) -> tuple[Fetched, ...]:
        """What production holds beside the lock."""
        owner = self.recipe.context.owner
        docker = owner / "docker" if owner else shipped_docker()
        return fetched(docker, self.recipe.production.fetched, self.settings.python_version)

    @property
    def graph(self) -> Graph:
        """Which package needs which."""
        groups = declared_groups(self.project)
        asked = [one for name in self.groups for one in groups[canonicalize_name(name)]]
        wanted = {
            name
            for extra in self.extras
            for name in self.lock.extras.get(canonicalize_name(extra), ())
        }
        return read_graph(self.packages, asked, wanted, environment(self.settings.python_version))


def bill_of_materials(subject: Subject, found: Iterable[Distribution]) -> Bom:
    """Return the bill of what production is to hold by its lock.

    `found` are the distributions of the built image, for the lock knows no licences. The same
    lock, sources and time make the same bill, its serial number included.
    """
    metadata = {(one.name, _version(one.version)): licences(one.metadata) for one in found}

    def known(package: LockedPackage | Fetched) -> list[License]:
        return metadata.get((package.name, _version(package.version)), [])

    python_version = subject.settings.python_version
    made = {one.name: of_package(one, python_version, known(one)) for one in subject.packages}
    beside = [of_fetched(one, known(one)) for one in subject.fetched]
    bom = Bom(serial_number=UUID(int=0), components=[*made.values(), *beside])
    project = _describe(bom, subject)
    graph = subject.graph
    bom.register_dependency(project, [*(made[name] for name in graph.asked), *beside])
    for name, needed in graph.needs.items():
        bom.register_dependency(made[name], [made[other] for other in needed])
    bom.serial_number = uuid5(NAMESPACE_OID, as_json(bom))
    return bom


def components(bom: Bom) -> set[NameAndVersion]:
    """Return name and version of each distribution in a bill, the project's own left out."""
    return {(canonicalize_name(one.name), _version(one.version or "")) for one in bom.components}


def as_json(bom: Bom) -> str:
    """Return a bill as CycloneDX 1.6."""
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _describe(bom: Bom, subject: Subject) -> Component:
    """Say which project the bill is of, and what wrote it when; return the project."""
    project = subject.project
    licence, source = project_licence(project), project_source(project)
    vcs = ExternalReferenceType.VCS
    own = bom.metadata.component = Component(
        type=ComponentType.APPLICATION,
        name=project.name,
        version=subject.recipe.version or declared(project, "version") or None,
        bom_ref=project.name,
        description=" ".join(declared(project, "description").split()) or None,
        licenses=[as_licence(licence)] if licence else [],
        external_references=[ExternalReference(type=vcs, url=XsUri(source))] if source else [],
    )
    writer = Component(type=ComponentType.APPLICATION, name="shanty", version=version("shanty"))
    bom.metadata.tools.components.add(writer)
    # Without one the library would take this very moment.
    when = None if subject.time is None else datetime.fromtimestamp(subject.time, UTC)
    bom.metadata.timestamp = when  # type: ignore[assignment]
    return own


def _version(text: str) -> str:
    """Return a version as others may write it too; one that is none, as it is."""
    return canonicalize_version(text, strip_trailing_zero=False)
