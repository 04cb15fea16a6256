"""What is fetched beside the lock: the servers that `docker/` pins."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from shanty.dependencies.marker import environment


@dataclass(frozen=True)
class Fetched:
    """A distribution with the hashes of which its file has one; `file` is what pins it."""

    name: str
    version: str
    hashes: tuple[str, ...]
    file: str


def fetched(docker: Path, names: Iterable[str], python_version: str) -> tuple[Fetched, ...]:
    """Return what the files of these names pin for a Python."""
    values = dict(environment(python_version))
    return tuple(
        Fetched(
            canonicalize_name(requirement.name),
            next(iter(requirement.specifier)).version,
            hashes,
            f"docker/server-{name}.txt",
        )
        for name in names
        for requirement, hashes in _read(docker / f"server-{name}.txt")
        if requirement.marker is None or requirement.marker.evaluate(values)
    )


def _read(file: Path) -> Iterator[tuple[Requirement, tuple[str, ...]]]:
    text = file.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            requirement, *hashes = (part.strip() for part in line.split("--hash="))
            yield Requirement(requirement), tuple(hashes)
