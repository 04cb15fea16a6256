"""Paths that are fine here and no good in an image: links that lead astray, names in bytes."""

import errno
import os
import shlex
from pathlib import Path

from shanty.errors import UsageError

# What an image has too.
SYSTEM = ("/dev", "/etc", "/lib", "/proc", "/sys", "/usr")


def link_fault(link: Path, within: Path) -> UsageError | None:
    """Return what is wrong with a link that leads nowhere, here or in an image, or out of a folder.

    One to a file of the system's is believed: an image may have it too.
    """
    target, real = link.readlink(), Path(os.path.realpath(link))
    what, quoted = f"{link} is a link to {target}", shlex.quote(str(link))
    if reason := _broken(link):
        return UsageError(f"{what}, {reason}: no wheel can be built with it", f"rm {quoted}")
    if not real.is_relative_to(within.resolve()):
        if target.is_absolute() and any(real.is_relative_to(one) for one in SYSTEM):
            return None
        return UsageError(
            f"{what}, outside of {within}: no wheel can be built with it",
            f"rm {quoted} && cp -R {shlex.quote(str(real))} {quoted}",
        )
    if target.is_absolute():
        inside = shlex.quote(os.path.relpath(real, link.parent.resolve()))
        return UsageError(
            f"{what}, an absolute path, which is another in the image",
            f"ln -sfn {inside} {quoted}",
        )
    return None


def _broken(link: Path) -> str:
    """Return why a link leads nowhere, empty for one that leads somewhere."""
    try:
        link.stat()
    except OSError as error:
        return "round in a circle" if error.errno == errno.ELOOP else "and there is nothing"
    return ""


def is_text(name: str) -> bool:
    """Tell whether a file name is text: one that is not has bytes which nobody can read."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def renaming(path: Path) -> str:
    """Return the command that gives a file a name which is text, by the bytes that it has now."""
    name = os.fsencode(path.name)
    octal = "".join(f"\\{byte:03o}" for byte in name)
    new = shlex.quote(name.decode("latin-1"))
    return f"cd {shlex.quote(str(path.parent))} && mv \"$(printf '{octal}')\" {new}"
