"""One component of the bill: a package of the lock, or a server that is fetched beside it."""

from collections.abc import Iterable, Iterator

from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    XsUri,
)
from cyclonedx.model.component import Component, ComponentScope
from cyclonedx.model.license import License
from packageurl import PackageURL

from shanty.dependencies.locked_package import LockedPackage
from shanty.dependencies.wheels import installed_file
from shanty.fetched import Fetched
from shanty.labels import origin

# What locks have been written with.
ALGORITHMS = {
    "md5": HashAlgorithm.MD5,
    "sha1": HashAlgorithm.SHA_1,
    "sha256": HashAlgorithm.SHA_256,
    "sha384": HashAlgorithm.SHA_384,
    "sha512": HashAlgorithm.SHA_512,
}


def of_package(
    package: LockedPackage, python_version: str, licences: Iterable[License]
) -> Component:
    """Return a package of the lock, with the hash of its file where it can only be that one."""
    file = installed_file(package, python_version) or ""
    return Component(
        name=package.name,
        version=package.version,
        bom_ref=reference(package),
        scope=ComponentScope.REQUIRED,
        purl=PackageURL("pypi", None, package.name, package.version, _qualifiers(package)),
        hashes=_hashes([package.hashes[file]] if file in package.hashes else ()),
        licenses=licences,
        external_references=_references(package),
    )


def of_fetched(fetched: Fetched, licences: Iterable[License]) -> Component:
    """Return a server that is fetched: one of the files that its pin has the hashes of."""
    pin = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(fetched.file),
        hashes=_hashes(fetched.hashes),
        comment="fetched beside the lock; its file has one of these hashes",
    )
    return Component(
        name=fetched.name,
        version=fetched.version,
        bom_ref=reference(fetched),
        scope=ComponentScope.REQUIRED,
        purl=PackageURL("pypi", None, fetched.name, fetched.version),
        hashes=_hashes(fetched.hashes if len(fetched.hashes) == 1 else ()),
        licenses=licences,
        external_references=[pin],
    )


def reference(package: LockedPackage | Fetched) -> str:
    """Return what the bill calls a component wherever it speaks of it."""
    return f"{package.name}=={package.version}"


def _qualifiers(package: LockedPackage) -> dict[str, str]:
    """Return where a package comes from, where that is not the package index.

    One without any would pass for the index's package of that name.
    """
    address = origin(package.url)
    if package.source in {"directory", "file"}:
        return {"file_name": package.url}
    if not address:
        return {}
    match package.source:
        case "git":
            below = f"#{package.subdirectory}" if package.subdirectory else ""
            return {"vcs_url": f"git+{address}@{package.commit}{below}"}
        case "url":
            return {"download_url": address}
        case _:
            return {"repository_url": address}


def _references(package: LockedPackage) -> Iterator[ExternalReference]:
    """Yield every file that the lock has of a package, and the repository that it is from."""
    address = origin(package.url)
    index = f"{address}/{package.name}/#" if package.source == "legacy" and address else ""
    for file in package.files:
        yield ExternalReference(
            type=ExternalReferenceType.DISTRIBUTION,
            url=XsUri(address if package.source == "url" and address else f"{index}{file}"),
            hashes=_hashes([package.hashes[file]] if file in package.hashes else ()),
        )
    if package.source == "git" and address:
        yield ExternalReference(type=ExternalReferenceType.VCS, url=XsUri(address))


def _hashes(texts: Iterable[str]) -> list[HashType]:
    parts = (text.partition(":") for text in texts)
    return [
        HashType(alg=ALGORITHMS[name], content=digits)
        for name, _, digits in parts
        if name in ALGORITHMS
    ]
