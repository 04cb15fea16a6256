"""Poetry releases: which one a project, its lock and the image's Python can be built with."""

from collections.abc import Iterator
from typing import NamedTuple

from packaging.version import Version

from shanty.dependencies.constraint import admits
from shanty.dependencies.lock import Lock, content_hash
from shanty.door import door
from shanty.errors import UsageError
from shanty.project import Project
from shanty.pyproject import table

# The last release of each series that the image can be built with, newest first.
RELEASES = (
    *("2.5.1", "2.4.3", "2.3.4", "2.2.1", "2.1.4", "2.0.1"),
    *("1.8.5", "1.7.1", "1.6.1", "1.5.1", "1.4.2", "1.3.2", "1.2.2"),
)
# What the releases' own requires-python leaves of them on the oldest Pythons; on 3.10 to 3.14 all
# of them run.
ON_OLD_PYTHON = {"3.9": "<2.3", "3.8": "<2.0", "3.7": "<1.6"}


class Need(NamedTuple):
    """What rules some releases out: the ones that are left, and what is wrong with the others."""

    constraint: str
    fault: str


def default_poetry(project: Project, lock: Lock, python_version: str) -> tuple[str, str]:
    """Return the Poetry that wrote the lock, else the newest that can build it, and which it was.

    Raises `UsageError` where no release can.
    """
    if lock.poetry_version:
        return lock.poetry_version, f"{lock.path.name}, line 1"
    needs = _needs(project, lock, python_version)
    capable = [release for release in RELEASES if not _faults(release, needs)]
    if not capable:
        raise _nothing_left(project, needs)
    return capable[0], f"newest that reads {_format(lock)} and runs on Python {python_version}"


def check_poetry(project: Project, lock: Lock, poetry_version: str, python_version: str) -> None:
    """Raise `UsageError` for a Poetry that cannot build this, with the nearest that can.

    It has to read the lock, to understand the project, and to run on the image's Python.
    """
    needs = _needs(project, lock, python_version)
    faults = _faults(poetry_version, needs)
    if not faults:
        return
    capable = [release for release in RELEASES if not _faults(release, needs)]
    if not capable:
        raise _nothing_left(project, needs)
    newer = [release for release in capable if Version(release) > Version(poetry_version)]
    raise UsageError(
        f"Poetry {poetry_version} {faults[0].fault}",
        f'set [tool.shanty] poetry-version = "{newer[-1] if newer else capable[0]}"',
    )


def _faults(release: str, needs: list[Need]) -> list[Need]:
    return [need for need in needs if not admits(need.constraint, release, "requires-poetry")]


def _nothing_left(project: Project, needs: list[Need]) -> UsageError:
    fault = next((need.fault for need in needs if _faults(RELEASES[0], [need])), needs[0].fault)
    return UsageError(
        f"no Poetry from {RELEASES[-1]} to {RELEASES[0]} can build {project.root}: "
        f"the newest {fault}",
        f"SHANTY_POETRY_VERSION={RELEASES[0]} {door()} lock --regenerate  # writes the lock anew",
    )


def _needs(project: Project, lock: Lock, python_version: str) -> list[Need]:
    minor = ".".join(python_version.split(".")[:2])
    return [
        # 1.1 takes no export plugin and, from Python 3.12 on, does not start.
        Need(">=1.2", "cannot list one group of a lock, which the image is made with"),
        *_lock_needs(lock),
        *_project_needs(project),
        *_group_needs(project, lock),
        Need(ON_OLD_PYTHON.get(minor, "*"), f"does not run on Python {minor}"),
    ]


def _lock_needs(lock: Lock) -> Iterator[Need]:
    """Yield what the format asks for, as each release's `Locker` refuses it."""
    fault = f"cannot read {_format(lock)}"
    if not lock.format:
        yield Need("<2.0", fault)
    elif Version(lock.format).major == 2:  # noqa: PLR2004
        yield Need(">=1.3", fault)
    elif Version(lock.format).major > 2:  # noqa: PLR2004
        yield Need(f">{RELEASES[0]}", fault)


def _project_needs(project: Project) -> Iterator[Need]:
    """Yield what the keys of `pyproject.toml` ask for, by the release that brought each."""
    poetry = table(project.pyproject, "tool.poetry")
    standard = table(project.pyproject, "project")
    if standard and (
        not poetry.get("name") or {"dependencies", "optional-dependencies"} & standard.keys()
    ):
        yield Need(">=2.0", "does not know the [project] table")
    if not project.package_mode:
        yield Need(">=1.8", "does not know package-mode")
    if "requires-poetry" in poetry:
        constraint = str(poetry["requires-poetry"])
        yield Need(">=2.0", "refuses the key requires-poetry")
        yield Need(constraint, f"is outside requires-poetry = {constraint!r}")


def _group_needs(project: Project, lock: Lock) -> Iterator[Need]:
    """Yield what dependency groups ask for, and the content hash that they joined in 2.3."""
    groups = table(project.pyproject, "tool.poetry.group").values()
    if any("include-groups" in group for group in groups):
        yield Need(">=2.2", "does not know include-groups")
    if not table(project.pyproject, "dependency-groups"):
        return
    yield Need(">=2.2", "does not know [dependency-groups]")
    if lock.content_hash == content_hash(project.pyproject):
        yield Need(">=2.3", "calls the lock stale, for [dependency-groups] count in it since 2.3")
    elif not lock.poetry_version:
        yield Need("<2.3", "calls the lock stale, for it was written before 2.3")


def _format(lock: Lock) -> str:
    return f"a lock of format {lock.format}" if lock.format else "a lock without a lock-version"
