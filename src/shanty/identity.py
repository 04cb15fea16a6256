"""Who a container's process is, so that what it writes on this machine is the caller's."""

import os
from collections.abc import Iterable


def identity(security: Iterable[str]) -> tuple[str, ...]:
    """Return what `docker run` is told of the user, by the engine's security options.

    Those are as `docker info` lists them: `name=rootless`, `name=selinux`, `name=userns`, `…`.
    """
    kinds = {part for option in security for part in option.split(",")}
    words = ["--user", _user(rootless="name=rootless" in kinds)] if hasattr(os, "getuid") else []
    if "name=userns" in kinds:
        # Else the engine gives every user another number.
        words += ["--userns", "host"]
    if "name=selinux" in kinds:
        # A label on the sources would shut out whoever else reads them.
        words += ["--security-opt", "label=disable"]
    return tuple(words)


def _user(*, rootless: bool) -> str:
    """Return user and group; root inside is the caller outside where the engine is their own."""
    return "0:0" if rootless else f"{os.getuid()}:{os.getgid()}"
