"""The build context: the folder that the builder is given, and where of it the project lies."""

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shanty.dependencies.lock import Lock
from shanty.dockerfile import is_foreign
from shanty.door import door
from shanty.errors import UsageError
from shanty.project import Project

SOURCES = PurePosixPath("/opt/app")


@dataclass(frozen=True)
class Context:
    """The folder that the project is built from, with what it depends on by path.

    `owner` is the folder whose `docker/Dockerfile` builds it, `None` where the shipped one does.
    `project_dir` and `path_dependencies` are relative to `root`; `app_dir` is where the project
    lies in the images.
    """

    project: Project
    root: Path
    owner: Path | None
    project_dir: str
    app_dir: str
    path_dependencies: tuple[str, ...] = ()

    @property
    def docker_dir(self) -> str:
        """The owner's `docker/`, relative to `root`."""
        return (((self.owner or self.root) / "docker").relative_to(self.root)).as_posix()

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files and folders that the images are made from."""
        owned = (self.docker_dir,) if self.owner else ()
        return tuple(
            self.root / path for path in (self.project_dir, *self.path_dependencies, *owned)
        )

    def inside(self, path: str) -> str:
        """Return where in the images a path of the context lies."""
        above = PurePosixPath(self.app_dir.removesuffix(f"/{self.project_dir}"))
        return str(above / path)


def read_context(project: Project, lock: Lock | None) -> Context:
    """Return the project's context: its owner's folder, or the smallest that holds all it needs.

    Raises `UsageError` for a path dependency that is missing.
    """
    owner = dockerfile_owner(project)
    folders = _path_dependencies(project, lock) if lock else ()
    root = Path(os.path.commonpath([owner or project.root, *folders]))
    project_dir = project.root.relative_to(root).as_posix()
    return Context(
        project,
        root,
        owner,
        project_dir,
        str(SOURCES / project_dir if folders else SOURCES),
        tuple(sorted(folder.relative_to(root).as_posix() for folder in folders)),
    )


def _path_dependencies(project: Project, lock: Lock) -> tuple[Path, ...]:
    """Return the folders and files that the lock takes packages from, none inside another."""
    found = {
        (project.root / package.url).resolve(): package.name
        for package in lock.packages
        if package.source in {"directory", "file"}
    }
    for path, name in found.items():
        if not path.exists():
            raise UsageError(
                f"{lock.path} depends on {path}, and there is nothing",
                f"get it, or take it out of the dependencies: {door()} remove {name}",
            )
    return tuple(path for path in found if not found.keys() & set(path.parents))


def dockerfile_owner(project: Project) -> Path | None:
    """Return the folder whose `docker/Dockerfile` builds the project, `None` where none does.

    One that was written for something else has no part in this.
    """
    for folder in (project.root, project.workspace):
        dockerfile = folder / "docker" / "Dockerfile"
        if dockerfile.is_file() and not is_foreign(dockerfile):
            return folder
    return None


def foreign_dockerfile(project: Project) -> Path | None:
    """Return the project's `docker/Dockerfile` when it was written for something else."""
    dockerfile = project.root / "docker" / "Dockerfile"
    return dockerfile if dockerfile.is_file() and is_foreign(dockerfile) else None
