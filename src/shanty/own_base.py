"""The base image that is made here where no registry answers, and the settings on it."""

from dataclasses import replace

from shanty.reference import MADE_HERE
from shanty.settings import Resolved


def on_own_base(resolved: Resolved) -> Resolved:
    """Return the settings with the base image made here in place of the official one."""
    base_image = own_base_image(resolved.settings.python_version)
    return replace(resolved, settings=replace(resolved.settings, base_image=base_image))


def own_base_image(python_version: str) -> str:
    """Return the name of the base image made here, which is never an official one."""
    return f"{MADE_HERE}:{python_version}"
