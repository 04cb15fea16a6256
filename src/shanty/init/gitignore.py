"""What git is told to ignore, in the words of a `.dockerignore`."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from shanty.context import Context
from shanty.ignore_file import literal

# What a build cannot do without, even where git ignores it.
NEEDED = ("pyproject.toml", "poetry.lock")


def patterns_of(context: Context) -> list[str]:
    """Return the lines for a context's ignore file, those that git has and those that differ.

    A pattern that Docker would understand otherwise is left out, and named in a comment. What git
    tracks although a pattern matches it is taken in again.
    """
    lines: list[str] = []
    left: list[str] = []
    for folder, prefix, anchored in _folders(context):
        for line in _lines(folder / ".gitignore"):
            pattern = translate(line, prefix)
            if pattern is None:
                left.append(line)
            elif anchored or pattern.lstrip("!").startswith("**/"):
                lines.append(pattern)
    if left:
        lines.append(f"# Left out, for Docker reads them otherwise: {'  '.join(left)}")
    kept = _kept(context)
    return [*lines, *(["# Needed, or tracked all the same"] if kept else []), *kept]


def translate(line: str, prefix: str = "") -> str | None:
    """Return a pattern of a `.gitignore` in `prefix` as Docker writes it, `None` where it cannot.

    Docker has no pattern for folders alone, no escapes that git has, and no `[!…]`.
    """
    mark = "!" if line.startswith("!") else ""
    body = line.removeprefix("!")
    name = body.rstrip("/")
    only_folders = body.endswith("/") and not name.rpartition("/")[2].strip("*")
    if only_folders or name != name.strip() or re.search(r"\\|\[!|\ufffd", name):
        return None
    path = name.lstrip("/") if "/" in name else f"**/{name}"
    return f"{mark}{prefix}{path}"


def _folders(context: Context) -> Iterator[tuple[Path, str, bool]]:
    """Yield the folders whose `.gitignore` counts, outermost first, with the way to them.

    Of one above the context only the patterns count that hold anywhere.
    """
    root = context.root
    above = [] if (root / ".git").exists() else list(root.parents)
    top = next((index for index, one in enumerate(above) if (one / ".git").exists()), -1)
    for folder in reversed(above[: top + 1]):
        yield folder, "", False
    parts = (context.project_dir, *context.path_dependencies)
    inside = [f":(glob){'' if part == '.' else f'{part}/'}**/.gitignore" for part in parts]
    look = ("ls-files", "--cached", "--others", "--exclude-standard", "-z", "--")
    nested = sorted(Path(name).parent.as_posix() for name in _git(root, *look, *inside))
    for part in dict.fromkeys((".", *parts, *nested)):
        yield root / part, "" if part == "." else f"{literal(part)[1:]}/", True


def _lines(file: Path) -> list[str]:
    if not file.is_file():
        return []
    text = file.read_bytes().decode(errors="replace")
    lines = (line.rstrip(" \r") for line in text.split("\n"))
    return [line for line in lines if line and not line.startswith("#")]


def _kept(context: Context) -> list[str]:
    """Return the patterns that take in again what a build needs and what git tracks."""
    needed = [os.path.normpath(Path(context.project_dir, name)) for name in NEEDED]
    needed += [f"{context.docker_dir}/Dockerfile", f"{context.docker_dir}/docker-entrypoint.sh"]
    asked = "".join(f"{name}\0" for name in needed)
    ignored = _git(context.root, "check-ignore", "--no-index", "--stdin", "-z", asked=asked)
    look = ("ls-files", "--cached", "--ignored", "--exclude-standard", "-z", "--")
    tracked = _git(context.root, *look, context.project_dir, *context.path_dependencies)
    docker = [context.docker_dir if one.startswith(context.docker_dir) else one for one in ignored]
    return [f"!{literal(name)}" for name in dict.fromkeys((*docker, *tracked))]


def _git(folder: Path, *words: str, asked: str = "") -> list[str]:
    """Return the names that git answers with, none where it does not."""
    line = ["git", "-C", str(folder), *words]
    try:
        done = subprocess.run(line, input=os.fsencode(asked), capture_output=True, check=False)
    except OSError:
        return []
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]
