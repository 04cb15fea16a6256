"""The `shanty` command: the same tasks, in a project that has no `tasks.py`."""

import atexit
import gc
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from invoke.config import Config
from invoke.exceptions import Exit, ParseError
from invoke.program import Program

from shanty.errors import UsageError
from shanty.tasks import ns
from shanty.tasks.task import PIPE_CLOSED, leave_pipe


class _OwnConfig(Config):
    """Invoke's defaults alone: an `invoke.yaml` belongs to somebody else's tasks.

    Not even looked for are they: a home that cannot be read would be the end of it.
    """

    prefix = "shanty"

    def load_system(self, merge: bool = True) -> None:  # noqa: FBT001, FBT002
        """Load nothing."""

    def load_user(self, merge: bool = True) -> None:  # noqa: FBT001, FBT002
        """Load nothing."""

    def load_project(self, merge: bool = True) -> None:  # noqa: FBT001, FBT002
        """Load nothing."""


class _OwnProgram(Program):
    """Invoke's, whose complaints of what was typed have the form and the code of ours."""

    def print_version(self) -> None:
        """Print what is installed; finding that out takes longer than all else before a task."""
        from importlib.metadata import version  # noqa: PLC0415

        self.version = version("shanty")
        super().print_version()

    def parse_core(self, argv: list[str] | None) -> None:
        with _two_lines():
            super().parse_core(argv)

    def parse_tasks(self) -> None:
        with _two_lines():
            super().parse_tasks()


@contextmanager
def _two_lines() -> Iterator[None]:
    try:
        yield
    except ParseError as error:
        raise Exit(str(UsageError(str(error), _fix(error))), code=UsageError.exit_code) from None


def _fix(error: ParseError) -> str:
    """Return the fix: the task's help, or two dashes before a command's own words."""
    words = sys.argv[1:]
    for task in ("run", "python", "test"):
        if task in words and "--" not in words:
            others = words[words.index(task) + 1 :]
            return shlex.join(["shanty", *words[: words.index(task) + 1], "--", *others])
    named = error.context and error.context.name
    return f"shanty --help {named}" if named else "shanty --list"


def main() -> None:
    """Run the command line."""
    # Nothing is left for Python to look for at its end: all that runs here is ours.
    atexit.register(gc.freeze)
    program = _OwnProgram(
        name="Shanty",
        binary="shanty",
        namespace=ns,
        config_class=_OwnConfig,
    )
    try:
        program.run()
        if sys.stdout:
            sys.stdout.flush()
    except BrokenPipeError:
        leave_pipe()
        sys.exit(PIPE_CLOSED)
