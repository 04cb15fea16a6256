"""A command that Docker is asked to carry out, and the plainest of them."""

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shanty.settings import Settings


@dataclass(frozen=True)
class Request:
    """One command; `environment` holds the values that it names without showing them.

    `container` is the name of the container it starts, if it does; `is_owned` is whether that one
    ends with the command that asks for it, whatever ends that.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    container: str = ""
    is_owned: bool = False

    @property
    def line(self) -> str:
        """The command as one line for a shell."""
        return shlex.join(self.arguments)


def tag(settings: "Settings", target: str) -> str:
    """Return the tag that a target is built and run under."""
    return f"{settings.image}:{target}"


def base_name(settings: "Settings") -> str:
    """Return what the names of the project's containers begin with."""
    return re.sub(r"[/:]", "-", settings.image)


def start(name: str) -> Request:
    """Return the start of a container that has ended."""
    return Request(("docker", "start", name))


def stop(names: Iterable[str]) -> Request:
    """Return the stop of containers by name."""
    return Request(("docker", "stop", *names))


def remove_containers(names: Iterable[str]) -> Request:
    """Return the removal of containers by name, running or not."""
    return Request(("docker", "rm", "--force", "--volumes", *names))


def tag_image(image: str, name: str) -> Request:
    """Return the tagging of an image by id."""
    return Request(("docker", "tag", image, name))


def remove_images(names: Iterable[str]) -> Request:
    """Return the removal of images by tag or id."""
    return Request(("docker", "image", "rm", "--force", *names))


def logs(name: str, *, follow: bool) -> Request:
    """Return the log of one container."""
    return Request(("docker", "logs", *(["--follow"] if follow else []), name))


def pull(image: str) -> Request:
    """Return the pull of an image from its registry."""
    return Request(("docker", "pull", image))


def manifest(image: str, builder: str | None = None) -> Request:
    """Return the question which manifest, or index of several, a registry has for an image.

    Asked for the digest alone, some releases of buildx answer with a table where there is no index.
    """
    return _inspected(image, "{{json .Manifest}}", builder)


def described(image: str, builder: str | None = None) -> Request:
    """Return the question what an image in a registry is made of, for each of its platforms."""
    return _inspected(image, "{{json .Image}}", builder)


def _inspected(image: str, form: str, builder: str | None) -> Request:
    by = ("--builder", builder) if builder else ()
    words = ("docker", "buildx", "imagetools", "inspect", *by)
    return Request((*words, "--format", form, image))


def push(name: str) -> Request:
    """Return the push of an image of this engine to its registry."""
    return Request(("docker", "push", name))


def tag_in_registry(image: str, name: str, builder: str | None = None) -> Request:
    """Return the tagging of an image within its registry.

    What is no index becomes one by it, in releases of buildx before the one that prefers none.
    """
    by = ("--builder", builder) if builder else ()
    return Request(("docker", "buildx", "imagetools", "create", *by, "--tag", name, image))


def csv(*fields: str) -> str:
    """Return fields as Docker reads them, quoted where one has what ends a field."""
    return ",".join(
        '"' + one.replace('"', '""') + '"' if set(one) & set(',"\r\n') else one for one in fields
    )


def shown(path: Path) -> str:
    """Return a path as one would type it here: relative when it lies below this folder."""
    here = Path.cwd()
    if not path.is_relative_to(here):
        return str(path)
    relative = path.relative_to(here).as_posix()
    return f"./{relative}" if relative.startswith("-") else relative
