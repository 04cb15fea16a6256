"""The project that a task is about, and its settings as they were typed."""

import os
from pathlib import Path

from invoke.context import Context

from shanty.dependencies.lock import Lock, read_lock
from shanty.project import Project, find_project
from shanty.settings import Given
from shanty.workflow import Workflow


def read_workflow(c: Context, **typed: str | None) -> Workflow:
    """Return the workflow of the project here, with the settings that were typed."""
    project = find_project(Path.cwd())
    workflow = Workflow(Given(project, lock_of(project), os.environ, typed), bool(c.config.run.dry))
    # What is configured wrong is said before anything is done.
    _ = workflow.settings
    return workflow


def lock_of(project: Project) -> Lock | None:
    """Return a project's lock, `None` where it has none."""
    # A folder in its place is said, for nothing can be written there.
    return read_lock(project) if project.lock_file.exists() else None
