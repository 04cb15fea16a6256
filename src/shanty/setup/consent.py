"""Changing a machine: as root, with the person's consent, and said before it is done."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from shanty import terminal
from shanty.door import door
from shanty.errors import MachineError
from shanty.request import Request


def consent(question: str) -> bool:
    """Ask the person at the terminal; nobody there is no consent."""
    if not terminal.is_terminal():
        return False
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


@dataclass(frozen=True)
class Setup:
    """How to go about it: `confirm` is asked before each thing that changes the machine."""

    say: Callable[[str], None]
    confirm: Callable[[str], bool]
    dry: bool = False

    def change(self, arguments: Iterable[str], cwd: Path | None = None) -> None:
        """Announce a command and run it as root; raise `MachineError` when it fails."""
        request = Request((*as_root(), *arguments))
        terminal.announce(request, dry=self.dry)
        if self.dry:
            return
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            request.arguments,
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
        )
        check(request.arguments, done.returncode)

    def agree(self, question: str) -> None:
        """Raise `MachineError` unless the person agrees to a change."""
        if not self.dry and not self.confirm(question):
            raise MachineError(f"{question.rstrip('?')}: not done", f"{door()} setup --yes")


def as_root() -> tuple[str, ...]:
    """Return what to put before a command that only root may run."""
    return () if not hasattr(os, "geteuid") or os.geteuid() == 0 else ("sudo",)


def check(arguments: tuple[str, ...], code: int) -> None:
    """Raise `MachineError` for a command that ended with another code than 0."""
    if code:
        raise MachineError(
            f"{Request(arguments).line} failed with exit code {code}",
            "mend what it says above, then run the same command again",
        )
