"""The package that a build could not fetch, by what uv and pip say of it."""

import re
from collections.abc import Iterator

from shanty.dependencies.poetry_version import RELEASES
from shanty.door import door
from shanty.failure.case import Diagnosis, masked

HASH = re.compile(r"Hash mismatch for `(?P<name>[\w.-]+)(?:==(?P<version>[^`]+))?`")
REFUSED = re.compile(r"index URL \((?P<url>[^)]+)\)[^(]*\((?P<status>40[13] \w+)\)")
UV = re.compile(
    r"Failed to (?:fetch|download)\b.*?(?P<address>https?://[^\s`)]+).*"
    r"(?P<causes>(?:\n\W*(?:cause|Caused by): .*)*)"
)
CAUSE = re.compile(r"(?:cause|Caused by): (.*?)(?: for url .*)?$", re.MULTILINE)
PIP = re.compile(
    r"Retrying .*?host='(?P<host>[^']+)', port=(?P<port>\d+)\)"
    r".*?(?P<reason>\[Errno -?\d+\] [\w ]+|timed out)"
)
# Of later releases, which name no host there.
PIP_LATER = re.compile(
    r"Retrying \(Retry\(total=0.*?(?P<reason>\[Errno -?\d+\] [\w ]+|\[SSL: \w+\]|timed out)"
)
PIP_INDEX = re.compile(r"Looking in indexes: (\S+?),?\s")
GIT = re.compile(
    r"Failed to (?:download and )?build `(?P<name>[\w.-]+) @ git\+(?P<url>[^`]+)`"
    r"(?:(?!Failed to).*\n)*?.*fatal: (?P<reason>.*)"
)
DAMAGED = re.compile(
    r"Failed to download `(?P<name>[\w.-]+)==(?P<version>[^`]+)`\s+(?:\S+\s+)*?"
    r"cause: Failed to extract archive: .*\n.*?cause: (?P<reason>.*)"
)
PYTHON = re.compile(
    r"current Python version \((?P<python>[\d.]+)\) does not satisfy Python(?P<wanted>\S+) and "
    r"(?P<name>[\w.-]+)==(?P<version>[\w.+!-]+) depends on"
)
UNKNOWN = (
    r"there is no version of (?P<name>[\w.-]+)(?:\{[^}]*\})?==(?P<version>[\w.+!-]*\w)",
    r"Because (?P<name>[\w.-]+) was not found in the package registry(?P<version>)",
    r"No matching distribution found for (?P<name>[\w.-]+)==(?P<version>[\w.+!-]+)",
)


def not_fetched(said: str) -> Diagnosis | None:
    """Explain a file that is another, an index out of reach, a version that it has not."""
    rules = (_changed, _damaged, _refused, _repository, _unreached, _of_another_python, _unknown)
    return next((reason for rule in rules for reason in rule(said)), None)


def _changed(said: str) -> Iterator[Diagnosis]:
    if found := HASH.search(said):
        package = f"{found['name']} {found['version'] or ''}".rstrip()
        yield Diagnosis(
            f"the file of {package} is not the one in the lock: its hash differs",
            f"find out who changed it; if it is as it should be: {door()} update {found['name']}",
        )


def _damaged(said: str) -> Iterator[Diagnosis]:
    if found := DAMAGED.search(said):
        yield Diagnosis(
            f"the file of {found['name']} {found['version']} is not the one in the lock: "
            f"it cannot be unpacked ({found['reason'].strip()})",
            "see who keeps the index, then build again",
        )


def _refused(said: str) -> Iterator[Diagnosis]:
    if found := REFUSED.search(said):
        yield Diagnosis(
            f"the package index {masked(found['url'])} lets nobody in: {found['status']}",
            "give user and password: POETRY_HTTP_BASIC_NAME_USERNAME=… and …_PASSWORD=…",
        )


def _repository(said: str) -> Iterator[Diagnosis]:
    if found := GIT.search(said):
        host = found["url"].partition("://")[2].partition("/")[0].rpartition("@")[2]
        reason = masked(found["reason"].rpartition("': ")[2].strip())
        yield Diagnosis(
            f"{found['name']} comes from a git repository of {host}, which lets it down: {reason}",
            f"see that containers reach {host}, or take {found['name']} from a package index",
        )


def _unreached(said: str) -> Iterator[Diagnosis]:
    for address, reason in _addresses(said):
        yield Diagnosis(
            f"the package index {masked(address)} does not answer: {masked(reason)}",
            "see that containers reach it, then build again",
        )


def _addresses(said: str) -> Iterator[tuple[str, str]]:
    """Yield the addresses that uv, then those that pip could not reach, each with the reason."""
    for found in UV.finditer(said):
        host = "/".join(found["address"].split("/")[:3])
        yield host, [*CAUSE.findall(found["causes"]), "it says no more"][-2:][0]
    for found in PIP.finditer(said):
        yield f"{found['host']}:{found['port']}", found["reason"]
    for found in PIP_LATER.finditer(said):
        index = PIP_INDEX.search(said)
        yield "/".join(index[1].split("/")[:3]) if index else "PyPI", found["reason"]


def _of_another_python(said: str) -> Iterator[Diagnosis]:
    if found := PYTHON.search(re.sub(r"\s*\n\s+", " ", said)):
        yield Diagnosis(
            f"{found['name']} {found['version']} is for Python {found['wanted']}, "
            f"and the image has {found['python']}",
            f"name another python-version under [tool.shanty], or: {door()} add {found['name']}",
        )


def _unknown(said: str) -> Iterator[Diagnosis]:
    text = re.sub(r"\s*\n\s+", " ", said)
    for pattern in UNKNOWN:
        if found := re.search(pattern, text):
            package = f"{found['name']} {found['version']}".rstrip()
            if found["name"] == "poetry":
                # The lock has none: it is what the images are made with.
                yield Diagnosis(
                    f"the package index has no {package}",
                    f'set [tool.shanty] poetry-version = "{RELEASES[0]}"',
                )
            yield Diagnosis(
                f"the package index has no {package}",
                f"{door()} update {found['name']}; or, for one of an index of your own, "
                "POETRY_HTTP_BASIC_NAME_USERNAME=… and …_PASSWORD=…",
            )
