"""Faults of the engine and of the command that asks it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.engine.support import SOCKET, docker
from tests.faults.fault import by_hand, fault
from tests.faults.place import NOBODY, Place

UNSET_HOST = by_hand(r"^unset DOCKER_HOST\b", lambda place: place.environment.pop("DOCKER_HOST"))
# Longer than it takes to tell that nobody answers.
HUNG_SECONDS = 5.0


def answer_instead(place: Place, words: str, said: str, code: int = 0) -> None:
    """Let the docker command say something of its own where it is asked in certain words."""
    real = docker_of(place)
    script = f'case "$*" in {words}) printf "%s\\n" "{said}"; exit {code};; esac; exec {real} "$@"'
    place.command("docker", script)


def docker_of(place: Place) -> Path:
    """Return the recording docker under another name, so that one may stand before it."""
    kept = place.bin / "docker-itself"
    if not kept.exists():
        (place.bin / "docker").rename(kept)
    return kept


def restore_docker(place: Place) -> None:
    """Let the docker command be itself again."""
    docker_of(place).rename(place.bin / "docker")


@fault("engine down", "build", code=3, cause="no Docker engine answers.*none.sock", mend=UNSET_HOST)
def engine_down(place: Place) -> Iterator[None]:
    """Lead to a socket that is not there."""
    place.environment["DOCKER_HOST"] = f"unix://{place.temporary}/none.sock"
    yield


@fault(
    "engine accepting and never answering",
    "build",
    code=3,
    cause="does not answer: asked 4 s ago",
    mend=UNSET_HOST,
    seconds=HUNG_SECONDS,
    bare="timeout 20 docker build --tag {image} --file docker/Dockerfile .",
)
def engine_hung(place: Place) -> Iterator[None]:
    """Accept every connection and say nothing."""
    path = place.temporary.parent / "hung.sock"
    held: list[socket.socket] = []
    with socket.socket(socket.AF_UNIX) as server, ExitStack() as opened:
        server.bind(str(path))
        server.listen(16)
        thread = threading.Thread(target=_accept, args=(server, held), daemon=True)
        thread.start()
        place.environment["DOCKER_HOST"] = f"unix://{path}"
        yield
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
        for connection in held:
            opened.enter_context(connection)


def _accept(server: socket.socket, held: list[socket.socket]) -> None:
    try:
        while True:
            held.append(server.accept()[0])
    except OSError:
        return


@fault(
    "black-holed TCP host",
    "build",
    code=3,
    cause=r"tcp://127\.0\.0\.1:\d+ \(DOCKER_HOST\) does not answer: asked 4 s ago",
    mend=UNSET_HOST,
    seconds=HUNG_SECONDS,
    bare="timeout 20 docker build --tag {image} --file docker/Dockerfile .",
)
def black_hole(place: Place) -> Iterator[None]:
    """Lead to a port whose queue is full, where a connection is never made."""
    with socket.socket() as server, ExitStack() as waiting:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        address = server.getsockname()
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)  # noqa: FBT003
            one.connect_ex(address)
        place.environment["DOCKER_HOST"] = f"tcp://127.0.0.1:{address[1]}"
        yield


@fault(
    "docker client missing",
    "build",
    code=3,
    cause="there is no docker command on this machine$",
    mend=by_hand("^shanty setup$", lambda place: place.environment.pop("PATH")),
)
def client_missing(place: Place) -> Iterator[None]:
    """Have no docker command on the path."""
    place.environment["PATH"] = path_without_docker(place)
    yield


@fault(
    "docker client missing, podman present",
    "build",
    code=3,
    cause="no docker command on this machine, only podman",
    mend=by_hand("^shanty setup$", lambda place: place.environment.pop("PATH")),
)
def podman_present(place: Place) -> Iterator[None]:
    """Have podman on the path, and no docker command."""
    place.environment["PATH"] = path_without_docker(place)
    (place.temporary.parent / "other" / "podman").symlink_to("/bin/true")
    yield


def path_without_docker(place: Place) -> str:
    """Return a path on which git and Python are, and docker is not."""
    other = place.temporary.parent / "other"
    other.mkdir()
    for name in ("git", "sh", "env", "timeout"):
        (other / name).symlink_to(Path("/usr/bin") / name)
    return str(other)


@fault(
    "docker is podman",
    "build",
    code=3,
    cause="the docker command of this machine is podman",
    mend=by_hand("^shanty setup$", restore_docker),
)
def docker_is_podman(place: Place) -> Iterator[None]:
    """Answer as podman's own docker command does."""
    said = '{\\"Client\\":{\\"APIVersion\\":\\"4.3.1\\",\\"Version\\":\\"4.3.1\\"}}'
    answer_instead(place, "version*", said)
    yield


@fault(
    "permission denied on the socket",
    "build",
    code=3,
    cause="the Docker engine does not let you in: permission denied",
    mend=by_hand("^sudo usermod", lambda place: setattr(place, "groups", [])),
)
def permission_denied(place: Place) -> Iterator[None]:
    """Be a user who is not in the socket's group."""
    place.become(NOBODY, groups=[NOBODY])
    assert SOCKET.stat().st_mode & 0o007 == 0, "the socket is everybody's"
    yield


@fault(
    "DOCKER_HOST that is no address",
    "build",
    code=2,
    cause="DOCKER_HOST foo://x leads to no engine: ",
    mend=UNSET_HOST,
)
def host_of_no_kind(place: Place) -> Iterator[None]:
    """Name what is no address."""
    place.environment["DOCKER_HOST"] = "foo://x"
    yield


@fault(
    "DOCKER_CONTEXT that is not there",
    "build",
    code=2,
    cause='DOCKER_CONTEXT harbour leads to no engine: context "harbour": context not found',
    mend=by_hand("^unset DOCKER_CONTEXT ", lambda place: place.environment.pop("DOCKER_CONTEXT")),
)
def context_missing(place: Place) -> Iterator[None]:
    """Name a context that nobody has made."""
    place.environment["DOCKER_CONTEXT"] = "harbour"
    yield


@fault(
    "context in use leads elsewhere",
    "build",
    code=3,
    cause=r"no Docker engine answers: .*\(docker context leads there\)",
    mend=by_hand(
        "^docker context use default ", lambda place: place.shell("docker context use default")
    ),
)
def context_elsewhere(place: Place) -> Iterator[None]:
    """Use a context whose engine is not there."""
    place.environment["DOCKER_CONFIG"] = str(place.temporary.parent / "docker-config")
    docker_config = f"host=unix://{place.temporary}/none.sock"
    assert place.shell(f"docker context create far --docker {docker_config}").code == 0
    assert place.shell("docker context use far").code == 0
    yield


@fault(
    "buildx missing",
    "build",
    code=3,
    cause="docker has no buildx plugin",
    mend=by_hand("^shanty setup$", restore_docker),
)
def buildx_missing(place: Place) -> Iterator[None]:
    """Answer as a docker command without the plugin does."""
    answer_instead(place, "buildx*", "docker: 'buildx' is not a docker command.", code=1)
    yield


@fault(
    "engine too old",
    "build",
    code=3,
    cause=r"the Docker engine of this machine is 20\.10\.24; 25 or newer is needed",
    mend=by_hand("^shanty setup$", restore_docker),
)
def engine_too_old(place: Place) -> Iterator[None]:
    """Answer as an engine of years ago."""
    versions = docker("version", "-f", "{{json .}}").stdout.replace('"', '\\"')
    found = docker("version", "-f", "{{.Server.Version}}").stdout
    answer_instead(place, "version*", versions.replace(found, "20.10.24+dfsg1"))
    yield


@fault(
    "buildx too old",
    "build",
    code=3,
    cause=r"buildx plugin is v0\.8\.2; 0\.12 or newer is needed",
    mend=by_hand("^shanty setup$", restore_docker),
)
def buildx_too_old(place: Place) -> Iterator[None]:
    """Answer as a plugin of years ago, which knows less than it is asked."""
    fails = "'buildx build '*) echo 'unknown flag: --build-context' >&2; exit 125;;"
    answer_instead(place, f"{fails} 'buildx version'", "github.com/docker/buildx v0.8.2 abc")
    yield
