"""The Python environment of the app in an image."""

import re

from shanty.image.archive import Image

# Where a server lies that the lock lacks.
SERVER_FOLDER = "/opt/server"


def environment_folder(image: Image) -> str:
    """Return the folder of the environment that is active in every container."""
    return image.environment.get("VIRTUAL_ENV", "/opt/venv").rstrip("/")


def python_version(image: Image) -> str | None:
    """Return the release of Python that it was made with, to the patch; `None` where none is."""
    file = image.files.get(f"{environment_folder(image)}/pyvenv.cfg")
    text = image.read(file).decode(errors="replace") if file else ""
    found = re.search(r"^version(?:_info)? = (\d+\.\d+\.\d+)", text, re.MULTILINE)
    return found[1] if found else None


def architecture(image: Image) -> str:
    """Return the architecture, as Docker calls it."""
    return str(image.config.get("architecture", ""))
