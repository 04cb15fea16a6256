"""Install a wheel below a folder, as it is to be in the environment of the image.

`install.py WHEELS FOLDER` takes the one wheel in WHEELS and writes what it has to
FOLDER/opt/venv/…, scripts that start that environment's Python among it.
"""

import os
import sys
import sysconfig
from pathlib import Path

# Beside uv, and in no environment.
sys.path.insert(0, "/opt/uv")

import installer
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile


def install(wheel: Path, folder: str, environment: str) -> None:
    """Write what a wheel has below a folder, for an environment at a path of its own."""
    # Debian's Pythons have other places of their own, which are for no environment.
    places = sysconfig.get_paths("posix_prefix", {"base": environment, "platbase": environment})
    places["headers"] = f"{environment}/include/{wheel.name.partition('-')[0]}"
    destination = SchemeDictionaryDestination(
        places, f"{environment}/bin/python", "posix", destdir=folder
    )
    with WheelFile.open(wheel) as source:
        installer.install(source, destination, {"INSTALLER": b"installer\n"})


(found,) = Path(sys.argv[1]).glob("*.whl")
install(found, sys.argv[2], os.environ["VIRTUAL_ENV"])
