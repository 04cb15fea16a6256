"""The name of an image: where it is kept, its tag, and the digest that it is pinned to."""

import re
from dataclasses import dataclass, replace

from shanty.errors import UsageError

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
HUB = "docker.io"
# What the base images are called that `setup` makes: in no registry is there one of this name.
MADE_HERE = "shanty/python"
# What an official image of Python is called.
PYTHON = "docker.io/library/python"


@dataclass(frozen=True)
class Reference:
    """The parts of an image's name; `tag` and `digest` are empty where it has none."""

    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.repository}{tag}" + (f"@{self.digest}" if self.digest else "")

    @property
    def unpinned(self) -> "Reference":
        """The same without its digest: what the tag names by now."""
        return replace(self, digest="")

    @property
    def repository_name(self) -> str:
        """The whole name of the repository, with the registry that Docker assumes."""
        first, _, rest = self.repository.partition("/")
        named = bool(rest) and (first == "localhost" or bool({".", ":"} & set(first)))
        if named and first != HUB:
            return self.repository
        folder = "" if "/" in rest or (rest and not named) else "library/"
        return f"{HUB}/{folder}{rest if named else self.repository}"

    @property
    def qualified(self) -> str:
        """The whole name without a digest, with the registry and the tag that Docker assumes."""
        return f"{self.repository_name}:{self.tag or 'latest'}"

    @property
    def is_made_here(self) -> bool:
        """Whether this machine made it, so that no registry knows it."""
        return self.repository == MADE_HERE

    @property
    def python(self) -> str | None:
        """The minor release that an official image of Python has, `None` where no name tells."""
        release = re.match(r"(\d+\.\d+)\b", self.tag)
        return release[1] if release and self.repository_name == PYTHON else None

    def of_python(self, python_version: str) -> "Reference":
        """Return the official image of another Python in its place; of itself, this one.

        What was pinned to another Python is pinned to nothing then.
        """
        minor = ".".join(python_version.split(".")[:2])
        if self.python in {None, minor}:
            return self
        tag = re.sub(r"^[\d.]+", python_version, self.tag)
        return Reference(self.repository, tag)


def parse_reference(text: str, label: str) -> Reference:
    """Return the parts of a name; raise `UsageError` for a digest that is none, or one alone."""
    name, at, digest = text.partition("@")
    if not name:
        raise UsageError(
            f"{label} = {text!r} names no image",
            'write the name first, as in "python:3.13-slim"',
        )
    if at and not DIGEST.fullmatch(digest):
        raise UsageError(
            f"{label} = {text!r}: {digest!r} is no digest, which is sha256: and 64 digits from "
            "0 to f",
            f'write "{name}" without it',
        )
    folder, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    return Reference(f"{folder}{slash}{last}", tag, digest)
