"""One package of the lock, in whichever format the lock is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from packaging.utils import canonicalize_name
from packaging.version import Version

from shanty.dependencies.dependency import Dependency, parse_table
from shanty.pyproject import Table, table


@dataclass(frozen=True)
class LockedPackage:
    """A distribution as the lock has it.

    `files` are file names, none where the lock lists none; `hashes` has the hash of each that has
    one, as `sha256:` and digits. `source` is empty for the index, else `git`, `directory`, `file`,
    `url` or `legacy`; `url` says where that is, `commit` and `subdirectory` what of a repository.
    `groups` says where it
    belongs: group names from format 2.1 on, before that `main` or `dev`, or nothing. `markers` says
    by group when it is installed; `features` maps an extra of its own to the names that the extra
    asks for.
    """

    name: str
    version: str
    files: tuple[str, ...] = ()
    source: str = ""
    url: str = ""
    groups: frozenset[str] = frozenset()
    optional: bool = False
    python_versions: str = "*"
    markers: Mapping[str, str] = field(default_factory=dict, hash=False)
    dependencies: tuple[Dependency, ...] = ()
    features: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)
    hashes: Mapping[str, str] = field(default_factory=dict, hash=False)
    commit: str = ""
    subdirectory: str = ""


def parse_package(entry: Table, metadata: Table) -> LockedPackage:
    """Return the package of one `[[package]]`; `metadata` is the lock's, with the files of old.

    Raises `AttributeError`, `KeyError`, `TypeError` or `ValueError` for one that no Poetry wrote.
    """
    source = table(entry, "source")
    groups = _groups(entry)
    hashes = _hashes(entry, metadata)
    files = _files(entry, tuple(hashes), source)
    return LockedPackage(
        name=canonicalize_name(entry["name"]),
        version=_version(entry["version"]),
        files=files,
        source=str(source.get("type", "")),
        url=str(source.get("url", "")),
        groups=groups,
        optional=bool(entry.get("optional", False)),
        python_versions=str(entry.get("python-versions", "*")),
        markers=_markers(entry, groups),
        dependencies=tuple(
            one
            for name, value in table(entry, "dependencies").items()
            for one in parse_table(name, value)
        ),
        features={
            canonicalize_name(name): frozenset(_name(text) for text in texts)
            for name, texts in table(entry, "extras").items()
        },
        hashes={name: hashes[name] for name in files if hashes.get(name)},
        commit=str(source.get("resolved_reference", "")),
        subdirectory=str(source.get("subdirectory", "")),
    )


def _version(text: str) -> str:
    """Return a version as the lock writes it, once it is known to be one."""
    Version(text)
    return text


def _groups(entry: Table) -> frozenset[str]:
    """Return the groups, as format 2.1 lists them, or the category that formats before 2.0 had."""
    category = [entry["category"]] if "category" in entry else []
    return frozenset(canonicalize_name(name) for name in entry.get("groups", category))


def _markers(entry: Table, groups: frozenset[str]) -> dict[str, str]:
    """Return the marker of each group: one text for all of them, or a table."""
    # Poetry 1.0 called it `marker`.
    markers = entry.get("markers", entry.get("marker", ""))
    if isinstance(markers, str):
        return dict.fromkeys(groups, markers)
    return {canonicalize_name(name): str(marker) for name, marker in markers.items()}


def _hashes(entry: Table, metadata: Table) -> dict[str, str]:
    """Return the files that are listed and their hashes, empty where there is none."""
    listed = entry.get("files")
    if listed is None:
        listed = table(metadata, "files").get(entry["name"], ())
    return {str(file["file"]): str(file.get("hash", "")) for file in listed}


def _files(entry: Table, names: tuple[str, ...], source: Table) -> tuple[str, ...]:
    if source.get("type") == "file":
        own = PurePosixPath(str(source.get("url"))).name
        return tuple(name for name in names if name == own) or (own,)
    # Formats before 2.0 list the files of every version together.
    own_version = re.compile(rf"-{re.escape(str(entry['version']))}(-|\.tar|\.tgz|\.zip)")
    return tuple(name for name in names if own_version.search(name)) or names


def _name(text: str) -> str:
    """Return the name in `uvloop (>=0.14) ; sys_platform != "win32"`."""
    found = re.match(r"[\w.-]+", text)
    return canonicalize_name(found[0] if found else text)
