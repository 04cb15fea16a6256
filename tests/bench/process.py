"""Running a command, and how long that takes."""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Done:
    """What a command said, and its seconds."""

    said: str
    seconds: float


def run(words: list[str], cwd: Path, environment: Mapping[str, str]) -> Done:
    """Run a command without a terminal; raise with what it said where it fails."""
    started = time.perf_counter()
    done = subprocess.run(
        words,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    seconds = time.perf_counter() - started
    said = done.stdout.decode(errors="replace")
    if done.returncode:
        raise RuntimeError(f"{words} ended with {done.returncode}:\n{said}")
    return Done(said, seconds)
