"""The copies of a version, and making them follow the one that counts."""

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from shanty.context import dockerfile_owner
from shanty.dependencies.constraint import admits
from shanty.dependencies.lock import Lock
from shanty.dockerfile import read_dockerfile
from shanty.project import Project
from shanty.pyproject import set_value, table
from shanty.replacement import replace_file
from shanty.request import shown
from shanty.settings import official_base_image

# What stands in `pyproject.toml`, and not in a Dockerfile.
KEYS = {"requires-poetry": "tool.poetry.requires-poetry", "base-image": "tool.shanty.base-image"}


@dataclass(frozen=True)
class Difference:
    """A copy that does not say what it should: where, what it says, what is wanted."""

    path: Path
    line: int
    name: str
    found: str
    wanted: str

    def __str__(self) -> str:
        reason = ": the tag has moved since" if self.is_moved else ""
        return f"{self._place} is {self.found}, wanted {self.wanted}{reason}"

    @property
    def is_moved(self) -> bool:
        """Whether it is a pin of a tag that names something else by now."""
        name, _, digest = self.found.partition("@")
        return self.name == "base-image" and bool(digest) and self.wanted.startswith(f"{name}@")

    @property
    def mended(self) -> str:
        """What to say once it has been mended."""
        return f"{self._place} is now {self.wanted}, was {self.found}"

    @property
    def _place(self) -> str:
        return f"{shown(self.path)}:{self.line}: {self.name}"


def differences(
    project: Project, poetry_version: str, python_version: str, base_image: str
) -> list[Difference]:
    """Return every copy of the two versions, and of the base image, that differs from them."""
    found = _base_image(project, base_image)
    owner = dockerfile_owner(project)
    if owner:
        dockerfile = owner / "docker" / "Dockerfile"
        found += _arguments(dockerfile, "POETRY_VERSION", poetry_version)
        found += _arguments(dockerfile, "PYTHON_VERSION", python_version)
        official = base_image == official_base_image(python_version)
        follows = official_base_image("${PYTHON_VERSION}")
        found += [
            one
            for one in _arguments(dockerfile, "BASE_IMAGE", follows if official else base_image)
            if one.found.replace("${PYTHON_VERSION}", python_version) != base_image
        ]
    return found + _requires_poetry(project, poetry_version)


def mend(difference: Difference) -> None:
    """Write what is wanted, and not another byte."""
    if dotted := KEYS.get(difference.name):
        set_value(difference.path, dotted, difference.wanted)
        return
    text = difference.path.read_bytes().decode()
    lines = text.splitlines(keepends=True)
    index = difference.line - 1
    before, _, after = lines[index].partition(f"{difference.name}=")
    value = after.replace(difference.found, difference.wanted, 1)
    lines[index] = f"{before}{difference.name}={value}"
    replace_file(difference.path, "".join(lines))


def relock_reason(lock: Lock, poetry_version: str) -> str | None:
    """Return why the lock should be written anew, `None` where it need not."""
    if lock.poetry_version and Version(lock.poetry_version) != Version(poetry_version):
        return f"{lock.path.name} was written by Poetry {lock.poetry_version}, not {poetry_version}"
    return None


def _arguments(dockerfile: Path, name: str, wanted: str) -> list[Difference]:
    pattern = re.compile(rf"\s*ARG\s+{name}=[\"']?([^\"'\s]+)", re.IGNORECASE)
    lines = read_dockerfile(dockerfile).splitlines()
    matches = ((number, pattern.match(line)) for number, line in enumerate(lines, 1))
    return [
        Difference(dockerfile, number, name, match[1], wanted)
        for number, match in matches
        if match and match[1] != wanted
    ]


def _base_image(project: Project, wanted: str) -> list[Difference]:
    found = project.settings.get("base-image")
    if found is None or found == wanted:
        return []
    line = _line(project, "base-image")
    return [Difference(project.pyproject_file, line, "base-image", str(found), wanted)]


def _line(project: Project, key: str) -> int:
    text = project.pyproject_file.read_text(encoding="utf-8")
    return next((n for n, line in enumerate(text.splitlines(), 1) if key in line), 1)


def _requires_poetry(project: Project, version: str) -> list[Difference]:
    constraint = table(project.pyproject, "tool.poetry").get("requires-poetry")
    if not isinstance(constraint, str) or admits(constraint, version, "requires-poetry"):
        return []
    line = _line(project, "requires-poetry")
    return [Difference(project.pyproject_file, line, "requires-poetry", constraint, f">={version}")]
