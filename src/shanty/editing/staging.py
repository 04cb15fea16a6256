"""The staging image of a project that is only to be edited: its lock may be stale, or not there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shanty.context import dockerfile_owner, read_context
from shanty.dependencies.lock import Lock, content_hash
from shanty.dependencies.poetry_version import check_poetry
from shanty.dependencies.python_version import check_admitted
from shanty.dockerfile import argument_defaults, shipped_docker
from shanty.errors import UsageError
from shanty.project import Project
from shanty.recipe import GIT_OVER_SSH, Recipe, build_packages
from shanty.server import Server
from shanty.settings import Given, Resolved, check_base_python, resolve_one
from shanty.workflow import Workflow

# A project may be edited before it has an app, and whatever becomes of its tests.
TYPED = {"serve": "poetry", "test-gate": "false"}
NEWEST_FORMAT = "2.1"


@dataclass(frozen=True)
class Staging(Workflow):
    """A workflow that builds the staging image alone, of which no part asks for a fresh lock."""

    over_ssh: bool = False

    def recipe(self, resolved: Resolved) -> Recipe:
        """Return what the staging image is made of, and for the rest what the Dockerfile says."""
        settings, project = resolved.settings, self.project
        check_base_python(settings)
        check_admitted(settings.python_version, project.requires_python)
        # What the pinned Poetry is about to write is no lock that it calls stale.
        lock = replace(self.lock, poetry_version=settings.poetry_version, content_hash="")
        check_poetry(project, lock, settings.poetry_version, settings.python_version)
        owner = dockerfile_owner(project)
        docker = owner / "docker" if owner else shipped_docker()
        defaults = argument_defaults(docker / "Dockerfile")
        production, development = (
            Server(defaults.get(name, ""), "") for name in ("SERVE", "DEVELOPMENT_SERVE")
        )
        install = defaults.get("INSTALL", "poetry")
        context = read_context(project, self.lock)
        packages = GIT_OVER_SSH if self.over_ssh else build_packages(self.lock)
        return Recipe(
            context, production, development, "files", install, "", build_packages=packages
        )


def read_staging(
    project: Project,
    lock: Lock | None,
    environment: Mapping[str, str],
    *,
    dry: bool,
    over_ssh: bool = False,
) -> Staging:
    """Return the workflow for a project with the lock that it has, stale or not, or none."""
    given = Given(project, _to_build_on(project, lock), environment, TYPED)
    try:
        resolve_one("python-version", given)
    except UsageError:
        # What is locked suits no Python: that may be what is to be mended.
        given = replace(given, lock=_to_build_on(project, None))
    return Staging(given, dry, over_ssh)


def _to_build_on(project: Project, lock: Lock | None) -> Lock:
    """Return what of a lock there is to build on: an empty one, as fresh as can be, for none.

    A path dependency that is gone is about to be taken out, or complained of by Poetry.
    """
    if lock is None:
        return Lock(project.lock_file, None, content_hash(project.pyproject), {}, NEWEST_FORMAT)
    there = tuple(
        one
        for one in lock.packages
        if one.source not in {"directory", "file"} or (project.root / one.url).exists()
    )
    return replace(lock, packages=there)
