"""A registry of one's own on the loopback, run from Debian's package without installing it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engine.support import command, docker, get, wait_for

CONFIGURATION = """\
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: "{folder}/data"}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


def unpacked(folder: Path) -> Path:
    """Return the registry's program, unpacked below a folder."""
    # Whoever downloads gives up root's rights, and a test's own folder is root's alone.
    command(["apt-get", "-o", "APT::Sandbox::User=root", "download", "docker-registry"], cwd=folder)
    (package,) = folder.glob("docker-registry_*.deb")
    command(["dpkg-deb", "--extract", str(package), str(folder)])
    return folder / "usr/bin/docker-registry"


@contextmanager
def running(program: Path, folder: Path, port: int) -> Iterator[str]:
    """Run a registry whose images lie in a folder; yield its address once it answers."""
    file = folder / "registry.yml"
    file.write_text(CONFIGURATION.format(folder=folder, port=port), encoding="utf-8")
    process = subprocess.Popen([str(program), "serve", str(file)])
    try:
        wait_for(lambda: get(port, "/v2/")[0] == 200)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def push(image: str, name: str) -> None:
    """Give a registry an image under a name, and keep none of that name here."""
    docker("tag", image, name)
    docker("push", "--quiet", name)
    docker("image", "rm", name)
