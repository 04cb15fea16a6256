"""The tasks that have Poetry edit the project."""

from pathlib import Path

from invoke.context import Context

from shanty.tasks.task import task
from shanty.words import WordTask


@task(klass=WordTask)
def add(c: Context, words: tuple[str, ...]) -> None:
    """Add dependencies, by the Poetry of the images."""
    _edit(c, "add", words)


@task(klass=WordTask)
def remove(c: Context, words: tuple[str, ...]) -> None:
    """Remove dependencies, by the Poetry of the images."""
    _edit(c, "remove", words)


@task(klass=WordTask)
def update(c: Context, words: tuple[str, ...]) -> None:
    """Update what is locked, by the Poetry of the images."""
    _edit(c, "update", words)


@task(klass=WordTask)
def lock(c: Context, words: tuple[str, ...]) -> None:
    """Write the lock, by the Poetry of the images."""
    _edit(c, "lock", words)


def _edit(c: Context, name: str, words: tuple[str, ...]) -> None:
    from shanty.editing.edit import edit_here
    from shanty.project import find_project

    edit_here(find_project(Path.cwd()), (name, *words), dry=bool(c.config.run.dry))
