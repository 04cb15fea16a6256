"""Measure beside an engine of our own, then write the table and draw the picture."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench import report
from tests.bench.arguments import Arguments, parse
from tests.bench.preparation import LOCK
from tests.bench.project import make_copy
from tests.bench.shapes import SHANTY, Shape, Versions
from tests.engine import island
from tests.engine.support import docker

NEEDED = ("ip", "nsenter", "iptables", "dockerd", "sysctl")


def base_image(folder: Path) -> str:
    """Return the base image that the settings come to on this machine's engine."""
    copy = make_copy(folder / "asked", "bench", LOCK)
    line = Shape(SHANTY, copy, Versions("", "", "")).announced("build")[-1]
    return next(word for word in line if word.startswith("BASE_IMAGE=")).partition("=")[2]


def measure(words: list[str]) -> None:
    """Run the measures in a namespace with an engine whose caches are empty."""
    missing = [name for name in NEEDED if not shutil.which(name)]
    if missing or os.geteuid():
        sys.exit(f"this makes a network namespace, which takes root and {', '.join(NEEDED)}")
    name = f"bench-{os.getpid()}"
    with ExitStack() as stack:
        # The path of a socket is short.
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        stack.callback(remove, folder)
        stack.enter_context(island.namespace(name))
        stack.enter_context(island.way_out(name))
        address = stack.enter_context(island.engine(name, folder))
        archive = folder / "base.tar"
        docker("save", "--output", str(archive), base_image(folder))
        docker("--host", address, "load", "--input", str(archive))
        line = [*island.entering(name), sys.executable, "-m", "tests.bench.run", *words]
        own = {"XDG_CACHE_HOME": str(folder / "cache"), "TMPDIR": str(folder)}
        environment = {**os.environ, "DOCKER_HOST": address, **own}
        subprocess.run(line, env=environment, check=True)


def remove(folder: Path) -> None:
    """Remove a folder with what an engine that was ended in its work has left mounted there."""
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        place = Path(line.split()[4])
        if place.is_relative_to(folder):
            subprocess.run(["umount", "--lazy", str(place)], check=False)
    shutil.rmtree(folder, ignore_errors=True)


def main(words: list[str]) -> None:
    """Measure, unless told to draw alone, and report."""
    arguments: Arguments = parse(words)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if not arguments.draw:
        measure(words)
    report.write(arguments.folder, is_for_readme=arguments.write_readme)


if __name__ == "__main__":
    # Nothing is left behind by a run that is ended early.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main(sys.argv[1:])
