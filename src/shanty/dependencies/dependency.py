"""One dependency, as Poetry's tables and the standard's texts write it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from shanty.dependencies.constraint import admits
from shanty.dependencies.marker import holds

DIRECT = ("git", "path", "file", "url")


@dataclass(frozen=True)
class Dependency:
    """A distribution that is asked for: which versions of it, with which extras, and when.

    `python` and `platform` are Poetry's short forms of a marker; `direct` is one that comes from
    a repository, a path or an address instead of an index.
    """

    name: str
    constraint: str = "*"
    extras: frozenset[str] = frozenset()
    optional: bool = False
    marker: str = ""
    python: str = "*"
    platform: str = "*"
    direct: bool = False

    def applies(self, values: Mapping[str, str], extras: Collection[str] | None) -> bool:
        """Tell whether it is asked for where markers have these values, with these extras."""
        return (
            holds(self.marker, values, extras)
            and admits(self.python, values["python_full_version"], f"{self.name}: python")
            and _is_platform(self.platform, values["sys_platform"])
        )

    def admits(self, version: str) -> bool:
        """Tell whether the versions asked for include this one."""
        return self.direct or admits(self.constraint, version, self.name)


def parse_table(name: str, value: object) -> list[Dependency]:
    """Return what a key of one of Poetry's dependency tables asks for: one, or several by marker.

    Raises `TypeError` for a value of another shape.
    """
    if isinstance(value, list):
        return [one for entry in value for one in parse_table(name, entry)]
    entry = {"version": value} if isinstance(value, str) else value
    if not isinstance(entry, Mapping):
        raise TypeError(value)
    return [
        Dependency(
            name=canonicalize_name(name),
            constraint=str(entry.get("version", "*")),
            extras=frozenset(canonicalize_name(extra) for extra in entry.get("extras", ())),
            optional=bool(entry.get("optional", False)),
            marker=str(entry.get("markers", "")),
            python=str(entry.get("python", "*")),
            platform=str(entry.get("platform", "*")),
            direct=any(key in entry for key in DIRECT),
        )
    ]


def parse_text(text: str, *, optional: bool = False) -> Dependency:
    """Return what a dependency specifier of the standard asks for.

    Raises `InvalidRequirement` for a text that is none.
    """
    parsed = Requirement(text)
    return Dependency(
        name=canonicalize_name(parsed.name),
        constraint=str(parsed.specifier) or "*",
        extras=frozenset(canonicalize_name(extra) for extra in parsed.extras),
        optional=optional,
        marker=str(parsed.marker or ""),
        direct=parsed.url is not None,
    )


def _is_platform(platforms: str, found: str) -> bool:
    """Tell whether `linux`, `!=win32` or `linux || darwin` means this platform."""
    return any(
        platform in {"*", found}
        or (platform.startswith("!=") and platform.removeprefix("!=").strip() != found)
        for platform in (part.removeprefix("==").strip() for part in re.split(r"\|\|?", platforms))
    )
