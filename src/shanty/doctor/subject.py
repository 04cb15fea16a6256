"""What the looks are about: the project here with its lock and settings, as far as they go."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shanty.dependencies.lock import Lock, read_lock
from shanty.doctor.finding import SkippedError, required
from shanty.errors import ShantyError
from shanty.project import Project, find_project
from shanty.recipe import Recipe
from shanty.settings import Given, Setting, Value, resolve_one
from shanty.workflow import Workflow


@dataclass(frozen=True)
class Subject:
    """The folder where a person stands, and their environment.

    What a check stands on raises `SkippedError` where another check tells why it is not to be had.
    """

    start: Path
    environment: Mapping[str, str]

    @cached_property
    def found(self) -> Project:
        """The project; raises `UsageError` where there is none."""
        return find_project(self.start)

    @cached_property
    def project(self) -> Project:
        """The project as a ground to stand on."""
        return required(lambda: self.found, "no project is here")

    @cached_property
    def lock_read(self) -> Lock:
        """The lock; raises `UsageError` where it is missing or cannot be read."""
        return read_lock(self.project)

    @cached_property
    def lock(self) -> Lock:
        """The lock as a ground to stand on."""
        return required(lambda: self.lock_read, "there is no lock that can be read")

    @cached_property
    def given(self) -> Given:
        """Everything that a setting may come from; without a lock where none can be read."""
        try:
            lock = self.lock
        except SkippedError:
            lock = None
        return Given(self.project, lock, self.environment, {})

    def resolved(self, key: str) -> Setting:
        """Return a setting with where it is from; raises `UsageError` for one that cannot be."""
        if key not in self._resolved:
            self._resolved[key] = resolve_one(key, self.given)
        return self._resolved[key]

    @cached_property
    def _resolved(self) -> dict[str, Setting]:
        """The settings that were asked for: to find some, all of the source is read."""
        return {}

    def setting(self, key: str) -> Value:
        """Return a setting as a ground to stand on."""
        return required(lambda: self.resolved(key).value, f"{key} is not settled")

    @cached_property
    def workflow(self) -> Workflow:
        """The workflow, whose settings are settled."""
        workflow = Workflow(self.given, dry=False)
        required(lambda: workflow.settings, "the settings are not settled")
        return workflow

    @cached_property
    def recipe(self) -> Recipe | None:
        """What the images are made of, `None` where nothing can be built."""
        try:
            return self.workflow.recipe(self.workflow.resolved)
        except (ShantyError, SkippedError):
            return None
