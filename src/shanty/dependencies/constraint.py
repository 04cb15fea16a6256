"""Version constraints: the standard's and Poetry's own, in one reading."""

import re
from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from shanty.errors import UsageError


def admits(constraint: str, version: str, key: str) -> bool:
    """Tell whether a constraint of a key, standard or Poetry's own, admits a version.

    Raises `UsageError` that names the key for a constraint that cannot be read.
    """
    try:
        return any(one.contains(version, prereleases=True) for one in _alternatives(constraint))
    except (InvalidSpecifier, InvalidVersion) as error:
        raise UsageError(
            f"{key} = {constraint!r} is no version constraint", 'write it as in ">=3.11,<4.0"'
        ) from error


@lru_cache(maxsize=1024)
def _alternatives(constraint: str) -> tuple[SpecifierSet, ...]:
    return tuple(_specifiers(part) for part in re.split(r"\s*\|\|?\s*", constraint))


def _specifiers(constraint: str) -> SpecifierSet:
    compact = re.sub(r"([\^~<>=!])\s+", r"\1", constraint.strip())
    clauses = [clause for clause in re.split(r"[,\s]+", compact) if clause]
    return SpecifierSet(",".join(_standard(clause) for clause in clauses))


def _standard(clause: str) -> str:
    """Return a clause as a standard specifier, Poetry's `^3.11`, `~3.11` and `=3.11` included."""
    if clause == "*":
        return ""
    if re.match(r"\^|~(?!=)", clause):
        version = Version(clause[1:])
        return f">={version},<{'.'.join(map(str, _bound(clause[0], version.release)))}"
    if re.match(r"=?v?\d", clause):
        return f"=={clause.lstrip('=')}"
    # Old metadata writes >=3.6.* for >=3.6.
    return re.sub(r"^([<>]=?.*)\.\*$", r"\1", clause)


def _bound(mark: str, release: tuple[int, ...]) -> tuple[int, ...]:
    """Return the release that `^`, which holds the first figure over zero, or `~` ends before."""
    last = len(release) - 1
    figures = (place for place, figure in enumerate(release) if figure)
    place = next(figures, last) if mark == "^" else min(1, last)
    return (*release[:place], release[place] + 1)
