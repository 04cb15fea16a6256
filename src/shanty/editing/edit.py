"""One edit by Poetry, in order: the image, the copies, the run, and what is handed back."""

import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from shanty import engine, request, terminal
from shanty.dependencies.lock import Lock, read_lock
from shanty.door import door
from shanty.editing.agent import USERS, is_over_ssh, users
from shanty.editing.container import Access, Call, poetry_container, read_access
from shanty.editing.copies import Copies, check_writable, copied
from shanty.editing.mirror import check_unnamed, mirror_variables
from shanty.editing.neighbours import is_built, neighbours
from shanty.editing.outcome import lacks_pages, refused, summary
from shanty.editing.staging import NEWEST_FORMAT, Staging, read_staging
from shanty.errors import UsageError
from shanty.index_secrets import MIRROR
from shanty.project import Project
from shanty.request import Request
from shanty.tee import Tail

# Poetry's options for another project than this one.
ELSEWHERE = ("-C", "-P", "--directory", "--project")
ASKING = {"-h", "--help", "-V", "--version"}


@dataclass(frozen=True)
class Edit:
    """A command of Poetry's on the two files of a project, which is the staging image's."""

    staging: Staging
    words: tuple[str, ...]
    access: Access
    neighbours: tuple[Path, ...]

    @property
    def project(self) -> Project:
        """The project."""
        return self.staging.project

    def perform(self) -> None:
        """Build the image, let Poetry edit copies in it, and put in place what it changed."""
        # What cannot be is said before anything is built.
        if not self.staging.dry:
            check_writable(self.project)
        places = (self.project.root, *self._built)
        on_files = self._request({place: place for place in places})
        self.staging.build("staging", quiet=True)
        if self.staging.dry:
            terminal.announce(on_files, dry=True)
            return
        if not self.attempt():
            terminal.say("the index has no page of a release: once more, by its lists of files")
            replace(self, access=replace(self.access, by_lists=True)).attempt()

    def attempt(self) -> bool:
        """Let Poetry edit copies and hand them back; tell whether the index had all it asks for."""
        with copied(self.project, self._built) as copies:
            self._mount_points(copies.folder)
            if self.staging.over_ssh:
                copies.users.write_text(users(), encoding="utf-8")
            if not self._run(self._request(copies.places, copies.users)):
                return False
            self._hand_back(copies)
            return True

    @property
    def _built(self) -> list[Path]:
        return [path for path in self.neighbours if is_built(path)]

    def _request(self, copies: Mapping[Path, Path], list_of_users: Path | None = None) -> Request:
        access = self.access
        if self.staging.over_ssh and list_of_users:
            access = replace(access, files={**access.files, USERS: list_of_users})
        read_only = tuple(path for path in self.neighbours if path not in copies)
        name = f"{request.base_name(self.staging.settings)}-poetry-{secrets.token_hex(3)}"
        call = Call(self.words, access, copies, read_only, self.staging.security)
        return poetry_container(self.project, self.staging.settings, call, name)

    def _mount_points(self, folder: Path) -> None:
        """Make what is mounted further down in the project: Docker would make it as root."""
        for path in self.neighbours:
            if path.is_relative_to(self.project.root):
                place = folder / path.relative_to(self.project.root)
                made = place if path.is_dir() else place.parent
                made.mkdir(parents=True, exist_ok=True)
                if not path.is_dir():
                    place.touch()

    def _run(self, asked: Request) -> bool:
        """Run Poetry; tell whether there was a page for each release, which mirrors may lack."""
        terminal.announce(asked)
        tail = Tail()
        try:
            code = terminal.execute_step(asked, tail)
        except BaseException:
            terminal.execute_silently(request.remove_containers([asked.container]))
            raise
        led_elsewhere = MIRROR in self.access.secrets or self.access.by_lists
        if code and not led_elsewhere and lacks_pages(tail.text):
            return False
        if code:
            raise refused(self.words, tail.text)
        return True

    def _hand_back(self, copies: Copies) -> None:
        changed = copies.changed
        if mirror := self.access.secrets.get(MIRROR):
            check_unnamed(mirror, copies.before, changed)
        if copies.hand_back():
            print(summary(changed, copies.before))
            self._tell_running()
        elif not ASKING & set(self.words):
            print(f"nothing changed: {' and '.join(copies.before)} are as they were")

    def _tell_running(self) -> None:
        running = engine.containers(self.project, running=True)
        for found in [one for one in running if one.kind == "dev"]:
            port = found.name.rpartition("-")[2]
            how = f"with: {door()} dev --port {port} --detach" if found.is_detached else "by itself"
            terminal.say(f"{found.name} is running, and takes this up {how}")


def read_edit(
    project: Project, words: Sequence[str], environment: Mapping[str, str], *, dry: bool
) -> Edit:
    """Return the edit that some words ask for; raise `UsageError` for one of another project."""
    task, *others = words
    for word in others:
        if word.partition("=")[0] in ELSEWHERE:
            raise UsageError(
                f"{word} leads Poetry elsewhere: it edits {project.root}",
                f"cd to the other project, and there: {door()} {task}",
            )
    lock = _lock(project, words)
    over_ssh = is_over_ssh(project, lock, others)
    mirror = mirror_variables(environment)
    access = read_access(project, environment, mirror, over_ssh=over_ssh)
    staging = read_staging(project, lock, environment, dry=dry, over_ssh=over_ssh)
    return Edit(staging, tuple(words), access, neighbours(project, lock, others))


def _lock(project: Project, words: Sequence[str]) -> Lock | None:
    """Return the lock, `None` where there is none, or one that nobody can read.

    What is written anew need not be read, but for the Poetry that is to write it.
    """
    if not project.lock_file.is_file():
        return None
    if "--regenerate" not in words:
        return read_lock(project)
    with suppress(UsageError):
        return replace(read_lock(project), format=NEWEST_FORMAT)
    return None


def edit_here(project: Project, words: Sequence[str], *, dry: bool) -> None:
    """Run a command of the pinned Poetry's on this project's two files, as this machine is.

    Raises `RunError` with Poetry's reason where it fails: then both are as they were, as they are
    after an interrupt.
    """
    read_edit(project, words, os.environ, dry=dry).perform()
