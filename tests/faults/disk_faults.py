"""Faults of the disk: full while an image is built, and while a file is written."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engine.support import command, docker, wait_for
from tests.faults.conftest import BASE
from tests.faults.fault import by_hand, fault
from tests.faults.place import Place

# Holds the base image and all that a build adds.
ENGINE_DISK = "2G"
FILLER = "filler"


def fill(folder: Path) -> None:
    """Leave no byte on the disk of a folder."""
    with (folder / FILLER).open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 10, 1):
            _write_until_full(file.fileno(), size)


def _write_until_full(handle: int, size: int) -> None:
    import os  # noqa: PLC0415

    try:
        while os.write(handle, bytes(size)):
            pass
    except OSError:
        return


@contextmanager
def mounted(folder: Path, *words: str) -> Iterator[Path]:
    """Yield a folder with a disk of its own."""
    folder.mkdir()
    command(["mount", *words, str(folder)])
    try:
        yield folder
    finally:
        command(["umount", "--lazy", str(folder)])


@contextmanager
def own_engine(folder: Path, data: Path) -> Iterator[str]:
    """Yield the address of an engine of one's own, beside the machine's, with the base image."""
    address = f"unix://{folder}/engine.sock"
    words = ["--data-root", str(data), "--exec-root", str(folder / "exec"), "--host", address]
    words += ["--pidfile", str(folder / "pid"), "--iptables=false", "--ip6tables=false"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(["dockerd", *words], stdout=log, stderr=log)
    try:
        wait_for(lambda: not docker("-H", address, "version", code=None).returncode)
        kept = folder / "base.tar"
        docker("save", "--output", str(kept), BASE)
        docker("-H", address, "load", "--input", str(kept))
        kept.unlink()
        yield address
    finally:
        process.terminate()
        process.wait(30)


@fault(
    "disk full while building",
    "build",
    code=3,
    cause="the build of production failed: the engine's disk is full",
    mend=by_hand(
        "^docker builder prune --force ",
        lambda place: Path(place.words["data"], FILLER).unlink(),
    ),
    afterwards=True,
)
def disk_full_while_building(place: Place) -> Iterator[None]:
    """Build on an engine whose disk has no byte left."""
    folder = place.temporary.parent / "engine"
    folder.mkdir()
    disk = folder / "disk"
    command(["truncate", "--size", ENGINE_DISK, str(disk)])
    command(["mkfs.ext4", "-q", "-m", "0", str(disk)])
    with mounted(folder / "data", "-o", "loop", str(disk)) as data, own_engine(folder, data) as own:
        place.environment["DOCKER_HOST"] = own
        place.words["data"] = str(data)
        fill(data)
        yield
        del place.environment["DOCKER_HOST"]
    shutil.rmtree(folder)


@fault(
    "disk full while writing pyproject.toml",
    "sync --poetry-version 2.4.1",
    code=3,
    cause="pyproject.toml: no space left on device",
    mend=by_hand("make room where it lies: df -h ", lambda place: (place.root / FILLER).unlink()),
    bare="sed -i s/2.5.1/2.4.1/ pyproject.toml",
)
def disk_full_while_writing(place: Place) -> Iterator[None]:
    """Have the project on a disk that has no byte left."""
    folder, before = place.temporary.parent / "small", place.root
    words = ("-t", "tmpfs", "-o", "size=1m", "tmpfs")
    with mounted(folder, *words):
        shutil.copytree(place.root, folder, dirs_exist_ok=True)
        place.root = folder
        fill(folder)
        yield
        place.root = before
