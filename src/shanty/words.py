"""Tasks that hand the words after their name on to another program, as they were typed."""

import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from invoke.parser.argument import Argument
from invoke.parser.parser import Parser
from invoke.program import Program
from invoke.tasks import Task


class Typed(NamedTuple):
    """The words after a task's name: those that Invoke parses, and those from two dashes on."""

    parsed: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """All of them; two dashes that come first say only that they are no options of ours."""
        return self.others[1:] if not self.parsed else (*self.parsed, *self.others)


class Words(Argument):
    """An argument that is missing until the parser has handed it every word that is left.

    A parser that misses one asks neither for an option nor for another task of that name.
    """

    def __init__(self, task: str, typed: Typed) -> None:
        told = f"Poetry's own, as they are: `{task} --help` lists them"
        super().__init__(name="words", positional=True, help=told)
        self.typed = typed
        self.awaited = sum(_tokens(word) for word in typed.parsed)

    @property
    def value(self) -> tuple[str, ...] | None:
        """The words, once the parser is through with them."""
        return None if self.awaited else self.typed.words

    @value.setter
    def value(self, _token: str) -> None:
        self.awaited -= 1


class WordTask(Task[Any]):
    """A task with one parameter, `words`: whatever was typed after its name."""

    def get_arguments(self, ignore_unknown_help: bool | None = None) -> list[Argument]:  # noqa: ARG002, FBT001
        """Return the one argument, which knows what was typed."""
        return [Words(self.name, typed_after(self.name, sys.argv))]


def typed_after(name: str, argv: Sequence[str]) -> Typed:
    """Return what a command line has after a task's name."""
    words = list(argv[1:])
    dashes = words.index("--") if "--" in words else len(words)
    # What Invoke's own options leave over begins with a task.
    parser = Parser(initial=Program().initial_context, ignore_unknown=True)
    left = list(parser.parse_argv(words[:dashes]).unparsed)
    after = left[left.index(name) + 1 :] if name in left else []
    return Typed(tuple(after), tuple(words[dashes:]))


def _tokens(word: str) -> int:
    """Return how many the parser makes of a word: it takes options apart, known to it or not."""
    if word.startswith("-") and "=" in word:
        return 1 + _tokens(word.partition("=")[2])
    if word.startswith("-") and not word.startswith("--") and len(word) > 2:  # noqa: PLR2004
        return len(word) - 1
    return 1
