"""The command that a container, a process or a folder belongs to, and whether it still runs."""

import hashlib
import os
import re
import socket
from functools import cache
from pathlib import Path

# A container has it as a label, a process as a variable, a folder in its name.
LABEL = "shanty.owner"
VARIABLE = "SHANTY_OWNER"
FORM = re.compile(r"(\d+)\.(\d+)\.([0-9a-f]{12})")

PROC = Path("/proc")
# Ended, with nobody who has asked how.
ZOMBIE = "Z"


@cache
def owner() -> str:
    """Return this process, told from every other one of this machine and of others.

    It is `<process>.<start>.<machine>`, for a number alone is soon another process's.
    """
    process = os.getpid()
    return f"{process}.{_start(process)}.{machine()}"


def is_gone(text: str) -> bool:
    """Tell whether an owner has ended; one that cannot be seen from here has not."""
    found = FORM.fullmatch(text)
    if found is None or found[3] != machine():
        return False
    try:
        return _start(int(found[1])) != found[2]
    except PermissionError:
        return False


def _start(process: int) -> str:
    """Return when a process started, in a unit of the system's own; empty for one that ended.

    Raises `PermissionError` where that is not for this user to see.
    """
    if not PROC.is_dir():
        return _start_elsewhere(process)
    try:
        status = (PROC / str(process) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return _unseen(process)
    # The name before it may hold blanks and brackets.
    fields = status.rpartition(")")[2].split()
    return "" if fields[0] == ZOMBIE else fields[19]


def _unseen(process: int) -> str:
    """Return that a process has ended; raise `PermissionError` where it is only hidden."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return ""
    raise PermissionError


def _start_elsewhere(process: int) -> str:
    import psutil  # noqa: PLC0415 - a fortieth of a second, and Linux needs none

    try:
        found = psutil.Process(process)
        return "" if found.status() == psutil.STATUS_ZOMBIE else str(int(found.create_time()))
    except psutil.NoSuchProcess:
        return ""
    except psutil.AccessDenied:
        raise PermissionError from None


@cache
def machine() -> str:
    """Return this machine since it was started, and what of its processes can be seen here.

    In a container the same number is another process.
    """
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text(encoding="utf-8")
        seen = str((PROC / "self/ns/pid").stat().st_ino)
    except OSError:
        boot, seen = socket.gethostname(), ""
    return hashlib.sha256(f"{boot}{seen}".encode()).hexdigest()[:12]
