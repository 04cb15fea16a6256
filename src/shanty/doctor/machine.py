"""The engine and what belongs to it, by what the docker command says."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, wait
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from shanty import engine
from shanty.doctor.finding import Check, Note, Seen, SkippedError, required
from shanty.doctor.later import ENGINE_SECONDS, ask_docker, later
from shanty.doctor.reach import without_credentials
from shanty.endpoint import endpoint
from shanty.errors import MachineError, RunError, ShantyError

INFO = ("system", "info", "--format", "{{json .}}")
GIGABYTE = 10**9
# A base image, Poetry, compilers and an app are 1 GB, and their cache as much again.
LEAST_ROOM, MUCH_ROOM = 1 * GIGABYTE, 5 * GIGABYTE
HERE = re.compile(r"unix://|npipe://|fd://|tcp://(127\.|localhost|\[::1\])")

Answers = Mapping[str, Any]


class Machine:
    """The answers of the docker command, whose questions are asked all at once."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._asked = endpoint(environment)
        self._release = later(partial(engine.engine_version, ENGINE_SECONDS))
        self._info = later(partial(ask_docker, *INFO))
        self._buildx = later(partial(ask_docker, "buildx", "version"))
        self._questions: list[Future[Any]] = [self._release, self._info, self._buildx]

    def checks(self) -> tuple[Check, ...]:
        """Return the looks at the engine."""
        return (
            Check("engine", "It builds every image, and runs every container.", self._engine),
            Check("context", "It says whose engine is asked.", self._context),
            Check("storage", "It keeps the layers of every image.", self._storage),
            Check("rootless", "It settles whom a container's files belong to.", self._rootless),
            Check("disk", "A build that finds no room fails, and so does the engine.", self._disk),
            Check("buildx", "It builds every image.", self._plugin),
        )

    @property
    def is_ready(self) -> bool:
        """Whether an engine answers that will do."""
        try:
            self._engine()
        except ShantyError:
            return False
        return True

    def require_engine(self) -> None:
        """Raise `SkippedError` where no engine answers that will do."""
        required(self._engine, "no engine will do")

    def _engine(self) -> str:
        # No question outlives the look.
        wait(self._questions)
        release = self._release.result()
        engine.check_release(release)
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

    def _context(self) -> Seen:
        asked = self._asked
        if not asked.leader:
            return "default: nothing leads elsewhere"
        if not asked.address:
            raise SkippedError(f"{asked.shown} is not known here")
        address = "" if asked.name == asked.address else f", {without_credentials(asked.address)}"
        what = f"{without_credentials(asked.shown)}{address}"
        if HERE.match(asked.address):
            return what
        return Note(
            f"{what} is another machine's engine",
            asked.fix.partition("  #")[0],
            "It sees no folder of this machine, which `dev` mounts, and ports are opened there.",
        )

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
                "docker info  # its warnings say what the kernel lacks",
                "`prod --memory` has no effect.",
            )

    def _disk(self) -> Seen:
        folder = str(self._require_known().get("DockerRootDir", ""))
        here = not self._asked.leader or self._asked.address.startswith("unix://")
        # A machine in this one, as Docker Desktop has it, has folders of its own.
        if not here or not os.path.isdir(folder):  # noqa: PTH112
            raise SkippedError(f"the engine keeps its data elsewhere, in {folder}")
        left = shutil.disk_usage(Path(folder)).free
        what = f"{left / GIGABYTE:.1f} GB left in {folder}"
        fix = "docker builder prune  # takes build cache alone; see docker system df"
        if left < LEAST_ROOM:
            raise MachineError(what, fix)
        return Note(what, fix) if left < MUCH_ROOM else what

    def _plugin(self) -> str:
        try:
            version = self._buildx.result().split()[1]
        except RunError:
            version = None
        except MachineError as error:
            raise SkippedError(error.what) from error
        engine.check_buildx(version)
        return f"buildx {version}"
