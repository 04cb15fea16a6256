"""What a Compose file says, once Compose has read it: which services, on which networks."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from shanty.door import door
from shanty.errors import MachineError, UsageError
from shanty.project import Project
from shanty.request import Request
from shanty.services.compose_file import ComposeFile
from shanty.services.plugin import ask, check_compose

# How long services may take, where the health check of none needs more.
READY_SECONDS = 60
# What Docker takes of a health check that does not say.
RETRIES, INTERVAL, TIMEOUT = 3, "30s", "30s"
# The characters of the shortest value that is kept out of what is said.
SECRET = 4
UNITS = {"h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}

Parts = Mapping[str, Any]


@dataclass(frozen=True)
class Services:
    """The services that a project is served with, by name; `left` are those left aside, and why.

    `compose_project` is what Compose calls the project. `images` are those that are pulled and not
    built, by service; `seconds` is how long a wait for them lasts at most. `asked` is whether
    Compose could be asked.
    """

    file: ComposeFile
    compose_project: str = ""
    names: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    images: Mapping[str, str] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    seconds: int = READY_SECONDS
    asked: bool = True


def read_services(project: Project, file: ComposeFile, *, dry: bool = False) -> Services:
    """Return what a Compose file says now, the profiles and variables of its env-file included.

    Raises `UsageError` with Compose's own reason for a file that it does not take, `MachineError`
    where there is no Compose; a dry run then goes without an answer.
    """
    try:
        return _services(project, file, json.loads(_config(file)))
    except MachineError:
        if not dry:
            raise
        return Services(file, asked=False)


def _config(file: ComposeFile) -> str:
    words = (*file.words, "config")
    done = ask((*words[1:], "--format", "json"))
    if done.returncode:
        check_compose()
        raise UsageError(
            _reason(file, done.stderr), f"mend it, then: {Request((*words, '--quiet')).line}"
        )
    return done.stdout


def _reason(file: ComposeFile, said: str) -> str:
    """Return why Compose does not take a file, in one line that holds no value of a variable."""
    lines = [line for line in said.splitlines() if line.strip() and "level=warning" not in line]
    # A fault of the variables' file goes on with what lies there.
    read = next((line for line in lines if line.startswith("failed to read ")), None)
    if read:
        return re.split(r" ?[\"']", read.removeprefix("failed to read "))[0]
    reason = lines[-1].strip() if lines else "Compose does not take it"
    for key, value in _variables(file.env_file):
        reason = reason.replace(value, f"${key}")
    reason = reason.removeprefix(f"validating {file.path}: ")
    return reason if str(file.path) in reason else f"{file.shown}: {reason}"


def _variables(env_file: str | None) -> list[tuple[str, str]]:
    """Return the variables of a file whose values are long enough to be a secret."""
    text = Path(env_file).read_text(encoding="utf-8", errors="replace") if env_file else ""
    pairs = (line.strip().partition("=") for line in text.splitlines())
    return [(key, bare) for key, _, value in pairs if len(bare := value.strip("\"' ")) >= SECRET]


def _services(project: Project, file: ComposeFile, config: Parts) -> Services:
    active: Parts = config.get("services") or {}
    left = _left_aside(project, active)
    ours = {name: service for name, service in active.items() if name not in left}
    return Services(
        file,
        config["name"],
        tuple(ours),
        _networks(file, config, ours),
        {name: one["image"] for name, one in ours.items() if "build" not in one},
        left,
        max([READY_SECONDS, *(ceil(_patience(one.get("healthcheck"))) for one in ours.values())]),
    )


def _left_aside(project: Project, active: Parts) -> dict[str, str]:
    """Return the services that are the project itself, and those that wait for one of them."""
    left = {
        name: "it builds the project itself"
        for name, service in active.items()
        if _builds(service, project.root)
    }
    while waiting := {
        name: f"it waits for {other}"
        for name, service in active.items()
        for other in service.get("depends_on") or {}
        if other in left and name not in left
    }:
        left.update(waiting)
    return left


def _builds(service: Parts, root: Path) -> bool:
    """Tell whether a service is built from a folder that holds the project."""
    context = str((service.get("build") or {}).get("context", ""))
    return bool(context) and root.is_relative_to(Path(context).resolve())


def _networks(file: ComposeFile, config: Parts, ours: Parts) -> tuple[str, ...]:
    keys = dict.fromkeys(key for one in ours.values() for key in one.get("networks") or {})
    known = [config["networks"][key] for key in keys]
    if known and all(one.get("internal") for one in known):
        raise UsageError(
            f"{file.shown}: every network of {', '.join(ours)} is internal, so that an app on it "
            "could not be reached",
            f"give one of them a network that is not, or: {door()} dev --no-services",
        )
    return tuple(one["name"] for one in known)


def _patience(check: Parts | None) -> float:
    """Return the seconds until a health check says that a service never gets healthy."""
    if not check or check.get("disable"):
        return 0
    once = _seconds(check.get("interval", INTERVAL)) + _seconds(check.get("timeout", TIMEOUT))
    return _seconds(check.get("start_period", "0s")) + once * int(check.get("retries", RETRIES))


def _seconds(duration: str) -> float:
    found = re.findall(r"([\d.]+)(h|ms|us|µs|ns|m|s)", duration)
    return sum(float(number) * UNITS[unit] for number, unit in found)
