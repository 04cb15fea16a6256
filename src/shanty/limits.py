"""How much memory, and how many processors and workers, a container may have."""

import re
from decimal import Decimal

from shanty.errors import UsageError

MEMORY = re.compile(
    r"(?P<number>\d+(?:\.\d+)?)(?P<unit>[bkmgt]?)(?:(?<=[kmgt])i?b)?", re.IGNORECASE | re.ASCII
)
CPUS = re.compile(r"\d+(?:\.\d+)?|\.\d+", re.ASCII)
UNITS = "bkmgt"
LEAST_MEMORY = 6 * 1024**2
LEAST_CPUS = Decimal("0.01")


def parse_workers(typed: str) -> int:
    """Return a number of workers; raise `UsageError` for what is none."""
    if not typed.isdecimal() or int(typed) == 0:
        raise UsageError(f"--workers {typed!r} is no number of workers", "give 1 or more")
    return int(typed)


def parse_memory(typed: str) -> str:
    """Return an amount of memory as it was typed; raise `UsageError` for one Docker refuses."""
    if not MEMORY.fullmatch(typed):
        raise UsageError(
            f"--memory {typed!r} is no amount of memory",
            "give a number with b, k, m or g after it, as in --memory 512m",
        )
    if memory_bytes(typed) < LEAST_MEMORY:
        raise UsageError(f"--memory {typed} is less than a container can have", "give 6m or more")
    return typed


def memory_bytes(memory: str) -> int:
    """Return the bytes of an amount of memory: its units are powers of 1024, none means bytes."""
    found = MEMORY.fullmatch(memory)
    assert found, memory  # noqa: S101 - parsed before
    power = UNITS.index(found["unit"].lower() or "b")
    return int(Decimal(found["number"]) * 1024**power)


def doubled(memory: str) -> str:
    """Return twice an amount of memory, in the same unit."""
    number = re.match(r"[\d.]+", memory)
    assert number, memory  # noqa: S101 - parsed before
    return f"{Decimal(number[0]) * 2}{memory[number.end() :]}"


def parse_cpus(typed: str) -> str:
    """Return a number of processors as it was typed; raise `UsageError` for one Docker refuses."""
    if not CPUS.fullmatch(typed) or Decimal(typed) < LEAST_CPUS:
        raise UsageError(
            f"--cpus {typed!r} is no number of processors",
            f"give {LEAST_CPUS} or more, as in --cpus 1.5",
        )
    return typed


def check_cpus(cpus: str, at_hand: int) -> None:
    """Raise `UsageError` for more processors than the engine has."""
    if Decimal(cpus) > at_hand:
        raise UsageError(f"--cpus {cpus}: the engine has {at_hand}", f"give {at_hand} or less")
