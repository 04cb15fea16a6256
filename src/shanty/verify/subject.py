"""What is proved: an image, and the project that it should be of."""

import re
from dataclasses import dataclass
from functools import cached_property

from shanty.dependencies.lock import Lock
from shanty.image.archive import Image
from shanty.image.distribution import Distribution, distributions, owners
from shanty.project import Project
from shanty.recipe import Recipe
from shanty.settings import Settings

SERVER_FOLDER = "/opt/server"


@dataclass(frozen=True)
class Subject:
    """An image that was read, with the project, lock, settings and recipe to hold against it."""

    image: Image
    project: Project
    lock: Lock
    settings: Settings
    recipe: Recipe

    @cached_property
    def distributions(self) -> tuple[Distribution, ...]:
        """What is installed beyond the base."""
        return distributions(self.image)

    @cached_property
    def owned(self) -> dict[str, Distribution]:
        """Whose each added file is that a distribution lists."""
        return dict(owners(self.distributions, self.image.added))

    @property
    def environment_folder(self) -> str:
        """The folder of the app's environment."""
        return self.image.environment.get("VIRTUAL_ENV", "/opt/venv").rstrip("/")

    @property
    def folders(self) -> tuple[str, str]:
        """The folders that distributions are installed in: the app's, and the fetched server's."""
        return self.environment_folder, SERVER_FOLDER

    @property
    def architecture(self) -> str:
        """The architecture, as Docker calls it."""
        return str(self.image.config.get("architecture", ""))

    @property
    def python_version(self) -> str:
        """The release of Python that the app's environment was made with, to the patch."""
        file = self.image.files.get(f"{self.environment_folder}/pyvenv.cfg")
        text = self.image.read(file).decode(errors="replace") if file else ""
        found = re.search(r"^version(?:_info)? = (\d+\.\d+\.\d+)", text, re.MULTILINE)
        return found[1] if found else self.settings.python_version
