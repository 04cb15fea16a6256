"""An engine whose disk is full."""

import re

from shanty.errors import MachineError
from shanty.failure.case import Diagnosis

FULL = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)


def disk_full(said: str) -> Diagnosis | None:
    """Explain what was not written for want of room, `None` where it was not that."""
    if not FULL.search(said):
        return None
    return Diagnosis(
        "the engine's disk is full",
        "docker builder prune --force  # frees what builds have kept; see: docker system df",
        MachineError,
    )
