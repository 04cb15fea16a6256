"""The engine and what belongs to it, by what the docker command says."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shanty.doctor.finding import Check, Note, Seen, SkippedError, required
from shanty.doctor.later import ask_docker, later
from shanty.doctor.reach import without_credentials
from shanty.door import door
from shanty.engine import check_release, no_buildx, read_release
from shanty.errors import MachineError, ShantyError, UsageError

if TYPE_CHECKING:
    from concurrent.futures import Future

JSON = ("--format", "{{json .}}")
GIGABYTE = 10**9
# A base image, Poetry, compilers and an app are 1 GB, and their cache as much again.
LEAST_ROOM, MUCH_ROOM = 1 * GIGABYTE, 5 * GIGABYTE
LOCAL = re.compile(r"unix://|npipe://|fd://|tcp://(127\.|localhost|\[::1\])")

Answers = Mapping[str, Any]


class Machine:
    """The answers of the docker command, whose questions are asked all at once."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._version = self._ask("version", *JSON)
        self._info = self._ask("system", "info", *JSON)
        self._context = self._ask("context", "inspect")
        self._buildx = self._ask("buildx", "version")

    def checks(self) -> tuple[Check, ...]:
        """Return the looks at the engine."""
        return (
            Check("engine", "Every image is built, and every container run, by it.", self._engine),
            Check(
                "context",
                "It says which engine is asked, and by that whose files and ports are meant.",
                self._contexts,
            ),
            Check("storage", "It keeps the layers of every image.", self._storage),
            Check("rootless", "It settles whom a container's files belong to.", self._rootless),
            Check("disk", "A build that finds no room fails, and so does the engine.", self._disk),
            Check("buildx", "It builds every image.", self._plugin),
        )

    def require_engine(self) -> None:
        """Raise `SkippedError` where no engine answers that will do."""
        required(self._engine, "no engine will do")

    @property
    def is_ready(self) -> bool:
        """Whether an engine answers that will do."""
        try:
            self._engine()
        except ShantyError:
            return False
        return True

    def _ask(self, *words: str) -> "Future[str]":
        return later(partial(ask_docker, *words))

    def _engine(self) -> str:
        server = (json.loads(self._version.result()) or {}).get("Server") or {}
        if not server.get("Version"):
            raise MachineError("no Docker engine answers", f"{door()} setup")
        release = read_release(server["Version"])
        check_release(release)
        _ = self._known
        return f"Docker {release} answers"

    @cached_property
    def _known(self) -> Answers:
        """What the engine says of itself."""
        known: Answers = json.loads(self._info.result())
        return known

    def _require_known(self) -> Answers:
        self.require_engine()
        return self._known

    @cached_property
    def _endpoint(self) -> tuple[str, str]:
        """The context's name and the address of its engine."""
        (context,) = json.loads(self._context.result())
        endpoint = context.get("Endpoints", {}).get("docker", {})
        return str(context["Name"]), without_credentials(str(endpoint.get("Host", "")))

    def _contexts(self) -> Seen:
        if isinstance(error := self._context.exception(), MachineError):
            raise SkippedError(error.what)
        chosen_by = next(
            (name for name in ("DOCKER_HOST", "DOCKER_CONTEXT") if self._environment.get(name)), ""
        )
        if error:
            raise self._lost(chosen_by, error) from error
        name, address = self._endpoint
        use = "by docker context use" if name != "default" else "for nothing else is set"
        what = f"{name}, {address}, {f'by {chosen_by}' if chosen_by else use}"
        if LOCAL.match(address):
            return what
        return Note(
            f"{what}: another machine's engine",
            f"unset {chosen_by}" if chosen_by else "docker context use default",
            "It sees no folder of this machine, which `dev` mounts, and ports are opened there.",
        )

    def _lost(self, chosen_by: str, error: BaseException) -> ShantyError:
        what = error.what if isinstance(error, ShantyError) else str(error)
        fix = f"unset {chosen_by}" if chosen_by else "docker context use default"
        return UsageError(what, fix)

    def _storage(self) -> Seen:
        driver = str(self._require_known().get("Driver", "unknown"))
        if driver != "vfs":
            return driver
        return Note(
            "vfs, which copies every layer whole",
            'set "storage-driver": "overlay2" in /etc/docker/daemon.json, and restart the engine',
            "Builds are slow by it, and take many times the room.",
        )

    def _rootless(self) -> Iterator[Seen]:
        known = self._require_known()
        options = {one.split(",")[0] for one in known.get("SecurityOptions") or ()}
        found = [kind for kind in ("rootless", "userns", "selinux") if f"name={kind}" in options]
        others = "".join(f", with {kind}" for kind in found if kind != "rootless")
        yield ("yes" if "rootless" in found else "no: the engine runs as root") + others
        if known.get("MemoryLimit") is False:
            yield Note(
                "the engine limits no memory",
                "sudo systemctl edit user@.service  (Delegate=cpu memory pids)"
                if "rootless" in found
                else "boot with cgroup_enable=memory",
                "`prod --memory` and `--cpus` have no effect.",
            )

    def _disk(self) -> Seen:
        folder = Path(str(self._require_known().get("DockerRootDir", "")))
        _, address = required(lambda: self._endpoint, "the context is not known")
        if not address.startswith("unix://") or not os.path.isdir(folder):  # noqa: PTH112 - it may not be ours to see
            raise SkippedError(f"the engine keeps its data elsewhere, in {folder}")
        left = shutil.disk_usage(folder).free
        what = f"{left / GIGABYTE:.1f} GB left in {folder}"
        fix = (
            "docker builder prune  (takes the build cache; `docker system df` tells what is where)"
        )
        if left < LEAST_ROOM:
            raise MachineError(what, fix)
        return Note(what, fix) if left < MUCH_ROOM else what

    def _plugin(self) -> str:
        error = self._buildx.exception()
        if isinstance(error, MachineError):
            raise SkippedError(error.what)
        if error:
            raise no_buildx()
        return f"buildx {self._buildx.result().split()[1]}"
