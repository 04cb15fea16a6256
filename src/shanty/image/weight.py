"""What of an image weighs what: its layers, its distributions, and what is no distribution."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from shanty.image.archive import Image
from shanty.image.distribution import Distribution, distributions, owners
from shanty.image.environment import SERVER_FOLDER, environment_folder
from shanty.image.file import File
from shanty.image.merge import merge
from shanty.image.origin import origin

# What Shanty puts beside the app.
OWN = {
    "/etc/gunicorn.conf.py",
    "/usr/local/bin/docker-entrypoint.sh",
    "/usr/local/bin/healthcheck.py",
}
# How many parts of a path name a folder.
DEPTH = 3


@dataclass(frozen=True)
class Part:
    """A part of what stands on the base: a distribution, or files that belong to none.

    `kind` is `distribution`, `project`, `environment`, `bytecode`, `shanty`, `changed`, `files` or
    `hidden`. `bytecode` is how much of `size` is.
    """

    name: str
    kind: str
    size: int
    bytecode: int = 0


@dataclass(frozen=True)
class LayerWeight:
    """A layer on the base: what made it, in plain words, and its bytes."""

    made: str
    size: int


@dataclass(frozen=True)
class Weight:
    """The bytes of an image: of its base, of each layer on it, of each part of those layers.

    The layers, and the parts, heaviest first, are together what was added.
    """

    name: str
    base_image: str
    base: int
    layers: tuple[LayerWeight, ...]
    parts: tuple[Part, ...]

    @property
    def added(self) -> int:
        """The bytes over the base."""
        return sum(layer.size for layer in self.layers)

    @property
    def size(self) -> int:
        """All bytes."""
        return self.base + self.added


def weigh(image: Image, base_image: str) -> Weight:
    """Return what of an image weighs what."""
    base = sum(layer.size for layer in image.layers if layer.from_base)
    layers = tuple(
        LayerWeight(origin(layer.command), layer.size)
        for layer in image.layers
        if not layer.from_base
    )
    parts = _parts(image, sum(one.size for one in layers))
    return Weight(image.name, base_image, base, layers, parts)


def _parts(image: Image, added: int) -> tuple[Part, ...]:
    owned = owners(distributions(image), image.added)
    base = merge(layer.files for layer in image.layers if layer.from_base)
    sizes: dict[tuple[str, str], int] = defaultdict(int)
    bytecode: dict[tuple[str, str], int] = defaultdict(int)
    for file in _contents(image):
        part = _part(file.path, image, owned, base)
        sizes[part] += file.size
        bytecode[part] += file.size if file.path.endswith(".pyc") else 0
    found = [Part(name, kind, size, bytecode[name, kind]) for (name, kind), size in sizes.items()]
    if hidden := added - sum(sizes.values()):
        found.append(Part("hidden by a later layer", "hidden", hidden))
    return tuple(sorted(found, key=lambda part: (-part.size, part.name)))


def _contents(image: Image) -> list[File]:
    """Return the files that were added, of several links to one content the first."""
    files = (file for file in image.added.values() if file.kind == "file" and file.size)
    return list({(file.layer, file.offset): file for file in reversed(list(files))}.values())


def _part(
    path: str, image: Image, owned: Mapping[str, Distribution], base: Mapping[str, File]
) -> tuple[str, str]:
    """Return name and kind of the part that a file belongs to."""
    if one := owned.get(path):
        fetched = " (fetched)" if path.startswith(f"{SERVER_FOLDER}/") else ""
        return f"{one.name} {one.version}{fetched}", "distribution"
    if path in base:
        return "files of the base, changed", "changed"
    if path in OWN:
        return "entrypoint, health check and settings", "shanty"
    return _place(path, image)


def _place(path: str, image: Image) -> tuple[str, str]:
    """Return name and kind of the part that a file belongs to by where it lies."""
    app = image.settings.get("WorkingDir") or "/"
    if app != "/" and PurePosixPath(path).is_relative_to(app):
        return _folder(path, len(PurePosixPath(app).parts)), "project"
    for folder in (environment_folder(image), SERVER_FOLDER):
        if path.startswith(f"{folder}/"):
            return f"{folder}, no distribution's", "environment"
    if path.endswith(".pyc"):
        return "bytecode of the standard library", "bytecode"
    return _folder(path, DEPTH), "files"


def _folder(path: str, depth: int) -> str:
    """Return the folder of so many parts that a file lies in, or the one it is in itself."""
    parts = PurePosixPath(path).parent.parts[: depth + 1]
    return str(PurePosixPath(*parts))
