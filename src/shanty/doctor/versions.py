"""The versions of Python and Poetry: whether they suit, and whether every copy agrees."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from shanty import sync
from shanty.dependencies.poetry_version import check_poetry
from shanty.dependencies.python_version import check_admitted
from shanty.doctor.finding import Check, Note, Seen
from shanty.doctor.registry import ask_registry
from shanty.doctor.subject import Subject
from shanty.door import door
from shanty.errors import RunError, ShantyError, UsageError
from shanty.pin import Pin, read_pin
from shanty.request import shown


def version_checks(subject: Subject) -> tuple[Check, ...]:
    """Return the looks at a project's versions."""
    looks = (
        ("Python", "The images have it, and the packages have to suit it.", _python),
        ("Poetry", "It has to read the lock, and to understand the project.", _poetry),
        ("versions", "Where copies differ, plain Docker builds something else.", _versions),
    )
    return tuple(Check(name, why, partial(look, subject)) for name, why, look in looks)


def _python(subject: Subject) -> str:
    setting = subject.resolved("python-version")
    check_admitted(str(setting.value), subject.project.requires_python)
    return f"{setting.value}, {_source(setting.source)}"


def _poetry(subject: Subject) -> Seen:
    lock, python = subject.lock, str(subject.setting("python-version"))
    setting = subject.resolved("poetry-version")
    check_poetry(subject.project, lock, str(setting.value), python)
    if reason := sync.relock_reason(lock, str(setting.value)):
        return Note(reason, f"{door()} lock", "The next change of the lock is a large one.")
    return f"{setting.value}, {_source(setting.source)}"


def _versions(subject: Subject) -> Iterator[Seen]:
    poetry, python = (str(subject.setting(key)) for key in ("poetry-version", "python-version"))
    pin = replace(read_pin(subject.given, python, dry=False), ask=ask_registry)
    base = pin.followed
    try:
        base = pin.renewed() if pin.is_pinned else base
    except (ShantyError, TimeoutError) as error:
        yield _unchecked(pin, error)
    found = sync.differences(subject.project, poetry, python, str(base))
    for one in found:
        yield RunError(str(one), f"{door()} sync{' --pin-base' if one.is_moved else ''}")
    if not found:
        yield f"every copy agrees: Poetry {poetry}, Python {python}"


def _unchecked(pin: Pin, error: ShantyError | TimeoutError) -> Seen:
    """Return what keeps a pin from being looked at; one that its registry lacks is a problem."""
    if isinstance(error, UsageError) and pin.base.tag:
        return error
    reason = error.what if isinstance(error, ShantyError) else f"its registry said nothing: {error}"
    return Note(
        f"the pin of {pin.base.unpinned} is not checked: {reason}", f"{door()} sync --check"
    )


def _source(source: str) -> str:
    if " " in source:
        return source
    return f"by {shown(Path(source)) if Path(source).is_absolute() else source}"
