"""The whole bill: the project, the components of production, and which needs which."""

import json
import warnings
from collections.abc import Iterable
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
from shanty.dependencies.locked_package import LockedPackage
from shanty.dependencies.marker import environment
from shanty.fetched import Fetched
from shanty.image.distribution import Distribution
from shanty.labels import declared, project_licence, project_source
from shanty.manifest import Manifest
from shanty.sbom.components import of_fetched, of_package
from shanty.sbom.graph import Graph, read_graph
from shanty.sbom.licences import as_licence, licences

NameAndVersion = tuple[str, str]


def bill_of_materials(manifest: Manifest, found: Iterable[Distribution], time: int | None) -> Bom:
    """Return the bill of what production is to hold by its lock.

    `found` are the distributions of the built image, for the lock knows no licences; `time` is when
    the sources were what they are, in seconds since 1970, if that is known. The same lock, sources
    and time make the same bill, its serial number included.
    """
    metadata = {(one.name, same_version(one.version)): licences(one.metadata) for one in found}

    def known(package: LockedPackage | Fetched) -> list[License]:
        return metadata.get((package.name, same_version(package.version)), [])

    python_version = manifest.python_version
    made = {one.name: of_package(one, python_version, known(one)) for one in manifest.packages}
    beside = [of_fetched(one, known(one)) for one in manifest.fetched]
    bom = Bom(serial_number=UUID(int=0), components=[*made.values(), *beside])
    project = _describe(bom, manifest, time)
    graph = _graph(manifest)
    bom.register_dependency(project, [*(made[name] for name in graph.asked), *beside])
    for name, needed in graph.needs.items():
        bom.register_dependency(made[name], [made[other] for other in needed])
    bom.serial_number = uuid5(NAMESPACE_OID, as_json(bom))
    return bom


def components(text: str) -> set[NameAndVersion]:
    """Return name and version of each component in a bill, as others may write them too.

    Raises `ValueError` for a text that is no CycloneDX.
    """
    try:
        bill = json.loads(text)
        written = bill["bomFormat"] == "CycloneDX" and bill.get("components", [])
        return {(canonicalize_name(one["name"]), same_version(one["version"])) for one in written}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("no CycloneDX") from error


def as_json(bom: Bom) -> str:
    """Return a bill as CycloneDX 1.6."""
    with warnings.catch_warnings():
        # Of a project that depends on nothing, the library thinks that something is missing.
        warnings.simplefilter("ignore", UserWarning)
        return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def _graph(manifest: Manifest) -> Graph:
    """Return which package needs which."""
    groups, extras = declared_groups(manifest.project), manifest.lock.extras
    asked = [one for name in manifest.groups for one in groups[canonicalize_name(name)]]
    wanted = {
        name for extra in manifest.extras for name in extras.get(canonicalize_name(extra), ())
    }
    values = environment(manifest.python_version, manifest.architecture)
    return read_graph(manifest.packages, asked, wanted, values)


def _describe(bom: Bom, manifest: Manifest, time: int | None) -> Component:
    """Say which project the bill is of, and what wrote it when; return the project."""
    project = manifest.project
    licence, source = project_licence(project), project_source(project)
    vcs = ExternalReferenceType.VCS
    own = bom.metadata.component = Component(
        type=ComponentType.APPLICATION,
        name=project.name,
        version=manifest.recipe.version or declared(project, "version") or None,
        bom_ref=project.name,
        description=" ".join(declared(project, "description").split()) or None,
        licenses=[as_licence(licence)] if licence else [],
        external_references=[ExternalReference(type=vcs, url=XsUri(source))] if source else [],
    )
    writer = Component(type=ComponentType.APPLICATION, name="shanty", version=version("shanty"))
    bom.metadata.tools.components.add(writer)
    # Without one the library would take this very moment.
    when = None if time is None else datetime.fromtimestamp(time, UTC)
    bom.metadata.timestamp = when  # type: ignore[assignment]
    return own


def same_version(text: str) -> str:
    """Return a version as others may write it too; one that is none, as it is."""
    return canonicalize_version(text, strip_trailing_zero=False)
