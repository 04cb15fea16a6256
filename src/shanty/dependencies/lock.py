"""What `poetry.lock` says: who wrote it, what it locks, and whether it is up to date."""

import hashlib
import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from shanty.checkout import is_unmerged
from shanty.dependencies.locked_package import LockedPackage, parse_package
from shanty.door import door
from shanty.errors import UsageError
from shanty.forms import check_values
from shanty.project import Project
from shanty.pyproject import Table, read_toml, table


@dataclass(frozen=True)
class Lock:
    """A lock file: the version of Poetry in its first line, its content hash, its packages.

    `versions` maps the normalized name of each distribution to the version locked, the last one
    where markers choose between several. `format` is its `lock-version`, empty in the oldest
    locks. `extras` maps the project's own extras to the names that they ask for.
    """

    path: Path
    poetry_version: str | None
    content_hash: str
    versions: dict[str, str]
    format: str = ""
    packages: tuple[LockedPackage, ...] = ()
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def has_groups(self) -> bool:
        """Tell whether it says which groups need a package, and under which markers."""
        return bool(self.format) and Version(self.format) >= Version("2.1")


def read_lock(project: Project) -> Lock:
    """Return the project's lock; raise `UsageError` when it is missing or cannot be read."""
    path = project.lock_file
    if not path.is_file():
        raise _missing(path)
    text = path.read_text(encoding="utf-8", errors="replace")
    _refuse_conflict(project, text)
    # Poetry reads a lock before it writes one, unless told to.
    anew = f"{door()} lock --regenerate"
    try:
        values = read_toml(path)
    except UsageError as error:
        raise UsageError(error.what, anew) from error
    metadata = table(values, "metadata")
    try:
        check_values(path, values)
        packages = tuple(parse_package(one, metadata) for one in values.get("package", ()))
        extras, lock_format = _extras(values), _format(metadata)
    except (AttributeError, KeyError, TypeError, ValueError, UsageError) as error:
        raise UsageError(
            f"{path} is damaged: something in it is not as Poetry writes it ({error})",
            anew,
        ) from error
    writer = re.match(r"# .*\bPoetry (\d+(?:\.\d+)*(?:(?:a|b|rc|\.dev|\.post)\d+)*)\s", text)
    return Lock(
        path=path,
        poetry_version=writer.group(1) if writer else None,
        content_hash=str(metadata.get("content-hash", "")),
        versions={package.name: package.version for package in packages},
        format=lock_format,
        packages=packages,
        extras=extras,
    )


def _missing(path: Path) -> UsageError:
    if path.is_dir():
        return UsageError(
            f"{path} is a folder, as Docker makes one to mount what is not there",
            f"rm -d {shlex.quote(str(path))} && {door()} lock",
        )
    return UsageError(
        f"{path} is missing: an image is built from what the lock says", f"{door()} lock"
    )


def _refuse_conflict(project: Project, text: str) -> None:
    conflict = re.search(r"^(<{7}|={7}|>{7})( |$)", text, re.MULTILINE)
    if conflict:
        path = project.lock_file
        line = text[: conflict.start()].count("\n") + 1
        raise UsageError(
            f"{path}:{line}: the lock holds the marks of a merge conflict",
            _merged(path),
        )


def _merged(path: Path) -> str:
    """Return what makes one lock of two: of one side's, where git has it still, else anew."""
    if is_unmerged(path):
        return f"git checkout --theirs {shlex.quote(str(path))} && {door()} lock"
    return f"{door()} lock --regenerate"


def _format(metadata: Table) -> str:
    """Return the `lock-version`; raise `ValueError` for one that is no version."""
    text = str(metadata.get("lock-version", ""))
    return str(Version(text)) if text else ""


def _extras(values: Table) -> dict[str, tuple[str, ...]]:
    return {
        canonicalize_name(name): tuple(canonicalize_name(one) for one in names)
        for name, names in table(values, "extras").items()
    }


def check_fresh(project: Project, lock: Lock) -> None:
    """Raise `UsageError` when the dependencies have changed since the lock was written."""
    if not lock.content_hash:
        # What a torn file lacks.
        raise UsageError(
            f"{lock.path} is damaged: it has no [metadata], which Poetry writes last",
            f"{door()} lock --regenerate",
        )
    fresh = {content_hash(project.pyproject)}
    if lock.poetry_version is None or Version(lock.poetry_version) < Version("2.3"):
        fresh.add(content_hash(project.pyproject, dependency_groups=False))
    if lock.content_hash not in fresh:
        raise UsageError(
            f"{lock.path} is stale: the dependencies in pyproject.toml have changed since",
            f"{door()} lock",
        )


def content_hash(pyproject: Table, *, dependency_groups: bool = True) -> str:
    """Return the SHA-256 by which Poetry tells whether a lock is up to date.

    `[dependency-groups]` joined it in Poetry 2.3. Source: `Locker._get_content_hash` of 2.5.
    """
    legacy = ("dependencies", "source", "extras", "dev-dependencies")
    poetry = table(pyproject, "tool.poetry")
    project = {
        key: value
        for key in ("requires-python", "dependencies", "optional-dependencies")
        if (value := table(pyproject, "project").get(key)) is not None
    }
    groups = table(pyproject, "dependency-groups") if dependency_groups else {}
    relevant = {key: poetry.get(key) for key in (*legacy, "group")}
    # An absent key counts as null only where Poetry 1 would have written it so.
    null = set() if project or groups else set(legacy)
    relevant = {key: value for key, value in relevant.items() if value is not None or key in null}

    content: dict[str, object] = {}
    if project:
        content["project"] = project
    if groups:
        content["dependency-groups"] = groups
    if content:
        content["tool"] = {"poetry": relevant}
    else:
        content = relevant
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
