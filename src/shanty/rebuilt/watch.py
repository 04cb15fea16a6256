"""A build as it is watched: what it is made from is listed while it runs, and told afterwards."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from shanty.errors import ShantyError
from shanty.project import Project
from shanty.rebuilt.progress import Progress
from shanty.request import Request

# The thread imports what it works with, while docker is at work.
if TYPE_CHECKING:
    from pathlib import Path

    from shanty.rebuilt.asked import Asked
    from shanty.rebuilt.record import Record
    from shanty.rebuilt.steps import Plan, Step

# Returns the digest of an image by its name, `None` for one that the engine does not hold.
Digests = Callable[[str], str | None]


class Watch:
    """One build, from its start on; a thread lists the files, for the engine takes its time."""

    def __init__(self, project: Project, request: Request) -> None:
        self._project, self._request = project, request
        self._file: Path | None = None
        self._before: Record | None = None
        self._now: Record | None = None
        self._asked: Asked
        self._plan: Plan
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        # No line is better than a fault of what nobody asked for, whatever it is.
        with suppress(Exception):
            from shanty.endpoint import endpoint  # noqa: PLC0415
            from shanty.ignore_file import project_cache  # noqa: PLC0415
            from shanty.rebuilt.asked import Asked  # noqa: PLC0415
            from shanty.rebuilt.listing import ignored, list_files  # noqa: PLC0415
            from shanty.rebuilt.record import Record, made, read_record  # noqa: PLC0415
            from shanty.rebuilt.steps import Plan  # noqa: PLC0415

            self._asked = asked = Asked.of(self._request)
            self._plan = plan = Plan.of(asked)
            file = project_cache(self._project) / f"built-{asked.target}.json"
            self._before = before = read_record(file)
            text = ignored(asked)
            known = before.files if before and before.ignored == text else {}
            files = list_files(asked, plan.steps, text, known)
            builder = asked.builder or endpoint().name
            self._now = Record(files, text, made(plan), plan.choices, builder)
            self._file = file

    def told(self, progress: Progress, digests: Digests) -> str:
        """Return why the build did what it did, nothing where all was cached; keep the record."""
        self._thread.join()
        file, before, now = self._file, self._before, self._now
        if file is None or now is None:
            return ""
        from shanty.rebuilt.reason import rebuilt  # noqa: PLC0415

        anew = [step for step in self._plan.steps if step.key in progress.anew]
        now = replace(now, bases=self._bases(anew, digests))
        if now != before:
            now.write(file)
        return rebuilt(self._asked, anew[0], before, now) if anew else ""

    def _bases(self, anew: "list[Step]", digests: Digests) -> dict[str, str]:
        """Return the base images' digests: asked for where one may be why."""
        from shanty.rebuilt.steps import SCRATCH  # noqa: PLC0415

        known = dict(self._before.bases) if self._before else {}
        bases = {step.base for step in self._plan.steps} - {SCRATCH}
        asked = {step.base for step in anew if step.is_first and not self._asked.builder}
        for name in asked & bases:
            with suppress(ShantyError):
                known[name] = digests(name) or ""
        return {name: digest for name, digest in known.items() if name in bases and digest}
