"""Environment markers: whether one holds in the image."""

import platform
import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from packaging.markers import InvalidMarker, Marker
from packaging.utils import canonicalize_name

from shanty.door import door
from shanty.errors import UsageError

# What the engine's containers call the machines that hosts have other names for.
MACHINES = {
    "AMD64": "x86_64",
    "amd64": "x86_64",
    "386": "i686",
    "arm64": "aarch64",
    "arm": "armv7l",
}
EXTRA = re.compile(r"""extra\s*(==|!=)\s*["']([^"']*)["']|["']([^"']*)["']\s*(==|!=)\s*extra\b""")
TRUE, FALSE = 'python_version >= "0"', 'python_version < "0"'


def machine(architecture: str = "") -> str:
    """Return what Linux calls an architecture, or that of this machine's containers."""
    named = architecture or platform.machine()
    return MACHINES.get(named, named)


def environment(python_version: str, architecture: str = "") -> Mapping[str, str]:
    """Return the values of the markers in an image with this Python, as Docker calls its platform.

    Of a minor release, the image is taken to have the last patch.
    """
    release = python_version.split(".")
    full = python_version if release[2:] else f"{python_version}.99"
    return {
        "implementation_name": "cpython",
        "implementation_version": full,
        "os_name": "posix",
        "platform_machine": machine(architecture),
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": full,
        "python_version": ".".join(release[:2]),
        "sys_platform": "linux",
        "extra": "",
    }


def holds(marker: str, values: Mapping[str, str], extras: Collection[str] | None) -> bool:
    """Tell whether a marker holds with these extras, normalized; with `None`, with any.

    Raises `UsageError` for a marker that cannot be read.
    """
    if marker in {"", "*"}:
        return True

    def settle(found: re.Match[str]) -> str:
        equal = "==" in {found[1], found[4]}
        name = canonicalize_name(found[2] or found[3] or "")
        return TRUE if extras is None or (name in extras) == equal else FALSE

    return _parse(EXTRA.sub(settle, marker)).evaluate(dict(values))


@lru_cache(maxsize=4096)
def _parse(marker: str) -> Marker:
    try:
        return Marker(marker)
    except InvalidMarker as error:
        raise UsageError(
            f"{marker!r} is no environment marker",
            f"mend it in pyproject.toml, then: {door()} lock",
        ) from error
