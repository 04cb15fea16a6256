"""The pin of the base image: which digest should stand beside its tag."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from shanty.errors import MachineError, UsageError
from shanty.reference import Reference, parse_reference
from shanty.registry import registry_digest
from shanty.request import manifest
from shanty.settings import Given, official_base_image, resolve_one
from shanty.terminal import announce, say


@dataclass(frozen=True)
class Pin:
    """The base image that a project names, and the Python that it is to have.

    `dry` says the question to the registry and asks none; `ask` is how it is asked.
    """

    base: Reference
    python_version: str
    dry: bool = False
    ask: Callable[[str], str] = registry_digest

    @property
    def followed(self) -> Reference:
        """The base image of that Python, pinned only where the one that is named has it too."""
        return self.base.of_python(self.python_version)

    @property
    def is_pinned(self) -> bool:
        """Whether a digest stands in the name by now."""
        return bool(self.base.digest)

    def renewed(self) -> Reference:
        """Return the base image with the digest that its registry has for it now.

        Raises `UsageError` for one that no registry can be asked for, and as `registry_digest`.
        """
        followed = self.followed
        if followed.is_made_here:
            raise UsageError(
                f"base-image {followed} was made on this machine: no registry has a digest for it",
                f'[tool.shanty] base-image = "{official_base_image(self.python_version)}"',
            )
        if self.is_pinned and not self.base.tag:
            raise UsageError(
                f"base-image {self.base} has no tag, so no registry can say what it is by now",
                f'write the tag before the digest, as in "{self.base.repository}:TAG"',
            )
        tagged = replace(followed.unpinned, tag=followed.tag or "latest")
        if self.dry:
            announce(manifest(str(tagged)), dry=True)
            return followed
        return replace(tagged, digest=self.ask(str(tagged)))

    def kept(self) -> Reference:
        """Return the base image as it should be named, asking only where the Python is another."""
        return self.followed if self.followed.digest == self.base.digest else self.renewed()

    def checked(self) -> Reference:
        """Return what the registry has for a pinned base image; say where it cannot be asked."""
        if not self.is_pinned:
            return self.followed
        try:
            return self.renewed()
        except MachineError as error:
            say(f"the pin of {self.base.unpinned} is not checked: {error.what}")
        except UsageError as error:
            if self.base.tag:
                raise
            say(f"the pin is not checked: {error.what}")
        return self.followed


def read_pin(given: Given, python_version: str, *, dry: bool) -> Pin:
    """Return the pin of a project, as its own file has it, for a Python that is settled."""
    own = replace(given, environment={}, typed={"python-version": python_version})
    base_image = str(resolve_one("base-image", own).value)
    return Pin(parse_reference(base_image, "base-image"), python_version, dry)
