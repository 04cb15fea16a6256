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
    alternatives = [specifiers(part) for part in re.split(r"\s*\|\|?\s*", constraint)]
    for minor in KNOWN:
        # A bound may lie inside a minor release: ask for a late patch of it and for the first.
        for patch in (f"{minor}.99", f"{minor}.0"):
            if any(alternative.contains(patch) for alternative in alternatives):
                return minor
    raise UsageError(
        f"no Python from {KNOWN[-1]} to {KNOWN[0]} satisfies requires-python = {constraint!r}",
        'name one: [tool.shanty] python-version = "…"',
    )


def specifiers(constraint: str) -> SpecifierSet:
    """Return a constraint as standard specifiers, Poetry's `^3.11` and `~3.11` included."""
    compact = re.sub(r"([\^~<>=!])\s+", r"\1", constraint.strip())
    clauses = [clause for clause in re.split(r"[,\s]+", compact) if clause]
    try:
        return SpecifierSet(",".join(_standard(clause) for clause in clauses))
    except InvalidSpecifier as error:
        raise UsageError(
            f"requires-python = {constraint!r} is no version constraint",
            'write it as in ">=3.11,<4.0"',
        ) from error


def _standard(clause: str) -> str:
    if clause == "*":
        return ""
    found = re.fullmatch(r"([\^~])\s*(\d[\d.]*)", clause)
    if found:
        release = Version(found[2]).release
        kept = 1 if found[1] == "^" or len(release) == 1 else 2
        bumped = (*release[: kept - 1], release[kept - 1] + 1)
        return f">={found[2]},<{'.'.join(map(str, bumped))}"
    return f"=={clause}" if clause[0].isdigit() else clause


def check_admitted(version: str, constraint: str) -> None:
    """Raise `UsageError` when a project does not admit the Python it is to be built with."""
    alternatives = [specifiers(part) for part in re.split(r"\s*\|\|?\s*", constraint)]
    latest = version if version.count(".") > 1 else f"{version}.99"
    if not any(one.contains(release) for one in alternatives for release in (version, latest)):
        raise UsageError(
            f"python-version {version} is outside requires-python = {constraint!r}",
            f'set [tool.shanty] python-version = "{newest_admitted(constraint)}"',
        )
