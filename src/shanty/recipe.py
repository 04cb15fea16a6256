"""What the images of a project are made of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from shanty.context import Context, read_context
from shanty.dependencies.holders import in_a_group
from shanty.dependencies.lock import Lock
from shanty.door import door
from shanty.dynamic_version import project_version
from shanty.errors import UsageError
from shanty.project import Project
from shanty.search.application import Application
from shanty.server import Needs, Server, choose_server, development_server
from shanty.settings import Resolved, Settings

GIT_OVER_SSH = ("git", "openssh-client")


@dataclass(frozen=True)
class Recipe:
    """The context, the servers, and what production holds of the project.

    `ship` is `wheel`, `files`, or `both` where the app lies outside a wheel that there is.
    `install` is how the project itself is installed: `poetry`, `backend`, or `none`.
    `import_root` is where in the images the app is imported from, empty where that is the wheel.
    `build_packages` are the Debian packages without which the lock cannot be installed.
    `source_date` is when the sources were what they are, in seconds since 1970, empty where nobody
    knows.
    `labels` are those of production, by which it says what it is made of.
    """

    context: Context
    production: Server
    development: Server
    ship: str
    install: str
    import_root: str
    version: str = ""
    build_packages: tuple[str, ...] = ()
    source_date: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def read_recipe(project: Project, lock: Lock, resolved: Resolved) -> Recipe:
    """Return the recipe; raise `UsageError` where the source or the lock do not allow one."""
    context = read_context(project, lock)
    settings, app = resolved.settings, resolved.application
    _check_ship(project, settings, app)
    _check_gate(project, lock, settings)
    production, development = _servers(project, lock, settings, app)
    return Recipe(
        context,
        production,
        development,
        ship=settings.ship or _ship(project, app),
        install=_install(project),
        import_root=_import_root(project, context, settings, app),
        version=project_version(project),
        build_packages=build_packages(lock),
    )


def _servers(
    project: Project, lock: Lock, settings: Settings, app: Application | None
) -> tuple[Server, Server]:
    own = Server(settings.serve, "[tool.shanty] serve") if settings.serve else None
    if app is None:
        # Only a command of its own starts what is no application, in development too.
        started = own or Server("", "")
        return started, started
    needs = Needs(settings.groups, settings.extras, settings.python_version)
    return (
        own or choose_server(project, lock, app, needs),
        development_server(project, lock, app),
    )


def _check_ship(project: Project, settings: Settings, app: Application | None) -> None:
    """Refuse a wheel that there is none of, and one without the app."""
    fix = f'take ship out of [tool.shanty] in {project.pyproject_file}, or set it to "files"'
    if settings.ship in {"wheel", "both"} and not project.has_package:
        raise UsageError(f'ship = "{settings.ship}": the project has no package for a wheel', fix)
    if settings.ship == "wheel" and app and app.file and not app.in_wheel:
        raise UsageError(f'ship = "wheel": {app.file} is in no wheel of the project', fix)


def _check_gate(project: Project, lock: Lock, settings: Settings) -> None:
    """Refuse to run tests with a pytest that no group brings: no extra is installed for them."""
    if not settings.test_gate:
        return
    if not in_a_group(project, lock, "pytest"):
        raise UsageError(
            f"test-gate = true, and no group of {lock.path} has pytest",
            f"{door()} add --group test pytest",
        )


def build_packages(lock: Lock) -> tuple[str, ...]:
    """Return the Debian packages without which the lock cannot be installed."""
    addresses = [package.url for package in lock.packages if package.source == "git"]
    over_ssh = any(re.match(r"ssh:|git\+ssh:|[^/:]+@", address) for address in addresses)
    return GIT_OVER_SSH if over_ssh else ("git",) if addresses else ()


def _ship(project: Project, app: Application | None) -> str:
    if not project.has_package:
        return "files"
    return "wheel" if app and (app.in_wheel or app.file is None) else "both"


def _install(project: Project) -> str:
    if not project.has_package:
        return "none"
    return "poetry" if project.is_built_by_poetry else "backend"


def _import_root(
    project: Project, context: Context, settings: Settings, app: Application | None
) -> str:
    inside_wheel = app is None or app.file is None or app.in_wheel
    if inside_wheel and settings.ship != "files" and project.has_package:
        return ""
    folder = app.import_root.relative_to(project.root) if app else "."
    return str(PurePosixPath(context.app_dir) / folder)
