"""A Dockerfile as text: its stages, and what its arguments are when nothing is passed."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from shanty.door import door
from shanty.errors import UsageError

FROM = re.compile(
    r"^[ \t]*FROM[ \t]+(?:--\S+[ \t]+)*\S+(?:[ \t]+AS[ \t]+(\S+))?", re.IGNORECASE | re.MULTILINE
)

# The stage that nobody else's Dockerfile has.
OURS = "staging"


def read_dockerfile(dockerfile: Path) -> str:
    """Return what a Dockerfile says; raise `UsageError` for one that is not UTF-8."""
    try:
        return dockerfile.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{dockerfile}: byte {error.object[error.start]:#04x} is not UTF-8",
            "save the file in UTF-8",
        ) from error


def stages(text: str) -> list[str]:
    """Return the names of the stages, an empty one for a stage without a name."""
    return [name.lower() for name in FROM.findall(text)]


def is_foreign(dockerfile: Path) -> bool:
    """Tell whether a Dockerfile was written for something else than Shanty."""
    found = stages(dockerfile.read_text(encoding="utf-8", errors="replace"))
    return bool(found) and OURS not in found


def check_stages(dockerfile: Path, targets: tuple[str, ...]) -> None:
    """Raise `UsageError` for a Dockerfile that lacks one of the targets."""
    found = stages(read_dockerfile(dockerfile))
    for target in targets if found else ():
        if target not in found:
            raise UsageError(
                f"{dockerfile} has no stage {target!r}",
                f"call a stage so, or take Shanty's with: {door()} init --force "
                f"{shlex.quote(str(dockerfile))}",
            )


def check_line_ends(docker: Path) -> None:
    """Raise `UsageError` for a script of a project's own with line ends that no shell takes."""
    files = [file for file in sorted(docker.glob("*.sh")) if b"\r\n" in file.read_bytes()]
    if files:
        names = " ".join(shlex.quote(str(file)) for file in files)
        raise UsageError(
            f"{files[0]} has CRLF line ends, with which no container runs it",
            f"sed -i 's/\\r$//' {names}  # and, for git: *.sh text eol=lf in .gitattributes",
        )


def with_defaults(text: str, values: Mapping[str, str]) -> str:
    """Return a Dockerfile whose `ARG`s have these defaults, each wherever it has one already.

    Raises `UsageError` for a value over several lines, which no default can be.
    """
    for name, value in values.items():
        if re.search(r"[\r\n]", value):
            raise UsageError(
                f"{value!r} takes several lines, and a default in a Dockerfile has one",
                "write it on one line in [tool.shanty]",
            )
        line = f"ARG {name}={shlex.quote(value)}"
        pattern = re.compile(rf"^ARG[ \t]+{name}=.*$", re.MULTILINE)
        text = pattern.sub(line.replace("\\", r"\\"), text)
    return text


def argument_defaults(dockerfile: Path) -> dict[str, str]:
    """Return what each `ARG` of a Dockerfile is when nothing is passed for it."""
    pattern = re.compile(r"^ARG[ \t]+(\w+)=(.*)$", re.MULTILINE)
    found = pattern.findall(read_dockerfile(dockerfile))
    return {name: _unquoted(value) for name, value in found}


def _unquoted(value: str) -> str:
    try:
        return "".join(shlex.split(value))
    except ValueError:
        # A quote without its other: Docker says so, with the line.
        return value


def shipped_docker() -> Path:
    """Return the folder of Docker files that came with the suite."""
    installed = Path(__file__).parent / "docker"
    # An editable install cannot put files elsewhere: there they lie in the checkout.
    return installed if installed.is_dir() else Path(__file__).parents[2] / "docker"
