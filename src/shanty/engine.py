"""The Docker engine: what it knows, asked through python-on-whales, whose errors become ours."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packaging.version import Version

from shanty import question
from shanty.docker_fault import docker_fault, hung_engine, no_client, no_engine, other_client
from shanty.door import door
from shanty.endpoint import endpoint
from shanty.errors import AccessError, HungError, MachineError, RunError
from shanty.project import Project
from shanty.pyproject import Table, table
from shanty.reference import parse_reference
from shanty.release.contents import Contents, here

if TYPE_CHECKING:
    from python_on_whales import DockerClient

# Docker 25 is the first whose health checks have a start interval.
OLDEST_ENGINE = Version("25")
# The one that came with it.
OLDEST_BUILDX = Version("0.12")
# A person is told within five.
ANSWER_SECONDS = 4.0
# As long as the docker command itself gives SSH.
REMOTE_SECONDS = 30.0
LOG_LINES = 100
CONTAINER = ("docker", "container", "inspect")
NO_CONTAINER = "no such container"


@dataclass(frozen=True)
class Found:
    """One container or image of a project: its name, what it is, how it is, and on which lock.

    `is_detached` is whether it was started to outlive the command that started it; `project` is the
    id of its project, empty where it is of none; `age` is in seconds, a container's alone.
    """

    name: str
    kind: str
    state: str
    lock: str = ""
    is_detached: bool = False
    project: str = ""
    status: str = field(default="", compare=False)
    age: float = field(default=0, compare=False)
    networks: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_superseded(self) -> bool:
        """Whether a later build took this image's tag."""
        return self.name.startswith("sha256:")


@cache
def client() -> "DockerClient":
    """Return the client; made at the first use, because importing it takes a quarter second."""
    from python_on_whales import DockerClient  # noqa: PLC0415

    return DockerClient()


@cache
def _server() -> str:
    """Return the version as the engine tells it: the one question that has an end in time.

    It comes before all others of a process, which would wait for a hung engine forever.
    """
    return _ask_server(ANSWER_SECONDS)


def _ask_server(seconds: float) -> str:
    seconds = patience(seconds)
    try:
        done = question.ask(question.ENGINE_VERSION, seconds)
    except FileNotFoundError as error:
        raise no_client() from error
    except subprocess.TimeoutExpired as error:
        raise hung_engine(seconds) from error
    said, version = done.stderr, _versions(done.stdout)
    # Podman's client answers to the same name, and spells this key in another way.
    if "APIVersion" in (version.get("Client") or {}):
        raise other_client()
    if done.code:
        raise docker_fault(said)
    if not (version.get("Server") or {}).get("Version"):
        raise no_engine("its client names none")
    return str(version["Server"]["Version"])


def patience(seconds: float) -> float:
    """Return how long to wait for an engine: so many seconds, more where the way is a long one."""
    return REMOTE_SECONDS if endpoint().is_remote else seconds


def _versions(stdout: str) -> dict[str, Any]:
    try:
        found = json.loads(stdout)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def forget() -> None:
    """Ask anew at the next question: the machine has changed."""
    question.drop()
    client.cache_clear()
    _server.cache_clear()


@contextmanager
def translated() -> Iterator[None]:
    """Turn a fault of the Docker client into one of ours, with Docker's own last line."""
    _server()
    from python_on_whales import DockerException  # noqa: PLC0415

    try:
        yield
    except DockerException as error:
        raise docker_fault(error.stderr or "") from error
    except UnicodeDecodeError as error:
        # The library reads a fault as UTF-8 only.
        raise docker_fault(error.object.decode(errors="replace")) from error


def check_engine() -> None:
    """Raise `MachineError` unless an engine that is new enough answers, and buildx with it."""
    check_release(engine_version())
    check_buildx(buildx_version())


def check_release(version: Version) -> None:
    """Raise `MachineError` for an engine that is too old."""
    asked = endpoint()
    if version < OLDEST_ENGINE:
        raise MachineError(
            f"the Docker engine of {asked.shown} is {version}; {OLDEST_ENGINE} or newer is needed",
            asked.fix.replace("start the engine", "renew the engine"),
        )


def check_buildx(version: str | None) -> None:
    """Raise `MachineError` where there is no plugin that builds, or one that is too old."""
    if version is None:
        raise MachineError("docker has no buildx plugin", f"{door()} setup")
    if _release(version) < OLDEST_BUILDX:
        raise MachineError(
            f"docker's buildx plugin is {version}; {OLDEST_BUILDX} or newer is needed",
            f"{door()} setup",
        )


def is_reachable() -> bool:
    """Tell whether an engine answers.

    Raises `AccessError` when it does not let this user in, `HungError` when it never says so.
    """
    try:
        engine_version()
    except (AccessError, HungError):
        raise
    except MachineError:
        return False
    return True


def engine_version(seconds: float | None = None) -> Version:
    """Return the engine's version; raise `MachineError` when none answers, in these seconds."""
    return _release(_ask_server(seconds) if seconds else _server())


def _release(version: str) -> Version:
    """Return the numbers of a version; one built from a checkout calls itself `dev`."""
    found = re.match(r"v?(\d+(\.\d+)*)", version)
    return Version(found[1]) if found else OLDEST_ENGINE


def buildx_version() -> str | None:
    """Return the version of the plugin that builds, `None` where the docker command has none."""
    said = question.ask(question.BUILDX_VERSION)
    return None if said.code else said.stdout.split()[1]


def image_exists(name: str) -> bool:
    """Tell whether the engine holds an image of this name."""
    return find_image(name) is not None


@dataclass(frozen=True)
class FoundImage:
    """An image that the engine holds: its id, its bytes, the digests of its layers.

    `digests` are the names by which registries know it.
    """

    id: str
    size: int
    layers: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)
    digests: tuple[str, ...] = ()

    def stands_on(self, base: "FoundImage") -> bool:
        """Tell whether the lowest layers are those of another image."""
        return self.layers[: len(base.layers)] == base.layers


def image_question(name: str) -> tuple[str, ...]:
    """Return the question for an image by its name."""
    return ("docker", "image", "inspect", name)


def find_image(name: str) -> FoundImage | None:
    """Return an image by its name, `None` where there is none."""
    said = _ask_of_image(name)
    if said.code and "no such image" in said.stderr.lower():
        return None
    (found,) = json.loads(_said(said))
    return FoundImage(
        found["Id"],
        found.get("Size") or 0,
        tuple(table(found, "RootFS").get("Layers") or ()),
        table(found, "Config").get("Labels") or {},
        tuple(found.get("RepoDigests") or ()),
    )


def image_digest(name: str) -> str | None:
    """Return what its registry calls an image that the engine holds, its id where none knows it.

    `None` where the engine holds none of this name.
    """
    found = find_image(name)
    if found is None:
        return None
    home = parse_reference(name, "image").repository_name
    known = (parse_reference(one, "image") for one in found.digests)
    return next((one.digest for one in known if one.repository_name == home), found.id)


def image_size(name: str) -> int:
    """Return the bytes of an image."""
    found = find_image(name)
    if found is None:
        raise RunError(f"the engine has no image {name}", f"{door()} build")
    return found.size


def image_contents(name: str) -> Contents:
    """Return what an image is made of; raise `RunError` where the engine has none of this name."""
    (found,) = json.loads(_said(_ask_of_image(name)))
    return here(found)


def _ask_of_image(name: str) -> question.Reply:
    _server()
    # Not by python-on-whales, which takes longer to import than a build of nothing new may last.
    return question.ask(image_question(name))


def save(name: str, path: Path) -> None:
    """Write an image to a file, as `docker save` does."""
    with translated():
        client().image.save(name, output=path)


def containers(project: Project, *, running: bool = False) -> list[Found]:
    """Return the project's containers, newest first."""
    return list(map(_found, inspect(f"label=shanty.project={project.id}", running=running)))


def named(name: str) -> Found | None:
    """Return the container of a name, whosever it is, `None` where there is none."""
    found = inspect(f"name=^/{re.escape(name)}$")
    return _found(found[0]) if found else None


def inspect(which: str, *, running: bool = False) -> list[Table]:
    """Return what the engine tells of each container that a filter lets through, newest first."""
    _server()
    every = () if running else ("--all",)
    words = ("docker", "container", "list", "-q", "--no-trunc", *every, "--filter", which)
    names = _said(question.ask(words)).split()
    if not names:
        return []
    reply = question.ask((*CONTAINER, *names))
    complaints = reply.stderr.lower().splitlines()
    # One may have gone away since it was listed: the others are told all the same.
    if reply.code and not (complaints and all(NO_CONTAINER in line for line in complaints)):
        raise docker_fault(reply.stderr)
    found: list[Table] = json.loads(reply.stdout)
    return found


def _said(reply: question.Reply) -> str:
    if reply.code:
        raise docker_fault(reply.stderr)
    return reply.stdout


def images(project: Project) -> list[Found]:
    """Return the project's images, by tag or by id where they lost theirs."""
    with translated():
        found = client().image.list(filters=[("label", f"shanty.project={project.id}")])
        named = [(name, image) for image in found for name in image.repo_tags or [image.id]]
        return [
            Found(name, "image", f"{(image.size or 0) / 1e6:.0f} MB")
            for name, image in sorted(named, key=lambda pair: pair[0])
        ]


def _found(container: Table) -> Found:
    """Return a container as it is."""
    labels = table(container, "Config").get("Labels") or {}
    return Found(
        container["Name"].removeprefix("/"),
        labels.get("shanty.task", ""),
        _state(container),
        labels.get("shanty.lock", ""),
        is_detached=not table(container, "HostConfig").get("AutoRemove"),
        project=labels.get("shanty.project", ""),
        status=container["State"]["Status"],
        age=_age(container.get("Created") or ""),
        networks=read_networks(container),
    )


def _age(created: str) -> float:
    """Return the seconds since a container was made, 0 where the engine does not say."""
    if not created:
        return 0
    # A part of a second has nine figures there, and six here.
    whole = created.partition(".")[0].removesuffix("Z")
    return (datetime.now(UTC) - datetime.fromisoformat(f"{whole}+00:00")).total_seconds()


def _state(container: Table) -> str:
    """Return how a container is, and where it answers."""
    bindings = (table(container, "NetworkSettings").get("Ports") or {}).values()
    addresses = [
        f"http://{binding['HostIp']}:{binding['HostPort']}/"
        for ports in bindings
        for binding in ports or []
    ]
    state = read_state(container)
    # Of one that is being started its health has no name yet.
    return " ".join([(state.is_running and state.health) or state.status, *addresses])


def last_lines(name: str, lines: int = LOG_LINES) -> str:
    """Return the end of a container's log."""
    with translated():
        return str(client().container.logs(name, tail=lines)).rstrip()


def ran_out_of_memory(name: str, since: datetime) -> bool:
    """Tell whether the kernel ended a process of a container for its memory, gone or not."""
    with translated():
        filters = {"container": name, "event": "oom"}
        return any(client().system.events(since, datetime.now(UTC), filters))


def seconds_to_end(name: str, since: datetime) -> float | None:
    """Return how long a container took from its first signal to its end, `None` for no end."""
    with translated():
        filters = {"container": name}
        told = list(client().system.events(since, datetime.now(UTC), filters))
    times = {event.action: event.time_nano for event in reversed(told) if event.time_nano}
    signalled, ended = times.get("kill"), times.get("die")
    return (ended - signalled) / 1e9 if signalled and ended else None


def processors() -> int:
    """Return how many processors the engine has."""
    return int(_information().get("NCPU") or 1)


def security_options() -> tuple[str, ...]:
    """Return how the engine shuts containers off: `name=rootless`, `name=selinux` and others."""
    return tuple(_information().get("SecurityOptions") or ())


def _information() -> Table:
    """Return what the engine tells of itself."""
    _server()
    found: Table = json.loads(_said(question.ask(question.INFORMATION)))
    return found


def run_inside(name: str, words: Sequence[str]) -> str:
    """Return what a command prints in a running container; raise `RunError` when it fails."""
    with translated():
        return str(client().container.execute(name, list(words)))


@dataclass(frozen=True)
class ContainerState:
    """How a container is; `probes` is what its health checks said, the last one last.

    `is_starved` is whether the kernel ended a process of it for its memory; `health` is empty where
    there is no check.
    """

    status: str
    is_running: bool
    exit_code: int
    health: str
    is_starved: bool
    probes: tuple[str, ...] = ()

    @property
    def is_healthy(self) -> bool:
        """Whether the engine's own health check has passed."""
        return self.health == "healthy"

    @property
    def last_probe(self) -> str:
        """What the last health check said, nothing where none was made."""
        return self.probes[-1] if self.probes else ""


def state(name: str) -> ContainerState:
    """Return how a container is; raise `RunError` where there is none."""
    _server()
    (found,) = json.loads(_said(question.ask((*CONTAINER, name))))
    return read_state(found)


def read_state(container: Table) -> ContainerState:
    """Return how a container is, by what the engine tells of it."""
    state = container["State"]
    health = table(state, "Health")
    return ContainerState(
        status=state["Status"],
        is_running=bool(state.get("Running")),
        exit_code=state.get("ExitCode") or 0,
        health=health.get("Status") or "",
        is_starved=bool(state.get("OOMKilled")),
        probes=tuple((probe.get("Output") or "").strip() for probe in health.get("Log") or ()),
    )


def read_networks(container: Table) -> tuple[str, ...]:
    """Return the networks that a container is on, by what the engine tells of it."""
    return tuple(table(container, "NetworkSettings").get("Networks") or ())


def answers(host: str, port: int) -> bool:
    """Tell whether something answers HTTP at an address of this machine."""
    return _answer(host, port, "HEAD", 1).startswith(b"HTTP/")


def is_at_fault(host: str, port: int) -> bool:
    """Tell whether what answers HTTP at an address says that the fault is its own."""
    return re.match(rb"HTTP/\S+ 5\d\d", _answer(host, port, "GET", 5)) is not None


def _answer(host: str, port: int, method: str, seconds: float) -> bytes:
    """Return the first line that something says to HTTP, empty where nothing does."""
    try:
        with socket.create_connection((host, port), timeout=1) as connection:
            connection.settimeout(seconds)
            connection.sendall(f"{method} / HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
            return connection.makefile("rb").readline()
    except OSError:
        return b""


def publisher(port: int) -> str | None:
    """Return the name of the container that publishes a port, `None` where none does."""
    found = inspect(f"publish={port}", running=True)
    return _found(found[0]).name if found else None
