"""What an image of this project is made of, as the Dockerfile's arguments take it."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from shanty.application import Application, read_application
from shanty.lock import Lock
from shanty.project import Project
from shanty.request import SOURCES
from shanty.server import Server, choose_server
from shanty.settings import Settings


@dataclass(frozen=True)
class Recipe:
    """The app, the server that serves it, and what production holds of the project.

    `ship` is `wheel`, `files`, or `both` where the app lies outside a wheel that there is.
    """

    app: Application
    server: Server
    ship: str
    installable: bool
    import_root: str


def read_recipe(project: Project, lock: Lock, settings: Settings) -> Recipe:
    """Return the recipe; raise `UsageError` where the source or the lock do not allow one."""
    app = read_application(project, settings.app)
    server = choose_server(
        project, lock, app, settings.groups, settings.extras, settings.python_version
    )
    ship = "wheel" if app.in_wheel else "both" if project.has_package else "files"
    return Recipe(app, server, ship, project.has_package, _import_root(project, app))


def _import_root(project: Project, app: Application) -> str:
    """Return where the container imports the app from, empty where that is the wheel."""
    if app.in_wheel:
        return ""
    return str(PurePosixPath(SOURCES) / app.import_root.relative_to(project.root).as_posix())
