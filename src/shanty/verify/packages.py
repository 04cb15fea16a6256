"""The checks of what is installed: the lock's packages, and each file as its wheel had it."""

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator

from packaging.utils import canonicalize_name
from packaging.version import Version

from shanty.image.archive import Image
from shanty.image.distribution import Distribution, Row
from shanty.labels import LOCK, declared, lock_digest
from shanty.pyproject import table
from shanty.verify.check import Check, judged
from shanty.verify.subject import Subject

# What an environment has that no wheel brought.
OF_ENVIRONMENT = re.compile(
    r"/bin/(?:[Aa]ctivate(?:\.\w+)?|python[\d.]*|𝜋thon)|/pyvenv\.cfg|/lib64"
    r"|/lib/python[\d.]+/site-packages/server\.pth"
)


def packages(subject: Subject) -> Check:
    """Hold the names and versions of every distribution against the lock's main set."""
    wanted, found = expected(subject), installed(subject)
    faults = [
        *(f"{name} {wanted[name]} of the lock is missing" for name in wanted if name not in found),
        *(
            f"{name} {' and '.join(found[name])} is not in the lock's main set"
            for name in found
            if name not in wanted
        ),
        *(
            f"{name} is {' and '.join(found[name])} in the image, {version} in the lock"
            for name, version in wanted.items()
            if name in found and not _same(found[name], version)
        ),
    ]
    manifest, lock = subject.manifest, subject.manifest.lock.path.name
    if faults and _lock_has_changed(subject):
        faults.insert(0, f"{lock} has changed since the build")
    seen = f"{len(found)} distributions, each in the version of {lock}"
    platform = f"Python {manifest.python_version} on {manifest.architecture}"
    return judged("lock/packages", faults, f"{seen} for {platform}")


def installed(subject: Subject) -> dict[str, tuple[str, ...]]:
    """Return the versions of each distribution of the image, one each where all is well."""
    found: dict[str, tuple[str, ...]] = {}
    for one in subject.distributions:
        found[one.name] = (*found.get(one.name, ()), one.version)
    return found


def expected(subject: Subject) -> dict[str, str]:
    """Return the version of each distribution that should be there, empty for any.

    That is the lock's main set, the server that is fetched beside it, and the project itself.
    """
    manifest = subject.manifest
    wanted = {one.name: one.version for one in manifest.packages}
    wanted |= {one.name: one.version for one in manifest.fetched}
    if manifest.recipe.ship != "files":
        wanted[canonicalize_name(subject.project.name)] = _own_version(subject)
    return wanted


def _own_version(subject: Subject) -> str:
    """Return the project's version where its own file says it, empty where something makes it."""
    if version := subject.manifest.recipe.version:
        return version
    if "version" in table(subject.project.pyproject, "project").get("dynamic", ()):
        return ""
    return declared(subject.project, "version")


def _same(found: tuple[str, ...], version: str) -> bool:
    return len(found) == 1 and (not version or Version(found[0]) == Version(version))


def _lock_has_changed(subject: Subject) -> bool:
    built = subject.image.labels.get(LOCK)
    return built is not None and built != lock_digest(subject.manifest.lock)


def files(subject: Subject) -> Check:
    """Hold each installed file against the RECORD of its distribution, and look for strays."""
    rows = [(one, row) for one in subject.distributions for row in one.rows]
    faults = [
        *(fault for one, row in rows if (fault := _fault(subject.image, one, row))),
        *(
            f"{one.name} {one.version} has no RECORD"
            for one in subject.distributions
            if not one.rows
        ),
        *(f"{path} is of no distribution" for path in _strays(subject)),
    ]
    return judged("lock/files", faults, f"{len(rows)} files, each as its RECORD has it")


def _fault(image: Image, owner: Distribution, row: Row) -> str:
    """Return what is wrong with a file, empty for nothing."""
    file = image.files.get(row.path)
    if file is None:
        # Bytecode may be listed that was made where the wheel was installed.
        return "" if row.path.endswith(".pyc") else f"{row.path} of {owner.name} is missing"
    algorithm, _, wanted = row.hash.partition("=")
    if not wanted:
        return ""
    if algorithm not in hashlib.algorithms_guaranteed:
        return f"{row.path} of {owner.name} has a hash of an unknown kind: {algorithm}"
    digest = hashlib.new(algorithm, image.read(file)).digest()
    same = urlsafe_b64encode(digest).rstrip(b"=").decode() == wanted
    return "" if same else f"{row.path} is not as {owner.name} {owner.version} has it"


def _strays(subject: Subject) -> Iterator[str]:
    """Yield the files of the app's environment that no distribution lists."""
    for path, file in subject.image.added.items():
        folder = next((one for one in subject.folders if path.startswith(f"{one}/")), None)
        is_listed = path in subject.owned or file.kind == "folder"
        if folder and not is_listed and not OF_ENVIRONMENT.fullmatch(path.removeprefix(folder)):
            yield path
