"""The steps by which a Dockerfile makes a target, as BuildKit numbers them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from shanty.dockerfile import read_dockerfile
from shanty.rebuilt.asked import Asked
from shanty.rebuilt.instructions import (
    VARIABLE,
    Instruction,
    expanded,
    instructions,
    names,
    pairs,
)

# What is carried out at a step; the others only say something of the image.
COUNTED = ("RUN", "COPY", "ADD", "WORKDIR")
# A folder made on nothing at all is never taken from a cache, and on something it is with that.
TELLING = ("RUN", "COPY", "ADD")
SCRATCH = "scratch"


class Source(NamedTuple):
    """A path, or a pattern for some, in one of the folders that files are sent from."""

    folder: str
    path: str


@dataclass(frozen=True)
class Step:
    """One step: `key` is its name in BuildKit's words, as `tools 3/3`.

    `digest` stands for all the instructions up to it in its stage and those before, `arguments` are
    the values that it sees, `base` is the image that all of it starts from. `is_first` is whether
    nothing but that image comes before it; `is_local` whether what it reads is all here.
    """

    key: str
    text: str
    digest: str
    arguments: Mapping[str, str]
    sources: tuple[Source, ...]
    base: str
    is_first: bool
    is_local: bool


@dataclass
class _Stage:
    """One stage as it is read: what it starts from, what it needs, and its values so far."""

    name: str
    base: str = SCRATCH
    lines: list[Instruction] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)
    steps: list[Step] = field(default_factory=list)
    arguments: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    digest: str = ""
    count: int = 0
    is_bare: bool = True


@dataclass(frozen=True)
class Plan:
    """The steps of a target, in the order of the Dockerfile; on `choices` its stages hang."""

    steps: tuple[Step, ...]
    choices: Mapping[str, str]

    @classmethod
    def of(cls, asked: Asked) -> "Plan":
        """Return the steps of what a build was asked; raise `UsageError` for no Dockerfile's."""
        return _Reader(asked).plan()


class _Reader:
    """Reads one Dockerfile for one target."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._globals: dict[str, str] = {}
        self._stages: dict[str, _Stage] = {}
        self._choices: dict[str, str] = {}

    def plan(self) -> Plan:
        stages = list(self._split())
        for stage in stages:
            self._read(stage)
        needed = self._needed(self._asked.target)
        steps = (step for one in stages if one.name in needed for step in one.steps)
        return Plan(tuple(steps), self._choices)

    def _split(self) -> Iterator[_Stage]:
        """Yield the stages, once what comes before them has been read."""
        found: list[_Stage] = []
        for line in instructions(read_dockerfile(self._asked.dockerfile)):
            if line.keyword == "FROM":
                found.append(self._start(line, len(found)))
            elif found:
                found[-1].lines.append(line)
            else:
                self._globals |= self._declared(line, self._globals)
        yield from found

    def _start(self, line: Instruction, index: int) -> _Stage:
        words = line.body.split()
        named = {name for found in VARIABLE.findall(words[0]) for name in found[:2]}
        self._choices |= {name: self._globals[name] for name in named & set(self._globals)}
        base = expanded(words[0], self._globals)
        name = words[-1].lower() if len(words) > 1 else f"stage-{index}"
        before = self._stages.get(base.lower())
        stage = _Stage(name, before.name if before else base)
        self._stages[name] = self._stages[str(index)] = stage
        return stage

    def _declared(self, line: Instruction, known: Mapping[str, str]) -> dict[str, str]:
        """Return what an `ARG` stands for: what the build was told, or what it says itself."""
        defaults = {name: expanded(text, known) for name, text in pairs(line.rest).items()}
        told = {**self._globals, **defaults, **self._asked.arguments}
        return {name: told.get(name, "") for name in names(line.rest)}

    def _read(self, stage: _Stage) -> None:
        before = self._stages.get(stage.base)
        if before is not None:
            stage.arguments.update(before.arguments)
            stage.variables.update(before.variables)
            stage.digest, stage.is_bare = before.digest, before.is_bare
            stage.needs.add(before.name)
        elif stage.base != SCRATCH:
            stage.count = 1
        total = stage.count + sum(line.keyword in COUNTED for line in stage.lines)
        for line in stage.lines:
            self._take(stage, line, total)

    def _take(self, stage: _Stage, line: Instruction, total: int) -> None:
        values = {**stage.arguments, **stage.variables}
        if line.keyword == "ARG":
            stage.arguments |= self._declared(line, values)
            return
        stage.digest = _digest(stage.digest, line)
        if line.keyword == "ENV":
            stage.variables |= {k: expanded(v, values) for k, v in pairs(line.rest).items()}
        if line.keyword in COUNTED:
            stage.count += 1
        if line.keyword in TELLING:
            stage.steps.append(self._step(stage, line, total, values))
            stage.is_bare = False

    def _step(
        self, stage: _Stage, line: Instruction, total: int, values: Mapping[str, str]
    ) -> Step:
        read = list(_read_by(line, values))
        origins = {origin.lower() for origin, _ in read}
        stage.needs |= origins - {""}
        folders = self._asked.folders
        return Step(
            f"{stage.name} {stage.count}/{total}",
            _shown(line, values),
            stage.digest,
            dict(stage.arguments),
            tuple(Source(origin, path) for origin, path in read if origin in folders),
            self._root(stage),
            is_first=stage.is_bare,
            is_local=origins <= {*self._stages, *folders}
            and all("://" not in path and "@" not in path for _, path in read),
        )

    def _root(self, stage: _Stage) -> str:
        """Return the image that a stage starts from, with all that come before it."""
        while (before := self._stages.get(stage.base)) is not None:
            stage = before
        return stage.base

    def _needed(self, target: str) -> set[str]:
        """Return the stages that a target is made from; a folder takes the place of some."""
        found: set[str] = set()
        waiting = [target.lower()]
        while waiting:
            name = waiting.pop()
            stage = self._stages.get(name)
            if stage and stage.name not in found | set(self._asked.contexts):
                found.add(stage.name)
                waiting += stage.needs
        return found


def _digest(before: str, line: Instruction) -> str:
    text = "\0".join((before, *line))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _read_by(line: Instruction, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what a step reads: where from, the context having no name, and which path."""
    if line.keyword == "RUN":
        for name, value in line.flags:
            fields = dict(_fields(expanded(value, values))) if name == "mount" else {}
            if fields and fields.get("type", "bind") == "bind":
                path = fields.get("source") or fields.get("src") or "."
                yield fields.get("from", ""), path.lstrip("/") or "."
        return
    origin = expanded(line.flag("from"), values)
    for word in line.words[:-1]:
        if not word.startswith("<<"):
            yield origin, expanded(word, values).lstrip("/") or "."


def _fields(value: str) -> Iterable[tuple[str, str]]:
    for one in value.split(","):
        name, _, text = one.partition("=")
        yield name, text


def _shown(line: Instruction, values: Mapping[str, str]) -> str:
    """Return a step in a few words: what is copied, or how a command begins."""
    text = " ".join(line.body.split())
    if line.keyword != "RUN":
        origin = f"--from={line.flag('from')} " if line.flag("from") else ""
        text = expanded(origin + text, values)
    return f"{line.keyword} {text if len(text) <= 60 else text[:57].rstrip() + ' …'}"  # noqa: PLR2004
