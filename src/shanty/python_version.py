"""Python releases: which ones a project admits."""

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from shanty.errors import UsageError

# The minor releases that base images exist for, newest first.
KNOWN = ("3.14", "3.13", "3.12", "3.11", "3.10", "3.9")


def newest_admitted(constraint: str) -> str:
    """Return the newest known minor release that a `requires-python` or Poetry's own form admits.

    Raises `UsageError` for a constraint that admits none, or that cannot be read.
    """
    for minor in KNOWN:
        if _admits_some(constraint, minor):
            return minor
    raise UsageError(
        f"no Python from {KNOWN[-1]} to {KNOWN[0]} satisfies requires-python = {constraint!r}",
        'name one: [tool.shanty] python-version = "…"',
    )


def check_admitted(version: str, constraint: str) -> None:
    """Raise `UsageError` when a project does not admit the Python it is to be built with."""
    if not _admits_some(constraint, version):
        raise UsageError(
            f"python-version {version} is outside requires-python = {constraint!r}",
            f'set [tool.shanty] python-version = "{newest_admitted(constraint)}"',
        )


def admits(constraint: str, version: str, key: str) -> bool:
    """Tell whether a constraint of a key, standard or Poetry's own, admits a version.

    Raises `UsageError` that names the key for a constraint that cannot be read.
    """
    alternatives = [_specifiers(part, key) for part in re.split(r"\s*\|\|?\s*", constraint)]
    return any(one.contains(version) for one in alternatives)


def _admits_some(constraint: str, version: str) -> bool:
    """Tell whether a release is admitted: of a minor release, any patch, for bounds lie inside."""
    patches = range(100 if version.count(".") == 1 else 0)
    releases = [version, *(f"{version}.{patch}" for patch in patches)]
    return any(admits(constraint, release, "requires-python") for release in releases)


def _specifiers(constraint: str, key: str) -> SpecifierSet:
    compact = re.sub(r"([\^~<>=!])\s+", r"\1", constraint.strip())
    clauses = [clause for clause in re.split(r"[,\s]+", compact) if clause]
    try:
        return SpecifierSet(",".join(_standard(clause) for clause in clauses))
    except InvalidSpecifier as error:
        raise UsageError(
            f"{key} = {constraint!r} is no version constraint", 'write it as in ">=3.11,<4.0"'
        ) from error


def _standard(clause: str) -> str:
    """Return a clause as a standard specifier, Poetry's `^3.11` and `~3.11` included."""
    if clause == "*":
        return ""
    found = re.fullmatch(r"([\^~])(\d+(?:\.\d+)*)", clause)
    if found:
        release = Version(found[2]).release
        kept = 1 if found[1] == "^" or len(release) == 1 else 2
        bumped = (*release[: kept - 1], release[kept - 1] + 1)
        return f">={found[2]},<{'.'.join(map(str, bumped))}"
    return f"=={clause}" if clause[0].isdigit() else clause
