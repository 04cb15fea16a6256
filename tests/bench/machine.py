"""What the figures depend on: the machine, the engine and the versions."""

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.bench.preparation import Prepared, installed
from tests.bench.shapes import SHANTY

CHECKOUT = Path(__file__).parents[2]


def describe(prepared: Prepared) -> dict[str, str]:
    """Return it all by name; no path and no host."""
    shanty = prepared.shapes[SHANTY]
    found = installed(shanty)
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": _said("git", "-C", str(CHECKOUT), "describe", "--always", "--dirty"),
        "processors": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 2**30:.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "engine": _said("docker", "version", "--format", "{{.Server.Version}}"),
        "buildx": _said("docker", "buildx", "version").split()[1],
        "suite": f"Python {platform.python_version()}, Invoke {version('invoke')}",
        "base": shanty.versions.base,
        "images": f"Python {found['python']}, Flask {found['flask']}, gunicorn {found['gunicorn']}",
        "tools": f"Poetry {shanty.versions.poetry}, uv {shanty.versions.uv}",
    }


def _said(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
