"""The script in docker/ that has a server's command listen for a debugger."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "docker" / "debug.py"
TELLING = '#!/bin/sh\nprintf "%s\\n" "${A:-}" "$@"\n'
LISTEN = ["/opt/development/debugpy", "--listen", "0.0.0.0:5678"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["python3", "manage.py", "runserver"], ["", *LISTEN, "manage.py", "runserver"]),
        (["A=1", "python3", "-m", "x", "-y"], ["1", *LISTEN, "-m", "x", "-y"]),
        (["env", "A=1 2", "python3", "-X", "dev", "-u", "z.py"], ["1 2", "-X", "dev", "-u"]),
        (["python3", "-c", "pass"], ["", *LISTEN, "-c", "pass"]),
    ],
)
def test_what_python_runs_it_runs_debugged(
    tmp_path: Path, command: list[str], words: list[str]
) -> None:
    python = tmp_path / "python3"
    python.write_text(TELLING, encoding="utf-8")
    python.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.defpath}", "SHANTY_DEBUG_PORT": "5678"}
    line = [sys.executable, str(SCRIPT), *command]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[: len(words)] == words


def test_a_program_of_the_environment_is_run_by_its_python(tmp_path: Path) -> None:
    """The debugger is not here, which Python says with its place."""
    (tmp_path / "uvicorn").write_text("#!/usr/bin/env python3\n", encoding="utf-8")
    (tmp_path / "uvicorn").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.defpath}", "SHANTY_DEBUG_PORT": "5678"}
    line = [sys.executable, str(SCRIPT), "uvicorn", "--reload"]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert "can't open file '/opt/development/debugpy'" in done.stderr
