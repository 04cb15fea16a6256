"""What an image is made of, by which two releases of one version are told apart."""

from collections.abc import Mapping
from dataclasses import dataclass

from shanty.pyproject import Table, table

# What a container is started by, as far as a registry's manifest has a standard word for it: for a
# health check there is none. Labels say where an image is from, and are no part of what it is.
SETTINGS = (
    *("Entrypoint", "Cmd", "Env", "User", "WorkingDir"),
    *("StopSignal", "ExposedPorts", "Volumes"),
)


@dataclass(frozen=True)
class Contents:
    """The digests of the layers of an image for one platform, unpacked, and its settings."""

    layers: tuple[str, ...]
    settings: tuple[str, ...]


def here(image: Table) -> Contents:
    """Return the contents of an image that an engine tells of."""
    return _contents(table(image, "RootFS").get("Layers"), table(image, "Config"))


def there(answer: Table | None) -> Mapping[str, Contents]:
    """Return the contents of an image that a registry tells of, by platform.

    Of one for a single platform the name may be empty; of what is no image there are none.
    """
    of_one = {"": answer} if answer and "rootfs" in answer else answer or {}
    # A proof of where an image is from is told as one of an unknown platform.
    return {
        platform: _contents(table(one, "rootfs").get("diff_ids"), table(one, "config"))
        for platform, one in of_one.items()
        if "unknown" not in platform
    }


def _contents(layers: list[str] | None, config: Table) -> Contents:
    settings = tuple(f"{key}={config.get(key) or ''}" for key in SETTINGS)
    return Contents(tuple(layers or ()), settings)
