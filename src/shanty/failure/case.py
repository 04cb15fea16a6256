"""A failure to explain, and its explanation."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from shanty.context import SOURCES
from shanty.dependencies.lock import Lock
from shanty.errors import RunError, ShantyError
from shanty.project import Project
from shanty.settings import DEFAULTS, Value

SEE_ABOVE = "mend what its log names above"


@dataclass(frozen=True)
class Diagnosis:
    """Why something failed, what to do about it, and which kind of error that is."""

    what: str
    fix: str
    kind: type[ShantyError] = RunError


@dataclass(frozen=True)
class Case:
    """A project, its lock, what was said before the end, and the settings of the build by key.

    `app_dir` is where the project lies in the images.
    """

    project: Project
    lock: Lock
    log: str
    settings: Mapping[str, Value] = field(default_factory=lambda: DEFAULTS)
    app_dir: str = str(SOURCES)

    def packages_setting(self, key: str, names: Iterable[str]) -> str:
        """Return the edit that adds names to a list of `[tool.shanty]`, what it has included."""
        has = self.settings[key]
        wanted = dict.fromkeys([*(has if isinstance(has, tuple) else ()), *names])
        quoted = ", ".join(f'"{name}"' for name in wanted)
        return f"[tool.shanty] {key} = [{quoted}]"

    def own_path(self, path: str) -> str | None:
        """Return a path of the container relative to the project, `None` for one that is not in it.

        A path that is relative counts from there.
        """
        pure = PurePosixPath(path)
        if pure.is_absolute():
            if not pure.is_relative_to(self.app_dir):
                return None
            pure = pure.relative_to(self.app_dir)
        return None if ".." in pure.parts or not pure.parts else pure.as_posix()


def masked(text: str) -> str:
    """Return a text without the passwords of the addresses and settings in it."""
    text = re.sub(r"://[^\s'\"]*@", "://…@", text)
    named = r"(?i)\b(\w*(?:password|passwd|secret|token|api_?key)\w*['\"]?\s*[=:]\s*)\S+"
    return re.sub(named, r"\1…", text)


def failure(what: str, reason: Diagnosis | None, otherwise: str = SEE_ABOVE) -> ShantyError:
    """Return the fault of something that ended, with its reason where one was found."""
    if reason is None:
        return RunError(what, otherwise)
    return reason.kind(f"{what}: {reason.what}", reason.fix)
