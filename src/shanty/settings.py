"""The resolved settings of a project, and where each came from."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

from packaging.version import InvalidVersion, Version

from shanty.byte_size import parse_size
from shanty.dependencies.lock import Lock
from shanty.dependencies.poetry_version import default_poetry
from shanty.dependencies.python_version import KNOWN, choose_python, newest_admitted
from shanty.door import door
from shanty.errors import UsageError
from shanty.project import Project
from shanty.reference import parse_reference
from shanty.search.application import Application, find_application, read_application

Value = str | int | tuple[str, ...] | None

# What production holds of the project.
SHIPS = ("wheel", "files", "both")

DEFAULTS: Mapping[str, Value] = {
    "port": 8888,
    "system-packages": (),
    "build-system-packages": (),
    "groups": ("main",),
    "extras": (),
    "serve": None,
    "ship": None,
    "prestart": (),
    "health-path": None,
    "env-file": None,
    "size-budget": None,
    "test-gate": False,
}


@dataclass(frozen=True)
class Settings:
    """What `[tool.shanty]`, the environment and the command line settle, one field a key."""

    poetry_version: str
    python_version: str
    app: str
    image: str
    base_image: str
    port: int
    system_packages: tuple[str, ...]
    build_system_packages: tuple[str, ...]
    groups: tuple[str, ...]
    extras: tuple[str, ...]
    serve: str | None
    ship: str | None
    prestart: tuple[str, ...]
    health_path: str | None
    env_file: str | None
    size_budget: str | None
    test_gate: bool


@dataclass(frozen=True)
class Resolved:
    """The settings with the place that each value came from, by key as a person writes it.

    `found` are the keys that nobody gave a value. `application` is what `app` names, `None` where
    a command of its own starts what is none.
    """

    settings: Settings
    sources: Mapping[str, str]
    found: frozenset[str] = frozenset()
    application: Application | None = None

    def rows(self) -> list[tuple[str, Value, str]]:
        """Return key, value and source of every setting."""
        return [
            (key, getattr(self.settings, key.replace("-", "_")), self.sources[key]) for key in KEYS
        ]


@dataclass(frozen=True)
class Setting:
    """One value and the place it came from; `found` where nobody gave it.

    `application` is what the setting `app` names.
    """

    value: Value
    source: str
    found: bool = field(default=False, compare=False)
    application: Application | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Given:
    """Everything a setting may come from; `typed` is the command line's, `None` where silent.

    `pythons` are the releases that a base image can be had for, newest first.
    """

    project: Project
    lock: Lock | None
    environment: Mapping[str, str]
    typed: Mapping[str, str | None]
    pythons: Sequence[str] = KNOWN


def resolve(given: Given) -> Resolved:
    """Return every setting: as typed, else from the environment, else the file, else found.

    Raises `UsageError` for an unknown key, a value that cannot be, and a default that cannot be
    found.
    """
    found = {key: resolve_one(key, given) for key in KEYS}
    values = {one.name: found[one.name.replace("_", "-")].value for one in fields(Settings)}
    return Resolved(
        Settings(**values),  # type: ignore[arg-type]
        {key: setting.source for key, setting in found.items()},
        frozenset(key for key, setting in found.items() if setting.found),
        found["app"].application,
    )


def resolve_one(key: str, given: Given) -> Setting:
    """Return one setting; raise `UsageError` as `resolve` does."""
    return _given(key, given) or replace(_default(key, given), found=True)


def _given(key: str, given: Given) -> Setting | None:
    """Return a setting that somebody gave, `None` where nobody did."""
    _refuse_unknown(given.project)
    variable = f"SHANTY_{key.upper().replace('-', '_')}"
    places: tuple[tuple[object, str], ...] = (
        (given.typed.get(key), f"--{key}"),
        (given.environment.get(variable) or None, variable),
        (given.project.settings.get(key), str(given.project.pyproject_file)),
    )
    for value, source in places:
        if value is not None:
            setting = Setting(KEYS[key](value, f"{source}: {key}"), source)
            if key == "app":
                named = read_application(given.project, str(setting.value))
                return Setting(named.target, source, application=named)
            return setting
    return None


def _refuse_unknown(project: Project) -> None:
    for key in project.settings:
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, n=1)
            meant = f"write {near[0]}" if near else f"use one of {', '.join(KEYS)}"
            raise UsageError(f"{project.pyproject_file}: [tool.shanty] knows no key {key!r}", meant)


def _default(key: str, given: Given) -> Setting:
    project = given.project
    match key:
        case "poetry-version":
            return _default_poetry(given)
        case "python-version":
            return _default_python(given)
        case "app":
            return _found_app(given)
        case "image":
            return Setting(image_name(project.name), "the project's name")
        case "base-image":
            version = resolve_one("python-version", given).value
            return Setting(official_base_image(str(version)), "default")
        case _:
            return Setting(DEFAULTS[key], "default")


def _found_app(given: Given) -> Setting:
    try:
        found = find_application(given.project)
    except UsageError:
        # What starts by a command of its own may be no application that a server can be given.
        if resolve_one("serve", given).value:
            return Setting("", "none found: serve starts it")
        raise
    return Setting(found.target, found.reason, application=found)


def _default_poetry(given: Given) -> Setting:
    if given.lock is None:
        raise UsageError(
            f"{given.project.lock_file} is missing: it says which Poetry the project is built with",
            f"{door()} lock",
        )
    python_version = str(resolve_one("python-version", given).value)
    return Setting(*default_poetry(given.project, given.lock, python_version))


def _default_python(given: Given) -> Setting:
    """Return the release that the lock installs on best, or the newest where there is no lock.

    An official base image that somebody named has one, and it counts.
    """
    project = given.project
    if (base := _given("base-image", given)) and (release := _python_of(str(base.value))):
        return Setting(release, f"that of base-image {base.value}")
    if given.lock is None:
        constraint = project.requires_python
        reason = f"newest that requires-python {constraint} admits"
        return Setting(newest_admitted(constraint, given.pythons), reason)
    groups, extras = (_texts(resolve_one(key, given).value) for key in ("groups", "extras"))
    return Setting(*choose_python(project, given.lock, groups, extras, given.pythons))


def _python_of(base_image: str) -> str | None:
    return parse_reference(base_image, "base-image").python


def _texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def official_base_image(python_version: str) -> str:
    """Return the official image of a Python release, without what running it does not need."""
    return f"python:{python_version}-slim"


def is_official(base_image: str, python_version: str) -> bool:
    """Tell whether a base image is the official one of a Python release, pinned or not."""
    return base_image.partition("@")[0] == official_base_image(python_version)


def check_base_python(settings: Settings) -> None:
    """Raise `UsageError` for an official base image with another Python than the settings'."""
    release = _python_of(settings.base_image)
    if release and not f"{settings.python_version}.".startswith(f"{release}."):
        raise UsageError(
            f"base-image {settings.base_image} has Python {release}, and python-version is "
            f"{settings.python_version}",
            f"{door()} sync  # or take one of the two out",
        )


def is_pinned(base_image: str) -> bool:
    """Tell whether a base image is named by a digest."""
    return "@" in base_image


def image_name(name: str) -> str:
    """Return a distribution's name as a Docker repository may be called."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def parse_port(given: object, label: str) -> int:
    """Return a port from 1 to 65535; raise `UsageError` for anything else."""
    text = str(given)
    if isinstance(given, bool) or not re.fullmatch(r"\d{1,5}", text) or not 0 < int(text) < 65536:  # noqa: PLR2004
        raise UsageError(f"{label} = {text!r} is no port", "give a whole number from 1 to 65535")
    return int(text)


def _parse_text(given: object, label: str) -> str:
    if not isinstance(given, str) or not given.strip():
        raise UsageError(f"{label} = {given!r} is no text", "write it in quotes")
    return given.strip()


def _parse_list(given: object, label: str) -> tuple[str, ...]:
    if isinstance(given, str):
        return tuple(re.findall(r"[^,\s]+", given))
    if isinstance(given, list) and all(isinstance(item, str) and item for item in given):
        return tuple(given)
    raise UsageError(f"{label} = {given!r} is no list of texts", 'write it as ["one", "two"]')


def _parse_commands(given: object, label: str) -> tuple[str, ...]:
    """Return one command from a text, several from a list: a command has spaces of its own."""
    return (given,) if isinstance(given, str) and given else _parse_list(given, label)


def _parse_path(given: object, label: str) -> str:
    text = _parse_text(given, label)
    if not text.startswith("/") or re.search(r"\s", text):
        raise UsageError(f"{label} = {text!r} is no path", 'begin it with "/", as in "/health"')
    return text


def _parse_ship(given: object, label: str) -> str:
    if given not in SHIPS:
        raise UsageError(f"{label} = {given!r} cannot be", f"use one of {', '.join(SHIPS)}")
    return str(given)


def _parse_flag(given: object, label: str) -> bool:
    text = str(given).lower()
    if text not in {"true", "false"}:
        raise UsageError(f"{label} = {given!r} cannot be", "use true or false")
    return text == "true"


def _parse_release(given: object, label: str) -> str:
    text = _parse_text(given, label)
    try:
        return str(Version(text))
    except InvalidVersion as error:
        raise UsageError(
            f"{label} = {text!r} is no version", 'write the release alone, as in "2.5.1"'
        ) from error
    return text


def _parse_base_image(given: object, label: str) -> str:
    return str(parse_reference(_parse_text(given, label), label))


def _parse_image(given: object, label: str) -> str:
    text = _parse_text(given, label)
    better = image_name(text) or "app"
    part = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
    if not re.fullmatch(rf"(?:[a-z0-9.-]+(?::\d+)?/)?{part}(?:/{part})*", text):
        raise UsageError(
            f"{label} = {text!r} is no image name",
            f'use small letters, digits, "-", "." and "/", as in "{better}"',
        )
    return text


KEYS: dict[str, Callable[[object, str], Value]] = {
    "poetry-version": _parse_release,
    "python-version": _parse_release,
    "app": _parse_text,
    "image": _parse_image,
    "base-image": _parse_base_image,
    "port": parse_port,
    "system-packages": _parse_list,
    "build-system-packages": _parse_list,
    "groups": _parse_list,
    "extras": _parse_list,
    "serve": _parse_text,
    "ship": _parse_ship,
    "prestart": _parse_commands,
    "health-path": _parse_path,
    "env-file": _parse_text,
    "size-budget": parse_size,
    "test-gate": _parse_flag,
}
