"""The tasks about a project's own files."""

import os
import sys
from pathlib import Path
from typing import Any

from invoke.context import Context

from shanty.tasks.task import task


@task(
    name="sync",
    engine=False,
    help={
        "check": "change nothing, name each difference",
        "pin-base": "write the base image's digest beside its tag",
        "poetry-version": "the Poetry to use from now on",
        "python-version": "the Python to use from now on",
    },
)
def sync_(
    c: Context,
    check: bool = False,
    pin_base: bool = False,
    poetry_version: Any = None,
    python_version: Any = None,
) -> None:
    """Make every copy of a version follow [tool.shanty] in pyproject.toml."""
    from shanty import request, sync
    from shanty.dependencies.python_version import check_admitted
    from shanty.door import door
    from shanty.errors import RunError, UsageError
    from shanty.pin import read_pin
    from shanty.project import find_project
    from shanty.pyproject import set_value
    from shanty.settings import Given, resolve_one
    from shanty.tasks.reading import lock_of

    if check and pin_base:
        raise UsageError("--check changes nothing, --pin-base does", f"{door()} sync --pin-base")
    project = find_project(Path.cwd())
    typed = {"poetry-version": poetry_version, "python-version": python_version}
    lock = lock_of(project)
    given = Given(project, lock, os.environ, typed)
    poetry, python = (str(resolve_one(key, given).value) for key in typed)
    check_admitted(python, project.requires_python)
    changes = not check and not c.config.run.dry
    file = project.pyproject_file
    pin = read_pin(given, python, dry=bool(c.config.run.dry))
    base = str(pin.checked() if check else pin.renewed() if pin_base else pin.kept())
    asked_for = {**typed, "base-image": base if pin_base else None}
    given_now = {key: value for key, value in asked_for.items() if changes and value}
    written = [
        key for key, value in given_now.items() if set_value(file, f"tool.shanty.{key}", value)
    ]
    for key in written:
        print(f"{request.shown(file)}: {key} is now {given_now[key]}")
    found = sync.differences(find_project(Path.cwd()), poetry, python, base)
    for difference in found:
        if changes:
            sync.mend(difference)
        print(difference.mended if changes else difference)
    if not found and not written:
        print(f"every copy agrees: Poetry {poetry}, Python {python}")
    if lock and (reason := sync.relock_reason(lock, poetry)):
        print(f"{reason}: a re-lock is due ({door()} lock)")
    if check and found:
        options = "".join(f" --{key} {value}" for key, value in typed.items() if value)
        if any(one.is_moved for one in found):
            options += " --pin-base"
        copies = "1 copy differs" if len(found) == 1 else f"{len(found)} copies differ"
        raise RunError(copies, f"{door()} sync{options}")


@task(
    engine=False,
    iterable=["force"],
    help={
        "force": "a file to overwrite, its difference shown first; may be repeated",
        "editor": "an editor whose debugger is to attach: vscode",
        "devcontainer": "have editors work inside the development image",
    },
)
def init(c: Context, force: Any = None, editor: Any = None, devcontainer: bool = False) -> None:
    """Give the project its Docker files, tasks.py, noxfile.py and [tool.shanty] to own."""
    from shanty.door import door
    from shanty.errors import UsageError
    from shanty.init.scaffold import read_scaffold, write_scaffold
    from shanty.tasks.reading import read_workflow

    if not force and {"--force", "-f"} & set(sys.argv):
        raise UsageError("--force names no file", f"{door()} init --force FILE")
    scaffold = read_scaffold(read_workflow(c), editor, devcontainer=devcontainer)
    write_scaffold(scaffold, force, dry=bool(c.config.run.dry))


@task(engine=False, help={"json": "for a script"})
def config(c: Context, json: bool = False) -> None:
    """Show each setting, its value, and where it came from."""
    from shanty.project import find_project
    from shanty.settings import Given, resolve
    from shanty.tasks.reading import lock_of

    project = find_project(Path.cwd())
    rows = resolve(Given(project, lock_of(project), os.environ, {})).rows()
    if json:
        import json as json_module

        print(json_module.dumps({key: {"value": v, "source": s} for key, v, s in rows}, indent=2))
        return
    for key, value, source in rows:
        text = " ".join(value) if isinstance(value, tuple) else value
        text = str(value).lower() if isinstance(value, bool) else text
        print(f"{key:22}  {text if text not in {None, ''} else '—'!s:32}  {source}")
