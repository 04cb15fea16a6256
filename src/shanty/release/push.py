"""The push of a production image: built, held against what is there, and only then named."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from shanty import engine, request, terminal
from shanty.build import BuildOptions
from shanty.door import door
from shanty.dynamic_version import project_version
from shanty.errors import UsageError
from shanty.failure.registry import not_taken
from shanty.registry import registry_contents, registry_digest
from shanty.release.contents import Contents
from shanty.release.names import Names
from shanty.request import Request
from shanty.tee import Tail
from shanty.workflow import Workflow

# What a build of a dry run would be known by.
NO_DIGEST = "sha256:…"


@dataclass(frozen=True)
class Push:
    """One release of a workflow; `force` lets a version that there is name other contents."""

    workflow: Workflow
    names: Names
    options: BuildOptions
    force: bool = False

    def push(self) -> dict[str, str]:
        """Build production, push it, and return each of its names with the digest there.

        Raises `UsageError` for a version that is there with other contents, and leaves that as it
        is; else what a build raises, and what the registry has against it.
        """
        if self.options.builder or self.options.platforms or self.options.sbom:
            return self._by_builder()
        self.workflow.build("production", self.options)
        image = request.tag(self.workflow.settings, "production")
        done = self._is_there(lambda: {"": engine.image_contents(image)})
        left = (self.names.kept,) if done else ()
        return {
            name: self._digest(name) if name in left else self._pushed(image, name)
            for name in self.names.every
        }

    def _pushed(self, image: str, name: str) -> str:
        """Push an image of the engine, which knows the digest then."""
        self._perform(request.tag_image(image, name), name)
        self._perform(request.push(name), name)
        return NO_DIGEST if self.workflow.dry else engine.image_digest(name) or NO_DIGEST

    def _by_builder(self) -> dict[str, str]:
        """Have the builder push what only it has, and give it the name of its version last.

        Raises `UsageError` for a version that is there where no commit names what is pushed first.
        """
        *others, first = self.names.every
        if first == self.names.kept and self._look(first) is not None:
            raise self._taken("and no commit to push this under, and compare")
        options = replace(self.options, tags=(first,), push=True)
        self.workflow.build("production", options)
        if first != self.names.kept and self._is_there(lambda: self._contents(first) or {}):
            # What was pushed is the same but for the proof of how it was made.
            self._name(self.names.kept, [first])
        else:
            self._name(first, others)
        return {name: self._digest(name) for name in self.names.every}

    def _name(self, known: str, names: list[str]) -> None:
        """Let names in the registry be what another one is."""
        for name in names:
            image = f"{self.names.repository}@{self._digest(known)}"
            self._perform(request.tag_in_registry(image, name, self.options.builder), name)

    def _is_there(self, contents: Callable[[], Mapping[str, Contents]]) -> bool:
        """Tell whether the version names these contents already; raise where it names others."""
        known = self._look(self.names.kept)
        if known is None:
            return False
        if is_same(known, contents()):
            terminal.say(f"{self.names.kept} is there already, with these contents")
            return True
        raise self._taken("with other contents")

    def _look(self, name: str) -> Mapping[str, Contents] | None:
        """Return what a version names that is to stay what it is, `None` where nothing is."""
        return None if not name or self.force or self.workflow.dry else self._contents(name)

    def _contents(self, name: str) -> Mapping[str, Contents] | None:
        return registry_contents(name, self.options.builder)

    def _digest(self, name: str) -> str:
        return NO_DIGEST if self.workflow.dry else registry_digest(name, self.options.builder)

    def _taken(self, why: str) -> UsageError:
        """Return the fault of a version that names something else already."""
        project, to = self.workflow.project, self.names.repository
        next_one = "git tag v…" if project_version(project) else "write the next version down"
        return UsageError(
            f"{self.names.kept} is there already, {why}",
            f"{next_one}  # or overwrite it: {door()} push --to {to} --force",
        )

    def _perform(self, asked: Request, name: str) -> None:
        terminal.announce(asked, dry=self.workflow.dry)
        if self.workflow.dry:
            return
        tail = Tail()
        if terminal.execute_aside(asked, tail):
            raise not_taken(name, tail.text)


def is_same(known: Mapping[str, Contents], new: Mapping[str, Contents]) -> bool:
    """Tell whether two releases are the same, platform by platform.

    Of one for a single platform it need not be said which.
    """
    if len(known) == len(new) == 1:
        return list(known.values()) == list(new.values())
    return known == new
