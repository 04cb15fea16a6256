"""What a production image is to hold by the lock."""

from dataclasses import dataclass
from functools import cached_property

from shanty.dependencies.lock import Lock
from shanty.dependencies.locked_package import LockedPackage
from shanty.dependencies.production import production_set
from shanty.dockerfile import shipped_docker
from shanty.fetched import Fetched, fetched
from shanty.image.archive import Image
from shanty.image.environment import architecture, python_version
from shanty.project import Project
from shanty.recipe import Recipe
from shanty.settings import Settings


@dataclass(frozen=True)
class Manifest:
    """The packages of production on a Python, to the patch, and on an architecture.

    The architecture is named as Docker does, and this machine's where it is not given.
    """

    lock: Lock
    settings: Settings
    recipe: Recipe
    python_version: str
    architecture: str = ""

    @classmethod
    def of(cls, lock: Lock, settings: Settings, recipe: Recipe, image: Image) -> "Manifest":
        """Return what an image is to hold, on the Python and the architecture that it has."""
        version = python_version(image) or settings.python_version
        return cls(lock, settings, recipe, version, architecture(image))

    @property
    def project(self) -> Project:
        """The project."""
        return self.recipe.context.project

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that production holds, those of its server included."""
        return (*self.settings.groups, *self.recipe.production.groups)

    @property
    def extras(self) -> tuple[str, ...]:
        """The extras, likewise."""
        return (*self.settings.extras, *self.recipe.production.extras)

    @cached_property
    def packages(self) -> tuple[LockedPackage, ...]:
        """The packages of the lock."""
        return production_set(
            self.project,
            self.lock,
            self.groups,
            self.extras,
            self.python_version,
            self.architecture,
        )

    @cached_property
    def fetched(self) -> tuple[Fetched, ...]:
        """What is fetched beside the lock."""
        owner = self.recipe.context.owner
        docker = owner / "docker" if owner else shipped_docker()
        return fetched(docker, self.recipe.production.fetched, self.python_version)
