"""Files written in the place of others: whole or not at all, and all of them or none."""

import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


def replace_file(path: Path, text: str) -> None:
    """Write the text in the file's place in one step, with its mode, through a symbolic link."""
    replace_files({path: text.encode()})


def replace_files(contents: Mapping[Path, bytes]) -> None:
    """Write each content in its file's place, with its mode and owner, through a symbolic link.

    All of them are on the disk before the first takes its place. Where one cannot, those before it
    are what they were again.
    """
    reals = {path.resolve(): content for path, content in contents.items()}
    before = {real: real.read_bytes() if real.exists() else None for real in reals}
    ready: dict[Path, Path] = {}
    done: list[Path] = []
    try:
        for real, content in reals.items():
            ready[real] = _beside(real, content)
        for real, temporary in ready.items():
            temporary.replace(real)
            done.append(real)
    except BaseException:
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)
        for real in done:
            _restore(real, before[real])
        raise


def _restore(real: Path, content: bytes | None) -> None:
    if content is None:
        real.unlink()
    else:
        _beside(real, content).replace(real)


def _beside(real: Path, content: bytes) -> Path:
    """Write a file that is to take another's place, into the same folder."""
    handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _take_after(real, temporary)
    except BaseException as error:
        if isinstance(error, OSError):
            # A disk that is full names no file by itself.
            error.filename = str(real)
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _take_after(real: Path, temporary: Path) -> None:
    """Give a file the mode and owner of the one it replaces; a new one is its folder's owner's."""
    temporary.chmod(real.stat().st_mode if real.exists() else 0o666 & ~_umask())
    owner = _owner(real if real.exists() else real.parent)
    if hasattr(os, "chown") and owner != _owner(temporary):
        # Only root gives a file away.
        with suppress(PermissionError):
            os.chown(temporary, *owner)


def _owner(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_uid, status.st_gid


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
