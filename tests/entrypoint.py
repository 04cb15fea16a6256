"""The entrypoint of the images, run by this machine's own shell with servers that tell on it."""

import os
import subprocess
from pathlib import Path
from typing import NamedTuple

SCRIPT = Path(__file__).parents[1] / "docker" / "docker-entrypoint.sh"
SERVERS = ("gunicorn", "uvicorn", "granian", "hypercorn", "daphne", "waitress-serve")
TELLING = '#!/bin/sh\nprintf "%s\\n" "$$" "$PWD" "${A:-}" "$@"\n'


class Started(NamedTuple):
    """What a server was started with: its folder, the variable `A`, its words."""

    folder: str
    variable: str
    words: list[str]


def started(serve: str, tmp_path: Path, **environment: str) -> Started:
    """Return how the server of a `serve` was started, as the first process and no child of it."""
    programs = tmp_path / "programs"
    programs.mkdir(exist_ok=True)
    for name in SERVERS:
        (programs / name).write_text(TELLING, encoding="utf-8")
        (programs / name).chmod(0o755)
    values = {"PATH": f"{programs}:{os.defpath}", "PORT": "8888", "SERVE": serve}
    process = subprocess.Popen(
        ["sh", str(SCRIPT)],
        cwd=tmp_path,
        env=values | environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    said, _ = process.communicate()
    number, folder, variable, *words = said.splitlines()
    assert (process.returncode, int(number)) == (0, process.pid)
    return Started(folder, variable, words)
