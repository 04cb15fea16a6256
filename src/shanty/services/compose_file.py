"""The Compose file of a project, and how a command about it begins."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from shanty.project import Project
from shanty.request import shown

# In the order that Compose looks for them.
NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES = (
    *("compose.override.yml", "compose.override.yaml"),
    *("docker-compose.override.yml", "docker-compose.override.yaml"),
)


@dataclass(frozen=True)
class ComposeFile:
    """A Compose file with the one that overrides it, if there is one, and their variables' file.

    `compose_project` is what Compose is to call the project: two checkouts keep their data apart.
    """

    path: Path
    compose_project: str
    override: Path | None = None
    env_file: str | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """How a command about its services begins."""
        files = [word for path in (self.path, self.override) if path for word in _file(path)]
        variables = ("--env-file", self.env_file) if self.env_file else ()
        return ("docker", "compose", "--project-name", self.compose_project, *files, *variables)

    @property
    def shown(self) -> str:
        """Its path as one would type it."""
        return shown(self.path)


def find_compose_file(project: Project, env_file: str | None = None) -> ComposeFile | None:
    """Return the Compose file in a project's folder, `None` where it has none."""
    path = _first(project.root, NAMES)
    if path is None:
        return None
    name = os.environ.get("COMPOSE_PROJECT_NAME") or _compose_project(project)
    return ComposeFile(path, name, _first(project.root, OVERRIDES), env_file)


def _compose_project(project: Project) -> str:
    """Return the folder's name, as Compose itself would, and what tells it from its namesakes."""
    folder = re.sub(r"[^a-z0-9_-]", "", project.root.name.lower()).lstrip("_-")
    return f"{folder or 'app'}-{project.id[:6]}"


def _first(folder: Path, names: tuple[str, ...]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)


def _file(path: Path) -> tuple[str, str]:
    return ("--file", shown(path))
