"""The project that is built: copies of it, and the changes that a person makes."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SOURCES = HERE / "project"
LOCKS = HERE / "locks"
PACKAGE = "src/harbour"
IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@example.invalid")


@dataclass(frozen=True)
class Copy:
    """A checkout of the project in a folder of its own, and the name of what is built from it."""

    folder: Path
    image: str
    # Where the lists are that other tools than Poetry need of a lock.
    lists: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What tells Shanty the name."""
        return {"SHANTY_IMAGE": self.image}

    def take_lock(self, name: str, version: str = "1.0.0") -> None:
        """Have the dependencies of one of the locks, and a version."""
        shutil.copyfile(LOCKS / name / "poetry.lock", self.folder / "poetry.lock")
        if self.lists:
            for file in (self.lists / name).iterdir():
                shutil.copyfile(file, self.folder / file.name)
        text = (LOCKS / name / "pyproject.toml").read_text(encoding="utf-8")
        text = text.replace('version = "1.0.0"', f'version = "{version}"')
        (self.folder / "pyproject.toml").write_text(text, encoding="utf-8")

    def edit_line(self, mark: str) -> None:
        """Change one line of the sources."""
        text = (SOURCES / PACKAGE / "pages.py").read_text(encoding="utf-8")
        text = text.replace('MARK = "none"', f'MARK = "{mark}"')
        (self.folder / PACKAGE / "pages.py").write_text(text, encoding="utf-8")

    def needed_bytes(self) -> int:
        """Return the bytes of the lock, pyproject.toml and the package."""
        files = [self.folder / "poetry.lock", self.folder / "pyproject.toml"]
        files += (self.folder / PACKAGE).rglob("*.py")
        return sum(file.stat().st_size for file in files)


def make_copy(folder: Path, image: str, lock: str, lists: Path | None = None) -> Copy:
    """Make a checkout with one commit."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(SOURCES, folder, ignore=ignored)
    copy = Copy(folder, image, lists)
    copy.take_lock(lock)
    for words in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "begin")):
        subprocess.run(["git", *IDENTITY, *words], cwd=folder, check=True)
    return copy
