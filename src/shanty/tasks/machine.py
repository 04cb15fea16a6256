"""The task about the machine."""

import os
from pathlib import Path

from invoke.context import Context

from shanty import terminal
from shanty.project import find_project
from shanty.services.compose_file import find_compose_file
from shanty.settings import Given, resolve_one
from shanty.setup.base_image import carried_python, ensure_base_image
from shanty.setup.compose import ensure_compose
from shanty.setup.consent import Setup
from shanty.setup.machine import ensure_engine
from shanty.tasks.task import lock_of, task


@task(engine=False, help={"yes": "do not ask"})
def setup(c: Context, yes: bool = False) -> None:
    """Make sure an engine, buildx and a Python base image are there."""
    plan = Setup(
        say=print, confirm=lambda question: yes or _confirm(question), dry=c.config.run.dry
    )
    ensure_engine(plan)
    project = find_project(Path.cwd())
    if find_compose_file(project):
        ensure_compose(plan)
    given = Given(project, lock_of(project), os.environ, {})
    base_image, python_version = (
        str(resolve_one(key, given).value) for key in ("base-image", "python-version")
    )
    ensure_base_image(plan, base_image, python_version, carried_python(given))


def _confirm(question: str) -> bool:
    if not terminal.is_terminal():
        return False
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False
