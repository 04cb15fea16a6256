"""What every task is made with: its form, its options, and how it ends."""

import functools
import os
import sys
from collections.abc import Callable
from typing import Any

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task as invoke_task

from shanty import interrupts, question
from shanty.errors import ShantyError
from shanty.signals import INTERRUPTED

ENV = {
    "env": "KEY=VALUE for the container, or KEY for your own value; may be repeated",
    "env-file": "a file of such lines",
}
SERVER = {
    "port": "the port it answers on",
    "host": "the address it answers on",
    "detach": "return once it answers",
}
# As a shell gives what SIGPIPE ended.
PIPE_CLOSED = 141
SERVICES = {"services": "bring up the services of the Compose file first"}


def task(
    *, engine: bool = True, builds: bool = False, **options: Any
) -> Callable[[Callable[..., None]], Any]:
    """Return Invoke's `task` for a function whose faults end as two lines and an exit code.

    Before one that asks the engine, what commands that were killed have left of the project ends.
    One that `builds` will need most of what there is.
    """

    def decorate(function: Callable[..., None]) -> Any:
        @functools.wraps(function)
        def run(c: Context, *arguments: Any, **named: Any) -> None:
            before = sys.dont_write_bytecode
            try:
                with interrupts.raised():
                    try:
                        _prepare(engine=engine and not c.config.run.dry, builds=builds)
                        function(c, *arguments, **named)
                    finally:
                        question.drop()
                    # What nobody reads any more is known here, not at the end of Python.
                    if sys.stdout:
                        sys.stdout.flush()
            except ShantyError as error:
                raise Exit(str(error), code=error.exit_code) from None
            except BrokenPipeError:
                leave_pipe()
                raise Exit(code=PIPE_CLOSED) from None
            except OSError as error:
                from shanty.system_fault import system_fault

                fault = system_fault(error)
                raise Exit(str(fault), code=fault.exit_code) from None
            except KeyboardInterrupt:
                raise Exit("interrupted", code=INTERRUPTED) from None
            finally:
                sys.dont_write_bytecode = before

        return invoke_task(run, **options)

    return decorate


def _prepare(*, engine: bool, builds: bool) -> None:
    # Invoke has Python write no bytecode, for a tasks.py would leave some in the project. What a
    # task imports is installed, and would be compiled anew by every command.
    sys.dont_write_bytecode = bool(sys.flags.dont_write_bytecode)
    from shanty.home import settle_home

    settle_home(os.environ)
    if engine:
        question.put(question.ENGINE_VERSION)
        from shanty import orphans

        project = orphans.find_project_here()
        if builds:
            # Docker answers meanwhile.
            import shanty.workflow  # noqa: F401
        if project:
            orphans.end_orphans(project)


def leave_pipe() -> None:
    """Write nowhere from now on, for Python would say at its end that nobody reads any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def leave(code: int, *, server: bool = False) -> None:
    """End a task with an exit code that is not its own; a server has none but that of its fault."""
    if server and code == INTERRUPTED:
        raise KeyboardInterrupt
    if code:
        raise Exit(code=code)
