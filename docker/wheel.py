"""Make the project's wheel, and unpack it as it is to be in the environment of the image.

`wheel.py unpack WHEELS ROOT` takes the one wheel in WHEELS and writes what it has to
ROOT/opt/venv/…, scripts that start that environment's Python among it. `wheel.py make WHEELS ROOT`
has poetry-core put the wheel there first, in one process, for both import more than they do.
"""

import gc
import os
import sys
import sysconfig
from pathlib import Path

# Beside uv, and in no environment.
sys.path.insert(0, "/opt/uv")

import installer
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile

# All is over before a search for garbage pays.
gc.disable()


def make(wheels: Path) -> None:
    """Have poetry-core make the wheel of the project here."""
    from poetry.core.masonry.api import build_wheel  # noqa: PLC0415 - in Poetry's own environment

    build_wheel(str(wheels))


def unpack(wheel: Path, root: str, environment: str) -> None:
    """Write what a wheel has below a root, for an environment at a path of its own there."""
    # Debian's Pythons have other places of their own, which are for no environment.
    places = sysconfig.get_paths("posix_prefix", {"base": environment, "platbase": environment})
    places["headers"] = f"{environment}/include/{wheel.name.partition('-')[0]}"
    destination = SchemeDictionaryDestination(
        places, f"{environment}/bin/python", "posix", destdir=root
    )
    with WheelFile.open(wheel) as source:
        installer.install(source, destination, {"INSTALLER": b"installer\n"})


verb, folder, root = sys.argv[1:]
if verb == "make":
    make(Path(folder))
(found,) = Path(folder).glob("*.whl")
unpack(found, root, os.environ["VIRTUAL_ENV"])
