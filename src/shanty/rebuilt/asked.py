"""What a build was asked, read off its command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from shanty.request import Request


@dataclass(frozen=True)
class Asked:
    """The parts of one build that decide which steps it takes.

    `root` is the context's folder, `contexts` are the folders of further ones by their names.
    """

    dockerfile: Path
    target: str
    root: Path
    arguments: Mapping[str, str]
    contexts: Mapping[str, Path]
    builder: str = ""
    no_cache: bool = False
    pull: bool = False

    @classmethod
    def of(cls, request: Request) -> "Asked":
        """Return what a request for a build asks."""
        words, here = request.arguments, Path.cwd()
        contexts = _named(words, "--build-context")
        return cls(
            here / _last(words, "--file"),
            _last(words, "--target"),
            here / words[-1],
            _named(words, "--build-arg"),
            {name: here / path for name, path in contexts.items()},
            _last(words, "--builder"),
            no_cache="--no-cache" in words,
            pull="--pull" in words,
        )

    @property
    def folders(self) -> dict[str, Path]:
        """The folders that files are sent from, the context's under no name."""
        return {"": self.root, **self.contexts}


def _values(words: tuple[str, ...], option: str) -> list[str]:
    return [value for word, value in pairwise(words) if word == option]


def _last(words: tuple[str, ...], option: str) -> str:
    return ["", *_values(words, option)][-1]


def _named(words: tuple[str, ...], option: str) -> dict[str, str]:
    pairs = (value.partition("=") for value in _values(words, option))
    return {name: value for name, equals, value in pairs if equals}
