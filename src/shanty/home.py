"""The home of the caller, for what Docker's client keeps there; not everybody has one."""

import os
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

from shanty.errors import MachineError


def settle_home(environment: MutableMapping[str, str]) -> None:
    """Name another folder to Docker's client where the caller's home is missing, read-only or shut.

    Without a home it would write into the project, and buildx stops without a place for its notes.
    """
    home = environment.get("HOME")
    # Somebody else's, as `su` without `-` leaves it.
    if not home or (os.path.exists(home) and not os.access(home, os.X_OK)):  # noqa: PTH110
        environment.pop("HOME", None)
        environment["HOME"] = _listed() or str(private_folder())
    home = environment["HOME"]
    notes = environment.get("DOCKER_CONFIG") or os.path.join(home, ".docker")  # noqa: PTH118
    if not environment.get("BUILDX_CONFIG") and not can_write(Path(notes, "buildx")):
        environment["BUILDX_CONFIG"] = str(private_folder() / "buildx")


def can_write(folder: Path) -> bool:
    """Tell whether a folder can be written to, or made where it is not there yet."""
    # What may not be looked at is not there for `os`, and an error for a `Path`.
    places = (folder, *folder.parents)
    nearest = next((one for one in places if os.path.exists(one)), None)  # noqa: PTH110
    return nearest is not None and os.access(nearest, os.W_OK)


def private_folder() -> Path:
    """Return this user's own folder below that for temporary files, where nobody else may write.

    Raises `MachineError` where somebody else has made it: what is built would be theirs to say.
    """
    folder = Path(tempfile.gettempdir(), f"shanty-{os.getuid()}")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid() or status.st_mode & 0o022 or folder.is_symlink():
        raise MachineError(
            f"{folder} is not this user's alone",
            "set XDG_CACHE_HOME and HOME to a folder that is",
        )
    return folder


def _listed() -> str:
    """Return the home in the list of users, empty for one who is not in it."""
    try:
        return str(Path.home())
    except RuntimeError:
        return ""
