"""The base image: here, made here, or to be had from its registry."""

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property

from shanty.doctor.finding import Check, Note, Seen, SkippedError
from shanty.doctor.later import ask_docker
from shanty.doctor.machine import Machine
from shanty.doctor.registry import ask_registry, asked_registry
from shanty.doctor.subject import Subject
from shanty.errors import MachineError, RunError, ShantyError
from shanty.own_base import own_base_image
from shanty.reference import PYTHON
from shanty.request import pull
from shanty.settings import is_official, is_pinned
from shanty.setup.base_image import carried_python
from shanty.workflow import no_base_image


class BaseImage:
    """The base image of a project, and its registry, which is asked at once."""

    def __init__(self, subject: Subject, machine: Machine) -> None:
        self._subject = subject
        self._machine = machine
        self._name = ""
        with suppress(SkippedError):
            self._name = str(subject.setting("base-image"))
        self._registry = asked_registry(self._name or PYTHON, subject.environment)

    def checks(self) -> tuple[Check, ...]:
        """Return the looks at the image and at its registry."""
        return (
            Check("base image", "Every image of the project begins with it.", self._image),
            Check("registry", "The base image is pulled from it.", self._answer),
        )

    @cached_property
    def _at_hand(self) -> str:
        """Return the base image that the engine has, empty where it has none that will do."""
        return next((name for name in self._names() if _is_here(name)), "")

    def _names(self) -> Iterator[str]:
        """Yield what a build would begin with, the better ones first."""
        yield str(self._subject.setting("base-image"))
        python = str(self._subject.setting("python-version"))
        if is_official(self._name, python) and not is_pinned(self._name):
            yield own_base_image(python)
            if (carried := carried_python(self._subject.given)) not in {None, python}:
                yield own_base_image(str(carried))

    def _image(self) -> Seen:
        _ = self._subject.setting("base-image")
        self._machine.require_engine()
        if self._at_hand == self._name:
            return f"{self._name} is here"
        if self._at_hand:
            return f"{self._at_hand} is here, made in place of {self._name}"
        if self._is_away():
            raise no_base_image(self._name, str(self._subject.setting("python-version")))
        return self._pullable()

    def _pullable(self) -> Seen:
        """Return that the registry has the image; raise its own fault where it has not."""
        what = f"{self._name} is not here"
        try:
            ask_registry(self._name)
        except TimeoutError as late:
            return Note(f"{what}, and its registry said nothing: {late}", pull(self._name).line)
        return Note(f"{what}: the first build pulls it", pull(self._name).line)

    def _is_away(self) -> bool:
        """Tell whether the registry is known not to answer."""
        try:
            self._registry()
        except (MachineError, SkippedError) as error:
            return isinstance(error, MachineError)
        return False

    def _answer(self) -> Seen:
        try:
            return self._registry()
        except MachineError as error:
            if self._is_needed():
                raise
            return Note(error.what, error.fix, "Only a base image that is not here is pulled.")

    def _is_needed(self) -> bool:
        """Tell whether the engine is known to lack the base image."""
        with suppress(SkippedError, ShantyError):
            self._machine.require_engine()
            return not self._at_hand
        return False


def _is_here(name: str) -> bool:
    """Tell whether the engine holds an image."""
    try:
        ask_docker("image", "inspect", "--format", "{{.Id}}", name)
    except RunError as error:
        if "no such image" in error.what.lower():
            return False
        raise
    return True
