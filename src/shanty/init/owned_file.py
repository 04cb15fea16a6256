"""A file that a project is given to own: whether it is there, and writing it in one step."""

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shanty.errors import MachineError, UsageError
from shanty.replacement import replace_file
from shanty.request import shown


@dataclass(frozen=True)
class OwnedFile:
    """A file as it should be; `root` is the folder that it may not leave."""

    path: Path
    text: str
    root: Path
    executable: bool = False

    def found(self) -> str | None:
        """Return what it says now, `None` where there is nothing.

        Raises `UsageError` for something in the way: a folder, a link to nowhere or out of `root`;
        `MachineError` for a file that this user cannot read.
        """
        inside = [one for one in (self.path, *self.path.parents) if self.root in one.parents]
        for place in reversed(inside):
            self._check(place)
        if not self.path.exists():
            return None
        try:
            return self.path.read_bytes().decode(errors="replace")
        except OSError as error:
            raise MachineError(
                f"{self.path} cannot be read: {error.strerror}", f"make {self.path} readable"
            ) from error

    def difference(self) -> Iterator[str]:
        """Yield the lines of the difference from what is there to what should be."""
        name = shown(self.path)
        before = (self.found() or "").splitlines()
        yield from difflib.unified_diff(before, self.text.splitlines(), name, name, lineterm="")

    def write(self) -> None:
        """Write it, never leaving half of it; raise `MachineError` where that cannot be."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists():
                replace_file(self.path, self.text)
            else:
                self._create()
        except OSError as error:
            raise MachineError(
                f"{self.path} cannot be written: {error.strerror}",
                f"make {self.path.parent} writable, then do this again",
            ) from error

    def _create(self) -> None:
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            with temporary.open("xb") as file:
                file.write(self.text.encode())
                file.flush()
                os.fsync(file.fileno())
            if self.executable:
                mode = temporary.stat().st_mode
                temporary.chmod(mode | (mode & 0o444) >> 2)
            temporary.replace(self.path)
        finally:
            temporary.unlink(missing_ok=True)

    def _check(self, place: Path) -> None:
        name, is_folder = shown(place), place.is_dir()
        if place.is_symlink() and not place.exists():
            raise UsageError(f"{name} is a link to nothing", f"rm {name}")
        if place.exists() and is_folder is (place == self.path):
            kind = "folder" if is_folder else "file"
            raise UsageError(f"{name} is a {kind}", f"move it: mv {name} {name}.before")
        if not place.resolve().is_relative_to(self.root):
            raise UsageError(
                f"{name} is a link to {place.resolve()}, outside {self.root}", f"rm {name}"
            )
