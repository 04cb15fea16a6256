"""A number of bytes as a person writes and reads it: kB, MB and GB are powers of 1000."""

import re
from decimal import Decimal

from shanty.errors import UsageError

UNITS = {
    **{unit: 1000**power for power, unit in enumerate(("b", "kb", "mb", "gb"))},
    **{unit: 1024**power for power, unit in enumerate(("kib", "mib", "gib"), 1)},
    **{
        f"{word}{plural}": 1000**power
        for power, word in enumerate(("byte", "kilobyte", "megabyte", "gigabyte"))
        for plural in ("", "s")
    },
}
SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?) *(?P<unit>[a-z]+)", re.IGNORECASE | re.ASCII)


def parse_size(given: object, label: str) -> str:
    """Return a size as it was written; raise `UsageError` for what is none."""
    text = given.strip() if isinstance(given, str) else ""
    found = SIZE.fullmatch(text)
    if not found or found["unit"].lower() not in UNITS or size_bytes(text) == 0:
        raise UsageError(
            f"{label} = {given!r} is no size", 'write a number and its unit, as in "60 MB"'
        )
    return text


def size_bytes(size: str) -> int:
    """Return the bytes of a size that was parsed."""
    number, unit = re.split(r" *(?=[A-Za-z])", size, maxsplit=1)
    return int(Decimal(number) * UNITS[unit.lower()])


def shown(size: int) -> str:
    """Return a number of bytes in the largest unit that it reaches."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"
