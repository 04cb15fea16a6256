"""The distributions that an image was given, as their own metadata has them."""

import csv
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser
from importlib.util import source_from_cache

from packaging.utils import canonicalize_name

from shanty.image.archive import Image
from shanty.image.file import File

# Debian's own packages: those that `system-packages` asks for.
DEBIAN = "/usr/lib/python3/dist-packages/"
METADATA = (".dist-info/METADATA", ".egg-info/PKG-INFO")


@dataclass(frozen=True)
class Row:
    """A line of a distribution's RECORD: an absolute path, and the hash, empty where it has none.

    The hash is an algorithm and URL-safe Base64 without padding, with `=` between them.
    """

    path: str
    hash: str


@dataclass(frozen=True)
class Distribution:
    """A distribution: its normalized name, its version, the folder of its metadata, its files."""

    name: str
    version: str
    folder: str
    metadata: Message = field(compare=False)
    rows: tuple[Row, ...] = field(compare=False)


def distributions(image: Image) -> tuple[Distribution, ...]:
    """Return the distributions that an image has beyond its base, by name."""
    found = [
        _read(image, file)
        for path, file in image.added.items()
        if path.endswith(METADATA) and not path.startswith(DEBIAN)
    ]
    return tuple(sorted(found, key=lambda one: (one.name, one.version, one.folder)))


def _read(image: Image, file: File) -> Distribution:
    folder = posixpath.dirname(file.path)
    metadata = BytesHeaderParser().parsebytes(image.read(file))
    return Distribution(
        name=canonicalize_name(metadata.get("Name", "")),
        version=metadata.get("Version", ""),
        folder=folder,
        metadata=metadata,
        rows=_rows(image, folder),
    )


def _rows(image: Image, folder: str) -> tuple[Row, ...]:
    record = image.files.get(f"{folder}/RECORD")
    if record is None:
        return ()
    lines = image.read(record).decode("utf-8", errors="replace").splitlines()
    place = posixpath.dirname(folder)
    return tuple(
        Row(posixpath.normpath(posixpath.join(place, line[0])), line[1] if line[1:] else "")
        for line in csv.reader(lines)
        if line
    )


def owners(found: Iterable[Distribution], files: Iterable[str]) -> Mapping[str, Distribution]:
    """Return whose each file is that some distribution lists, its bytecode included."""
    listed = {row.path: one for one in found for row in one.rows}
    return {path: listed[source] for path in files if (source := source_of(path)) in listed}


def source_of(path: str) -> str:
    """Return the source of a file of bytecode, and any other path as it is."""
    if not path.endswith(".pyc"):
        return path
    try:
        return source_from_cache(path)
    except ValueError:
        return path
