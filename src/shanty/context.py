"""The build context: what goes to the builder, and what never does."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from shanty.project import Project

# What no image wants, whatever git says of it.
NEVER = (
    *("**/.git", "**/.venv", "**/venv", "**/__pycache__", "**/*.py[cod]", "**/node_modules"),
    *("**/.mypy_cache", "**/.pytest_cache", "**/.ruff_cache", "**/.nox", "**/.tox"),
    *("**/.env", "**/.env.*", "!**/.env.example", "**/*.pem", "**/*.key", "**/id_rsa*"),
)


def dockerfile(project: Project, shipped: Path) -> Path:
    """Return a Dockerfile with an ignore file beside it that leaves out what git ignores.

    The shipped one, whose own ignore file decides, where the project is no git checkout.
    Otherwise a copy of it in the user's cache folder, for nothing is written into the project.
    """
    ignored = ignored_by_git(project.root)
    if ignored is None:
        return shipped / "Dockerfile"
    folder = _cache() / "shanty" / project.id
    folder.mkdir(parents=True, exist_ok=True)
    patterns = "".join(f"{pattern}\n" for pattern in (*map(_literal, ignored), *NEVER))
    _write(folder / "Dockerfile", (shipped / "Dockerfile").read_text(encoding="utf-8"))
    _write(folder / "Dockerfile.dockerignore", patterns)
    return folder / "Dockerfile"


def ignored_by_git(root: Path) -> list[str] | None:
    """Return the files and folders that git ignores, `None` where git keeps nothing of this."""
    words = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
    try:
        answer = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return [os.fsdecode(name).rstrip("/") for name in answer.split(b"\0") if name not in {b"", b"./"}]


def _literal(path: str) -> str:
    """Return a path as a pattern of a .dockerignore that matches it alone."""
    escaped = re.sub(r"([\\*?\[\]])", r"\\\1", path)
    return f"/{escaped}"


def _cache() -> Path:
    """Return the folder for what may be lost, as the XDG base directory specification names it."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(home) if os.access(Path(home).parent, os.W_OK) else Path(tempfile.gettempdir())


def _write(file: Path, text: str) -> None:
    """Write a file unless it says so already, never leaving half of one."""
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        temporary = file.with_name(f"{file.name}.{os.getpid()}")
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(file)
