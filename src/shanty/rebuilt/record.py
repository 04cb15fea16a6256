"""The record of the last build of a target: what it was made from, kept in the cache folder."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from shanty.rebuilt.listing import Entry
from shanty.rebuilt.steps import Plan

# Another form of it is as good as none.
FORM = 1


class Made(NamedTuple):
    """What one step was made by: its instructions, the values that it saw, its base image."""

    digest: str
    arguments: Mapping[str, str]
    base: str


@dataclass(frozen=True)
class Record:
    """What decided a build: files, ignore file, steps, what their choice hangs on, the builder.

    `bases` are the digests of base images, as far as they are known.
    """

    files: Mapping[str, Entry]
    ignored: str
    steps: Mapping[str, Made]
    choices: Mapping[str, str]
    builder: str
    bases: Mapping[str, str] = field(default_factory=dict)

    @property
    def contents(self) -> dict[str, tuple[int, str]]:
        """What a builder sees of the files."""
        return {path: entry.content for path, entry in self.files.items()}

    def write(self, file: Path) -> None:
        """Keep it, never half of it, where there is a folder to keep it in."""
        values = {"form": FORM, **vars(self)}
        temporary = file.with_name(f"{file.name}.{os.getpid()}")
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(json.dumps(values), encoding="utf-8")
            temporary.replace(file)


def made(plan: Plan) -> dict[str, Made]:
    """Return what each step of a plan is made by."""
    return {step.key: Made(step.digest, step.arguments, step.base) for step in plan.steps}


def read_record(file: Path) -> Record | None:
    """Return the record in a file, `None` where there is none that can be read."""
    try:
        values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if values.pop("form") != FORM:
            return None
        values["files"] = {path: Entry(*entry) for path, entry in values["files"].items()}
        values["steps"] = {key: Made(*step) for key, step in values["steps"].items()}
        return Record(**values)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
