"""The tasks that run something in an image."""

import sys
from typing import Any

from invoke.context import Context

from shanty.tasks.task import ENV, SERVICES, leave, task


@task(
    builds=True,
    iterable=["env"],
    help={"target": "the image to open", "app": "the framework's own shell", **ENV},
)
def shell(
    c: Context,
    target: str = "development",
    app: bool = False,
    env: Any = None,
    env_file: Any = None,
) -> None:
    """Open a shell where the project's environment is active."""
    from shanty.door import door
    from shanty.errors import UsageError
    from shanty.inside import Inside
    from shanty.tasks.options import joined_options
    from shanty.tasks.reading import read_workflow

    if app and target != "development":
        raise UsageError("--app opens the development image alone", f"{door()} shell --app")
    workflow = read_workflow(c)
    options = joined_options(workflow, env, env_file)
    inside = Inside(workflow)
    leave(inside.framework_shell(options) if app else inside.shell(target, options))


@task(builds=True, iterable=["env"], help=ENV)
def run(c: Context, env: Any = None, env_file: Any = None) -> None:
    """Run a command in the development image, as in `run -- CMD …`."""
    from shanty.door import door
    from shanty.errors import UsageError
    from shanty.inside import Inside
    from shanty.tasks.options import joined_options
    from shanty.tasks.reading import read_workflow

    words = _remainder()
    if not words:
        raise UsageError("no command to run", f"{door()} run -- CMD …")
    workflow = read_workflow(c)
    options = joined_options(workflow, env, env_file)
    leave(Inside(workflow).run(words, options))


@task(builds=True, iterable=["env"], help=ENV)
def python(c: Context, env: Any = None, env_file: Any = None) -> None:
    """Open Python in the development image, as in `python -- ARGS`."""
    from shanty.inside import Inside
    from shanty.tasks.options import joined_options
    from shanty.tasks.reading import read_workflow

    workflow = read_workflow(c)
    options = joined_options(workflow, env, env_file)
    leave(Inside(workflow).run(("python", *_remainder()), options))


@task(builds=True, name="test", iterable=["env"], help={**SERVICES, **ENV})
def run_tests(c: Context, services: bool = True, env: Any = None, env_file: Any = None) -> None:
    """Run the project's tests in the development image, as in `test -- ARGS`."""
    from shanty.inside import Inside
    from shanty.tasks.options import container_options, services_of
    from shanty.tasks.reading import read_workflow

    workflow = read_workflow(c)
    options = container_options(workflow, env, env_file)
    found = services_of(workflow, options) if services else None
    leave(Inside(workflow, found).test(_remainder(), options))


def _remainder() -> tuple[str, ...]:
    """Return the words after `--` as they were typed: Invoke joins them and loses their quotes."""
    return tuple(sys.argv[sys.argv.index("--") + 1 :]) if "--" in sys.argv else ()
