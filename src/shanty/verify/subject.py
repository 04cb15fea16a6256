"""What is proved: an image, and the project that it should be of."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from shanty.image.archive import Image
from shanty.image.distribution import Distribution, distributions, owners
from shanty.image.environment import SERVER_FOLDER, environment_folder
from shanty.manifest import Manifest
from shanty.project import Project


@dataclass(frozen=True)
class Subject:
    """An image that was read, and what it is to hold by the lock."""

    image: Image
    manifest: Manifest

    @property
    def project(self) -> Project:
        """The project."""
        return self.manifest.project

    @cached_property
    def distributions(self) -> tuple[Distribution, ...]:
        """What is installed beyond the base."""
        return distributions(self.image)

    @cached_property
    def owned(self) -> Mapping[str, Distribution]:
        """Whose each added file is that a distribution lists."""
        return owners(self.distributions, self.image.added)

    @property
    def folders(self) -> tuple[str, str]:
        """The folders that distributions are installed in: the app's, and the fetched server's."""
        return environment_folder(self.image), SERVER_FOLDER
