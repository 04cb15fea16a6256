"""The tasks about the machine."""

import os
from pathlib import Path

from invoke.context import Context

from shanty.tasks.task import task


@task(engine=False, help={"yes": "do not ask"})
def setup(c: Context, yes: bool = False) -> None:
    """Make sure an engine, buildx and a Python base image are there."""
    from shanty.project import find_project
    from shanty.services.compose_file import find_compose_file
    from shanty.settings import Given, resolve_one
    from shanty.setup.base_image import carried_python, ensure_base_image
    from shanty.setup.compose import ensure_compose
    from shanty.setup.consent import Setup, consent
    from shanty.setup.machine import ensure_engine
    from shanty.tasks.reading import lock_of

    plan = Setup(say=print, confirm=lambda question: yes or consent(question), dry=c.config.run.dry)
    ensure_engine(plan)
    project = find_project(Path.cwd())
    if find_compose_file(project):
        ensure_compose(plan)
    given = Given(project, lock_of(project), os.environ, {})
    base_image, python_version = (
        str(resolve_one(key, given).value) for key in ("base-image", "python-version")
    )
    ensure_base_image(plan, base_image, python_version, carried_python(given))


@task(engine=False, help={"json": "for a script"})
def doctor(c: Context, json: bool = False) -> None:
    """Look at the machine and the project, and say how to mend what is found."""
    from shanty.doctor import examination, report

    findings = examination.examine(Path.cwd(), os.environ)
    print(report.as_json(findings) if json else report.as_lines(findings))
    report.require(findings)
