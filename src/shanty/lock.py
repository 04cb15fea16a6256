"""What `poetry.lock` says: who wrote it, what it locks, and whether it is up to date."""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from shanty.errors import UsageError
from shanty.project import Project
from shanty.pyproject import Table, read_toml, table


@dataclass(frozen=True)
class Lock:
    """A lock file: the version of Poetry in its first line, its content hash, its packages.

    `versions` maps the normalized name of each distribution to the version locked, the last one
    where markers choose between several.
    """

    path: Path
    poetry_version: str | None
    content_hash: str
    versions: dict[str, str]


def read_lock(project: Project) -> Lock:
    """Return the project's lock; raise `UsageError` when it is missing or cannot be read."""
    path = project.lock_file
    if not path.is_file():
        raise UsageError(
            f"{path} is missing: an image is built from what the lock says",
            f"poetry lock --directory {project.root}",
        )
    text = path.read_text(encoding="utf-8", errors="replace")
    conflict = re.search(r"^(<{7}|={7}|>{7})( |$)", text, re.MULTILINE)
    if conflict:
        line = text[: conflict.start()].count("\n") + 1
        raise UsageError(
            f"{path}:{line}: the lock holds the marks of a merge conflict",
            f"git checkout --theirs {path} && poetry lock --directory {project.root}",
        )
    values = read_toml(path)
    try:
        versions = {
            str(canonicalize_name(package["name"])): str(package["version"])
            for package in values.get("package", [])
        }
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"{path} is damaged: a package in it has no name or no version",
            f"poetry lock --directory {project.root}",
        ) from error
    writer = re.match(r"# .*\bPoetry (\d+(?:\.\d+)*(?:(?:a|b|rc|\.dev|\.post)\d+)*)\s", text)
    return Lock(
        path=path,
        poetry_version=writer.group(1) if writer else None,
        content_hash=str(table(values, "metadata").get("content-hash", "")),
        versions=versions,
    )


def check_fresh(project: Project, lock: Lock) -> None:
    """Raise `UsageError` when the dependencies have changed since the lock was written."""
    fresh = {content_hash(project.pyproject)}
    if lock.poetry_version is None or Version(lock.poetry_version) < Version("2.3"):
        fresh.add(content_hash(project.pyproject, dependency_groups=False))
    if lock.content_hash not in fresh:
        raise UsageError(
            f"{lock.path} is stale: the dependencies in pyproject.toml have changed since",
            f"poetry lock --directory {project.root}",
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
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
