"""The project: what a task would refuse, all of it at once."""

from collections.abc import Callable, Iterator
from functools import partial

from shanty.build import TARGETS, check_gate
from shanty.dependencies.lock import check_fresh
from shanty.dockerfile import check_stages
from shanty.doctor.finding import Check, Note, Seen, SkippedError
from shanty.doctor.subject import Subject
from shanty.errors import ShantyError, UsageError
from shanty.ignore_file import check_ignore_file
from shanty.project import Project
from shanty.project_files import (
    check_licences,
    check_links,
    check_names,
    check_packages,
    check_readmes,
    readmes,
)
from shanty.request import shown
from shanty.serving import environment_file
from shanty.settings import KEYS

# Those that have a check of their own.
APART = {"poetry-version", "python-version", "app"}


def project_checks(subject: Subject) -> tuple[Check, ...]:
    """Return the looks at a project's own files."""
    looks = (
        ("project", "Every task is about one.", _project),
        ("lock", "Every image has the packages that it says, hash by hash, and no others.", _lock),
        ("settings", "They settle what is built, and how it runs.", _settings),
        ("package", "The wheel is made of it.", _package),
        ("readme", "It is a part of the wheel, as are the licences.", _readme),
        ("build", "What cannot be built is refused before anything is done.", _build),
    )
    return tuple(Check(name, why, partial(look, subject)) for name, why, look in looks)


def _project(subject: Subject) -> Seen:
    try:
        return f"{subject.found.name}, in {subject.found.root}"
    except UsageError as error:
        folders = (subject.start, *subject.start.parents)
        if any((folder / "pyproject.toml").is_file() for folder in folders):
            raise
        return Note(error.what, error.fix, "There is the machine alone to look at.")


def _lock(subject: Subject) -> Seen:
    _ = subject.project
    lock = subject.lock_read
    check_fresh(subject.project, lock)
    number = "1 package" if len(lock.packages) == 1 else f"{len(lock.packages)} packages"
    writer = f", by Poetry {lock.poetry_version}" if lock.poetry_version else ""
    return f"{shown(lock.path)} is fresh: {number}{writer}"


def _settings(subject: Subject) -> Iterator[Seen]:
    faults: dict[str, ShantyError] = {}
    for key in KEYS:
        if key not in APART:
            try:
                subject.resolved(key)
            except UsageError as error:
                faults.setdefault(error.what, error)
    yield from faults.values()
    if not faults:
        environment_file(subject.project, None, _text(subject, "env-file"))
        own = ", ".join(subject.project.settings)
        yield f"[tool.shanty] has {own}" if own else "all as they are by default"


def _text(subject: Subject, key: str) -> str | None:
    value = subject.setting(key)
    return str(value) if value else None


def _package(subject: Subject) -> Iterator[Seen]:
    project = subject.project
    faults = [*_faults(project, check_names)]
    if project.package_mode:
        faults += _faults(project, check_packages)
    if project.has_package:
        faults += _faults(project, check_links)
    yield from faults
    if not faults:
        yield _packaged(project)


def _faults(project: Project, *checks: Callable[[Project], None]) -> Iterator[ShantyError]:
    for check in checks:
        try:
            check(project)
        except UsageError as error:
            yield error


def _packaged(project: Project) -> Seen:
    if not project.package_mode:
        return "package-mode = false: production holds the project's files"
    try:
        found = project.packages
    except UsageError as error:
        return Note(error.what, error.fix, "Production holds the project's files, and no wheel.")
    return ", ".join(one.path.relative_to(project.root).as_posix() for one in found)


def _readme(subject: Subject) -> Iterator[Seen]:
    project = subject.project
    if not project.package_mode:
        raise SkippedError("package-mode = false, so Poetry reads none")
    faults = list(_faults(project, check_readmes, check_licences))
    yield from faults
    if not faults:
        yield ", ".join(name for _, name in readmes(project)) or "none is named"


def _build(subject: Subject) -> str:
    _ = subject.lock
    workflow = subject.workflow
    context = workflow.recipe(workflow.resolved).context
    if context.owner is None:
        return "by Shanty's own Dockerfile: the project has none"
    dockerfile = context.owner / "docker" / "Dockerfile"
    check_stages(dockerfile, TARGETS)
    check_ignore_file(context, dockerfile)
    check_gate(workflow.settings, dockerfile)
    return f"by {shown(dockerfile)}"
