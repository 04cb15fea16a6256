"""What came of an edit: the packages that changed, or the reason that Poetry gives for none."""

import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence

from shanty.door import door
from shanty.errors import RunError
from shanty.failure.case import masked

NAMED = 6

# What Poetry says, and what is to be done about it; `{door}` and `{task}` are put in.
FIXES = {
    r"Authorization error": (
        "POETRY_HTTP_BASIC_NAME_USERNAME=… and …_PASSWORD=…, with the name of the source"
    ),
    r"Could not find a matching version of package": (
        "name a package, and a version of it, that the index has"
    ),
    r"version solving failed": (
        "ask for versions that go together, as what Poetry says above tells"
    ),
    r"packages were not found|not dependencies of this project": (
        "name one that pyproject.toml has; of another group with --group"
    ),
    r"poetry\.lock is not up to date|[Rr]un `poetry lock": "{door} lock",
    r"(?i)not a valid lock|lock file is not compatible|regenerate": "{door} lock --regenerate",
    r"(?i)all attempts to connect|connection error|timed out|max retries|name resolution": (
        "mend the way to the index (proxy, CA bundle, POETRY_PYPI_MIRROR_URL), then try again"
    ),
    r"Permission denied \(publickey": "lend it a key that is let in: ssh-add, then try again",
    r"option \"|Not enough arguments|Too many arguments|not in the group": "{door} {task} --help",
}
# What Poetry adds to a reason, and is none.
HINT = re.compile(r"You can also run your `?poetry`? command with")
OTHERWISE = "mend what Poetry names above, then try again"


def refused(words: Sequence[str], said: str) -> RunError:
    """Return the error of a run that failed: Poetry's own reason, and the way on."""
    text = masked(said)
    what = f"poetry {shlex.join(words[:1])} failed, and changed nothing: {_reason(text)}"
    fix = next((fix for pattern, fix in FIXES.items() if re.search(pattern, text)), OTHERWISE)
    return RunError(what, fix.format(door=door(), task=words[0]))


def _reason(said: str) -> str:
    """Return the line that says why: who was not let in, what cannot be solved, else the last."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and not HINT.match(line)]
    shut = [line for line in lines if "Authorization error" in line]
    conclusions = [line for line in lines if line.endswith("version solving failed.")]
    return (shut or conclusions or lines or ["it said nothing"])[-1]


def summary(changed: Mapping[str, bytes], before: Mapping[str, bytes | None]) -> str:
    """Return what changed in one line: the files, and the packages of the lock."""
    old, new = (_versions(of.get("poetry.lock")) for of in (before, {**before, **changed}))
    changes = _changes(old, new)
    more = f" and {len(changes) - NAMED} more" if len(changes) > NAMED else ""
    told = f"{', '.join(changes[:NAMED])}{more}" if changes else "every package as it was"
    return f"{' and '.join(changed)} changed: {told}"


def _changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    added = [f"{name} {after[name]} added" for name in after if name not in before]
    moved = [
        f"{name} {before[name]} is now {after[name]}"
        for name in after
        if before.get(name, after[name]) != after[name]
    ]
    return [*added, *moved, *(f"{name} {before[name]} removed" for name in before.keys() - after)]


def _versions(lock: bytes | None) -> dict[str, str]:
    """Return the versions of each package, none of a lock that cannot be read."""
    try:
        packages = tomllib.loads((lock or b"").decode()).get("package", [])
    except ValueError:
        return {}
    found: dict[str, list[str]] = {}
    for one in packages:
        found.setdefault(str(one.get("name")), []).append(str(one.get("version")))
    return {name: "/".join(versions) for name, versions in found.items()}
