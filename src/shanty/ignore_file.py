"""The ignore file of a project that has none for this: what goes to the builder and what not."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from shanty.context import Context
from shanty.door import door
from shanty.errors import MachineError, UsageError
from shanty.home import can_write, private_folder
from shanty.project import Project
from shanty.project_files import read_by_build
from shanty.request import shown

# Files that hold a secret, by their names.
SECRET_FILES = (".netrc", ".pypirc", "*.pem", "*.key", "id_rsa*", "id_ecdsa*", "id_ed25519*")
# What no image wants, whatever git says of it.
NEVER = (
    *("**/.git", "**/.venv", "**/venv", "**/__pycache__", "**/*.py[cod]", "**/node_modules"),
    *("**/.mypy_cache", "**/.pytest_cache", "**/.ruff_cache", "**/.nox", "**/.tox"),
    *("**/.env", "**/.env.*"),
    *(f"**/{name}" for name in SECRET_FILES),
)


def write_dockerfile(context: Context, shipped: Path, *, wheel: bool) -> Path:
    """Write a copy of the shipped Dockerfile with an ignore file beside it; return its path.

    It goes into the user's cache folder, for nothing is written into the project. Raises
    `MachineError` where no such folder can be had.
    """
    patterns = ignore_patterns(context, shipped, wheel=wheel)
    folder = project_cache(context.project)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / "Dockerfile", (shipped / "Dockerfile").read_text(encoding="utf-8"))
        _write(folder / "Dockerfile.dockerignore", "".join(f"{one}\n" for one in patterns))
    except OSError as error:
        raise MachineError(
            f"{folder} cannot be written: {error.strerror}",
            "set XDG_CACHE_HOME to a folder that can be",
        ) from error
    return folder / "Dockerfile"


def ignore_patterns(context: Context, shipped: Path, *, wheel: bool) -> list[str]:
    """Return the lines of an ignore file for a context that has none.

    Left out is what git ignores, or what the shipped ignore file names where the project is no git
    checkout; what of a larger context belongs to others; and, of a project that ships its `wheel`
    alone, the folders that no wheel is made of.
    """
    shipped_patterns = (shipped / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    return [
        *others(context),
        *(_unneeded(context) if wheel else ()),
        *_ignored(context, shipped_patterns.splitlines()),
    ]


def project_cache(project: Project) -> Path:
    """Return the folder of what is kept for the builds of a project, and may be lost."""
    return _cache_folder() / project.id


def check_ignore_file(context: Context, dockerfile: Path) -> None:
    """Raise `UsageError` for the ignore file of a Dockerfile that leaves out all of the context.

    One that `init` wrote for a larger context keeps folders of it, by name, and nothing else.
    """
    file = dockerfile.with_name("Dockerfile.dockerignore")
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
    lines = text.splitlines()
    kept = [line.removeprefix("!/") for line in lines if line.startswith("!/")]
    if "*" in lines and kept and not any((context.root / one).exists() for one in kept):
        raise UsageError(
            f"{shown(file)} leaves out all of {context.root}: it keeps {', '.join(kept)} alone",
            f"{door()} init --force {shlex.quote(shown(file))}",
        )


def others(context: Context) -> Iterator[str]:
    """Yield what leaves out all of a larger context but the project."""
    if "." not in {context.project_dir, *context.path_dependencies}:
        yield "*"
        yield f"!{literal(context.project_dir)}"


def _unneeded(context: Context) -> Iterator[str]:
    """Yield the project's folders that hold nothing a wheel is made of: data, tests, documents."""
    needed = read_by_build(context.project)
    if needed is None:
        return
    inside = [os.path.normpath(Path(context.project_dir, path)) for path in needed]
    inside += context.path_dependencies
    for folder in sorted(path for path in context.project.root.iterdir() if path.is_dir()):
        path = folder.relative_to(context.root).as_posix()
        if not any(_meet(path, other) for other in inside):
            yield literal(path)


def _meet(folder: str, path: str) -> bool:
    """Tell whether a path, or a pattern for some, is the folder or lies inside it."""
    return fnmatchcase(folder, "/".join(path.split("/")[: folder.count("/") + 1]))


def _ignored(context: Context, shipped: Iterable[str]) -> Iterator[str]:
    parts = (context.project_dir, *context.path_dependencies)
    folders = [part for part in parts if (context.root / part).is_dir()]
    found = {part: ignored_by_git(context.root / part) for part in folders}
    for part in parts:
        if part in context.path_dependencies and part != ".":
            # One that lies in an ignored folder is built all the same: the lock asks for it.
            yield f"!{literal(part)}"
        for name in found.get(part) or ():
            yield literal(os.path.normpath(Path(part, name)))
    yield from NEVER
    if None in found.values():
        yield from _below(folders, shipped)


def _below(folders: Iterable[str], patterns: Iterable[str]) -> Iterator[str]:
    """Yield the patterns of an ignore file for each of some folders.

    Its exceptions are left out: for their sake Docker would look into every folder there is.
    """
    for folder in folders:
        start = "" if folder == "." else f"{literal(folder)}/"
        yield from (f"{start}{one}" for one in patterns if one and one[0] not in "#!")


def ignored_by_git(folder: Path) -> list[str] | None:
    """Return the files and folders below one that git ignores, `None` where it is no checkout.

    A folder that is ignored as a whole is built all the same: somebody asked for it.
    """
    words = ("--others", "--ignored", "--exclude-standard", "--directory", "-z")
    answer = _git(folder, "ls-files", *words)
    if answer is None:
        # Some folders further down in an ignored one are an internal error to git.
        return None if _git(folder, "check-ignore", "--quiet", ".") is None else []
    names = (os.fsdecode(name).rstrip("/") for name in answer.split(b"\0"))
    return [name for name in names if name not in {"", "."}]


def _git(folder: Path, *words: str) -> bytes | None:
    """Return what git prints, `None` where it fails or is not there."""
    try:
        command = ["git", "-C", str(folder), *words]
        return subprocess.run(command, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None


def literal(path: str) -> str:
    """Return a path as a pattern of a .dockerignore that matches it alone.

    For what no line can hold, any character stands: line ends, bytes that are no text, and blanks
    at either end. Docker takes the slash off, and then reads what is left once more.
    """
    escaped = re.sub(r"([\\*?\[\]^]|\A!)", r"\\\1", path)
    return "/" + re.sub(r"[\n\ud800-\udfff]|\A\s|\s(?=\s*\Z)", "?", escaped)


def _cache_folder() -> Path:
    """Return the folder for what may be lost, as the XDG base directory specification names it.

    Where there is no home to write to, one for this user below that for temporary files.
    """
    # Relative paths, which that specification calls invalid, would lead into the project.
    named = (os.environ.get("XDG_CACHE_HOME", ""), os.path.expanduser("~/.cache"))  # noqa: PTH111
    folder = next((Path(one) for one in named if os.path.isabs(one)), None)  # noqa: PTH117
    return folder / "shanty" if folder and can_write(folder) else private_folder()


def _write(file: Path, text: str) -> None:
    """Write a file unless it says so already, never leaving half of one."""
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        temporary = file.with_name(f"{file.name}.{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
