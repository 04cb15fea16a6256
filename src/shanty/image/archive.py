"""An image as `docker save` gives it: its configuration, its layers, and every file in them."""

import gzip
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

from shanty import engine
from shanty.door import door
from shanty.errors import MachineError
from shanty.image.file import File, read_files
from shanty.image.merge import merge
from shanty.orphans import private_folder

GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Layer:
    """One layer: its digest, the command that made it, its entries, and whose it is."""

    digest: str
    command: str
    files: tuple[File, ...]
    from_base: bool

    @cached_property
    def size(self) -> int:
        """The bytes of its files, each link to one counted once."""
        contents = {(file.offset, file.size) for file in self.files if file.kind == "file"}
        return sum(size for _, size in contents)


@dataclass(frozen=True)
class Image:
    """An image that was read: its whole configuration as JSON values, and its layers.

    `sources` are the layers as open tar files.
    """

    name: str
    config: Mapping[str, Any]
    layers: tuple[Layer, ...]
    sources: tuple[IO[bytes], ...]

    @cached_property
    def files(self) -> Mapping[str, File]:
        """The file system that a container sees, by absolute path."""
        return merge(layer.files for layer in self.layers)

    @cached_property
    def added(self) -> Mapping[str, File]:
        """What of the file system is not the base image's."""
        above = sum(layer.from_base for layer in self.layers)
        return {path: file for path, file in self.files.items() if file.layer >= above}

    @property
    def settings(self) -> Mapping[str, Any]:
        """What a container is started with: `Env`, `User`, `Labels`, …, as Docker names them."""
        found: Mapping[str, Any] = self.config.get("config") or {}
        return found

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels."""
        return self.settings.get("Labels") or {}

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that every container has."""
        pairs = (entry.partition("=") for entry in self.settings.get("Env") or ())
        return {key: value for key, _, value in pairs}

    def read(self, file: File) -> bytes:
        """Return the content of a file."""
        source = self.sources[file.layer]
        source.seek(file.offset)
        return source.read(file.size)


@contextmanager
def saved(name: str, bases: Sequence[str]) -> Iterator[Image]:
    """Save an image of the engine, and yield it for as long as it is looked at.

    `bases` are the images that it may be based on. Raises `MachineError` where the engine has none
    that it is.
    """
    below = base_layers(name, bases)
    with ExitStack() as stack:
        path = stack.enter_context(private_folder("image")) / "image.tar"
        engine.save(name, path)
        yield read_archive(name, stack.enter_context(path.open("rb")), below, stack)


def base_layers(name: str, bases: Sequence[str]) -> int:
    """Return how many of an image's layers are those of its base: the first it stands on."""
    image = engine.find_image(name)
    for base in bases:
        below = engine.find_image(base)
        if image and below and below.layers and image.stands_on(below):
            return len(below.layers)
    raise MachineError(
        f"the image that {name} was built on is not here: {bases[0]}", f"{door()} build"
    )


def read_archive(name: str, file: IO[bytes], below: int, stack: ExitStack) -> Image:
    """Return the image in an archive that `docker save` wrote; `below` layers are its base's.

    What is unpacked on the way is closed with the stack.
    """
    with tarfile.open(fileobj=file, mode="r:") as archive:
        (manifest,) = _json(archive, "manifest.json")
        config = _json(archive, manifest["Config"])
        sources = tuple(_source(archive, file, one, stack) for one in manifest["Layers"])
    made = [entry for entry in config.get("history") or () if not entry.get("empty_layer")]
    digests = config["rootfs"]["diff_ids"]
    commands = [entry.get("created_by") or entry.get("comment") or "" for entry in made]
    commands += [""] * (len(digests) - len(commands))
    layers = tuple(
        Layer(digest, command, _files(source, start, number), from_base=number < below)
        for number, (digest, command, (source, start)) in enumerate(
            zip(digests, commands, sources, strict=False)
        )
    )
    return Image(name, config, layers, tuple(source for source, _ in sources))


def _json(archive: tarfile.TarFile, name: str) -> Any:  # noqa: ANN401 - as JSON is
    stream = archive.extractfile(name)
    return json.loads(stream.read()) if stream else None


def _source(
    archive: tarfile.TarFile, file: IO[bytes], name: str, stack: ExitStack
) -> tuple[IO[bytes], int]:
    """Return a file that holds a layer as a plain tar, and where in it that begins."""
    start = archive.getmember(name).offset_data
    file.seek(start)
    packed = file.read(len(GZIP)) == GZIP
    if not packed:
        return file, start
    unpacked = stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
    stream = archive.extractfile(name)
    with gzip.open(stream) as source:  # type: ignore[arg-type]
        shutil.copyfileobj(source, unpacked)
    return unpacked, 0


def _files(source: IO[bytes], start: int, number: int) -> tuple[File, ...]:
    source.seek(start)
    with tarfile.open(fileobj=source, mode="r:") as layer:
        return tuple(read_files(layer, number))
