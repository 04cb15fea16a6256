"""What a release is called in its registry: by its version, and by its commit."""

import re
from dataclasses import dataclass

from shanty.checkout import Checkout
from shanty.door import door
from shanty.errors import UsageError
from shanty.reference import HUB, parse_reference

COMMIT_DIGITS = 12
DIRTY = "-dirty"


@dataclass(frozen=True)
class Names:
    """The tags of one release in a repository; either may be empty, not both.

    `is_dirty` says that no commit has what the image holds, which its tags say too.
    """

    repository: str
    version: str
    commit: str
    is_dirty: bool = False

    @property
    def every(self) -> tuple[str, ...]:
        """The whole names, the version's first."""
        mark = DIRTY if self.is_dirty else ""
        tags = (self.version, self.commit)
        return tuple(f"{self.repository}:{tag}{mark}" for tag in tags if tag)

    @property
    def kept(self) -> str:
        """The name that keeps naming what it names, empty where there is none.

        That of a version: a commit may be built anew on another base, and what no commit has is no
        release.
        """
        return f"{self.repository}:{self.version}" if self.version and not self.is_dirty else ""


def read_names(repository: str, version: str, checkout: Checkout | None) -> Names:
    """Return the tags of a release.

    Raises `UsageError` where neither a version nor a commit is known.
    """
    # A local version has a plus, which no tag may have.
    tag = re.sub(r"[^\w.-]", "-", version)
    commit = checkout.commit[:COMMIT_DIGITS] if checkout else ""
    if not tag and not commit:
        raise UsageError(
            "the project has no version and lies in no git checkout: nothing says which release "
            "this is",
            "write a version into pyproject.toml",
        )
    return Names(repository, tag, commit, is_dirty=bool(checkout and checkout.is_dirty))


def read_repository(typed: str | None, image: str) -> str:
    """Return the repository to push to: the one that was typed, else the project's image.

    Raises `UsageError` for a name with a tag, and for one that names no registry, where anybody
    may have it already.
    """
    text = typed or image
    found = parse_reference(text, "--to")
    if found.tag or found.digest:
        raise UsageError(
            f"{text!r} is a repository with a tag", f"the release gives the tag: {found.repository}"
        )
    if found.repository_name.startswith(f"{HUB}/library/"):
        raise UsageError(
            f"{text!r} names no registry",
            f"{door()} push --to registry.example.com/team/{text}  "
            "# or write such a name once: [tool.shanty] image",
        )
    return found.repository
