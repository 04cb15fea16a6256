"""The base image: here, made here, or to be had from its registry."""

from contextlib import suppress
from functools import cached_property

from shanty.doctor.finding import Check, Note, Seen, SkippedError
from shanty.doctor.later import ask_docker
from shanty.doctor.machine import Machine
from shanty.doctor.registry import ask_registry, asked_registry
from shanty.doctor.subject import Subject
from shanty.errors import MachineError, RunError, ShantyError
from shanty.reference import PYTHON
from shanty.request import pull
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
        found = self._subject.workflow.base_at_hand(_digest_of)
        return found.resolved.settings.base_image if found else ""

    def _image(self) -> Seen:
        _ = self._subject.workflow
        self._machine.require_engine()
        if self._at_hand == self._name:
            return f"{self._name} is here"
        if self._at_hand:
            return f"{self._at_hand} is here, made in place of {self._name}"
        if self._is_away():
            raise no_base_image(self._name)
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


def _digest_of(name: str) -> str | None:
    """Return an image's id, `None` where the engine holds none of this name."""
    try:
        return ask_docker("image", "inspect", "--format", "{{.Id}}", name).strip()
    except RunError as error:
        if "no such image" in error.what.lower():
            return None
        raise
