"""The tasks, as `invoke` and `shanty` offer them: each announces, calls, and is done."""

import functools
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task as invoke_task

from shanty import debugger, engine, request, sync, terminal
from shanty.build import BuildOptions
from shanty.container import ContainerOptions
from shanty.dependencies.lock import Lock, read_lock
from shanty.dependencies.python_version import check_admitted
from shanty.door import door
from shanty.editing.edit import edit_here
from shanty.errors import MachineError, RunError, ShantyError, UsageError
from shanty.image.report import weight_json, weight_svg, weight_table
from shanty.init.scaffold import read_scaffold, write_scaffold
from shanty.inside import Inside
from shanty.limits import parse_cpus, parse_memory
from shanty.network import ca_bundle
from shanty.pin import read_pin
from shanty.project import Project, find_project
from shanty.pyproject import set_value
from shanty.services.compose_file import find_compose_file
from shanty.services.model import Services, read_services
from shanty.services.running import joined_networks, own_containers, service_containers
from shanty.services.stop import kept_volumes, taken_down
from shanty.serving import Serving, environment_file
from shanty.settings import Given, parse_port, resolve, resolve_one
from shanty.setup.base_image import carried_python, ensure_base_image
from shanty.setup.compose import ensure_compose
from shanty.setup.consent import Setup
from shanty.setup.machine import ensure_engine
from shanty.words import WordTask
from shanty.workflow import Workflow

ENV = {
    "env": "KEY=VALUE for the container, or KEY for your own value; may be repeated",
    "env-file": "a file of such lines",
}
SERVER = {
    "port": "the port it answers on",
    "host": "the address it answers on",
    "detach": "return once it answers",
}
SERVICES = {"services": "bring up the services of the Compose file first"}


def task(**options: Any) -> Callable[[Callable[..., None]], Any]:
    """Return Invoke's `task` for a function whose faults end as two lines and an exit code."""

    def decorate(function: Callable[..., None]) -> Any:
        @functools.wraps(function)
        def run(*arguments: Any, **named: Any) -> None:
            try:
                function(*arguments, **named)
            except ShantyError as error:
                raise Exit(str(error), code=error.exit_code) from None
            except KeyboardInterrupt:
                raise Exit("interrupted", code=terminal.INTERRUPTED) from None

        return invoke_task(run, **options)

    return decorate


@task(
    iterable=["tag", "platform"],
    help={
        "target": "staging, development, build or production",
        "tag": "a name for the image; may be repeated",
        "platform": "a platform to build for; may be repeated",
        "push": "push to the registry instead of loading into the engine",
        "no-cache": "build every step anew",
        "pull": "look for a newer base image",
        "builder": "the buildx builder",
        "cache-from": "where to read cached steps from",
        "cache-to": "where to write cached steps to",
    },
)
def build(
    c: Context,
    target: str = "production",
    tag: Any = None,
    platform: Any = None,
    push: bool = False,
    no_cache: bool = False,
    pull: bool = False,
    builder: Any = None,
    cache_from: Any = None,
    cache_to: Any = None,
) -> None:
    """Build one target of the image."""
    workflow = _workflow(c)
    options = BuildOptions(
        tuple(tag), tuple(platform), push, no_cache, pull, builder, cache_from, cache_to
    )
    seconds = workflow.build(target, options)
    name = tag[0] if tag else request.tag(workflow.settings, target)
    if not c.config.run.dry:
        size = "pushed" if push else f"{engine.image_size(name) / 1e6:.0f} MB"
        print(f"{name}  {size}  {seconds:.1f} s")


@task(
    iterable=["env"],
    help={
        **SERVER,
        **SERVICES,
        **ENV,
        "debug": "let an editor attach its debugger",
        "debug-port": "the port of this machine for that, 5678 unless told",
    },
)
def dev(
    c: Context,
    port: Any = None,
    host: str = "127.0.0.1",
    detach: bool = False,
    debug: bool = False,
    debug_port: Any = None,
    services: bool = True,
    env: Any = None,
    env_file: Any = None,
) -> None:
    """Serve the sources with live reload and debugger."""
    workflow = _workflow(c, port=port)
    options = _container(workflow, env, env_file, host=host, detach=detach)
    if debug or debug_port is not None:
        attach = debugger.debug_port(workflow.project, debug_port, dry=workflow.dry)
        options = replace(options, debug_port=attach)
    found = _services(workflow, options) if services else None
    _exit(Serving(workflow, found).development(options))


@task(
    iterable=["env"],
    help={
        **SERVER,
        **ENV,
        "workers": "worker processes of the server",
        "writable": "let the app write outside /tmp",
        "memory": "the memory it may have, swap included, as in 512m",
        "cpus": "the processors it may have, as in 1.5",
        "with-services": SERVICES["services"],
    },
)
def prod(
    c: Context,
    port: Any = None,
    host: str = "127.0.0.1",
    workers: Any = None,
    detach: bool = False,
    writable: bool = False,
    memory: Any = None,
    cpus: Any = None,
    with_services: bool = False,
    env: Any = None,
    env_file: Any = None,
) -> None:
    """Serve the production image."""
    workflow = _workflow(c, port=port)
    options = _container(
        workflow,
        env,
        env_file,
        host=host,
        detach=detach,
        writable=writable,
        workers=_workers(workers),
        memory=parse_memory(memory) if memory is not None else None,
        cpus=parse_cpus(cpus) if cpus is not None else None,
    )
    found = _services(workflow, options) if with_services else None
    _exit(Serving(workflow, found).production(options))


@task(
    iterable=["env"],
    help={
        "image": "an image of this project's, instead of its own production",
        "sbom": "a bill of materials to hold against it",
        "json": "for a script",
        **ENV,
    },
)
def verify(
    c: Context,
    image: Any = None,
    sbom: Any = None,
    json: bool = False,
    env: Any = None,
    env_file: Any = None,
) -> None:
    """Prove the production image: its packages, process, rights and contents."""
    # Only this task wants them, and the library that bills are written with.
    from shanty.verify import bill, verification  # noqa: PLC0415

    workflow = _workflow(c)
    options = _container(workflow, env, env_file, detach=True)
    text = bill.read_bill(sbom) if sbom else None
    checks = verification.verify(workflow, image, options, text)
    if not checks:
        return
    name = image or request.tag(workflow.settings, "production")
    print(verification.as_json(name, checks) if json else verification.table(checks))
    verification.require(checks)


@task(
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
    if app and target != "development":
        raise UsageError("--app opens the development image alone", f"{door()} shell --app")
    workflow = _workflow(c)
    options = _joined(workflow, _container(workflow, env, env_file))
    inside = Inside(workflow)
    _exit(inside.framework_shell(options) if app else inside.shell(target, options))


@task(iterable=["env"], help=ENV)
def run(c: Context, env: Any = None, env_file: Any = None) -> None:
    """Run a command in the development image, as in `run -- CMD …`."""
    words = _remainder()
    if not words:
        raise UsageError("no command to run", f"{door()} run -- CMD …")
    workflow = _workflow(c)
    options = _joined(workflow, _container(workflow, env, env_file))
    _exit(Inside(workflow).run(words, options))


@task(iterable=["env"], help=ENV)
def python(c: Context, env: Any = None, env_file: Any = None) -> None:
    """Open Python in the development image, as in `python -- ARGS`."""
    workflow = _workflow(c)
    options = _joined(workflow, _container(workflow, env, env_file))
    _exit(Inside(workflow).run(("python", *_remainder()), options))


@task(name="test", iterable=["env"], help={**SERVICES, **ENV})
def run_tests(c: Context, services: bool = True, env: Any = None, env_file: Any = None) -> None:
    """Run the project's tests in the development image, as in `test -- ARGS`."""
    workflow = _workflow(c)
    options = _container(workflow, env, env_file)
    found = _services(workflow, options) if services else None
    _exit(Inside(workflow, found).test(_remainder(), options))


@task(klass=WordTask)
def add(c: Context, words: tuple[str, ...]) -> None:
    """Add dependencies, by the Poetry of the images."""
    _edit(c, "add", words)


@task(klass=WordTask)
def remove(c: Context, words: tuple[str, ...]) -> None:
    """Remove dependencies, by the Poetry of the images."""
    _edit(c, "remove", words)


@task(klass=WordTask)
def update(c: Context, words: tuple[str, ...]) -> None:
    """Update what is locked, by the Poetry of the images."""
    _edit(c, "update", words)


@task(klass=WordTask)
def lock(c: Context, words: tuple[str, ...]) -> None:
    """Write the lock, by the Poetry of the images."""
    _edit(c, "lock", words)


def _edit(c: Context, name: str, words: tuple[str, ...]) -> None:
    edit_here(find_project(Path.cwd()), (name, *words), dry=bool(c.config.run.dry))


@task(
    name="sync",
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
    if check and pin_base:
        raise UsageError("--check changes nothing, --pin-base does", f"{door()} sync --pin-base")
    project = find_project(Path.cwd())
    typed = {"poetry-version": poetry_version, "python-version": python_version}
    lock = _lock(project)
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
    name="size",
    help={"svg": "a file for a picture of it, a treemap", "json": "for a script"},
)
def size_(c: Context, svg: Any = None, json: bool = False) -> None:
    """Show what each layer and each distribution of the production image weighs."""
    picture = _picture(svg)
    workflow = _workflow(c)
    weight = workflow.weigh()
    if weight is None:
        return
    if picture:
        picture.write_text(weight_svg(weight), encoding="utf-8")
        terminal.say(f"written: {request.shown(picture)}")
    print(weight_json(weight) if json else weight_table(weight))


def _picture(typed: str | None) -> Path | None:
    """Return the file for a picture; raise `UsageError` where none can be written."""
    if typed is None:
        return None
    path = Path.cwd() / typed
    if path.is_dir() or not path.parent.is_dir():
        reason = "is a folder" if path.is_dir() else "is in a folder that is not there"
        raise UsageError(f"--svg {typed} {reason}", f"{door()} size --svg size.svg")
    return path


@task(help={"output": "a file to write it into, in place of printing it"})
def sbom(c: Context, output: Any = None) -> None:
    """Write the bill of materials of production: CycloneDX, from the lock."""
    # Only this task wants the library that the bill is written with.
    from shanty.sbom.production import write_bill  # noqa: PLC0415

    write_bill(_workflow(c), output)


@task()
def ps(c: Context) -> None:
    """List this project's containers and images."""
    project = find_project(Path.cwd())
    images = [found for found in engine.images(project) if not found.is_superseded]
    services = service_containers(project)
    own = own_containers(project, services)
    for found in (*own, *(one.found for one in services), *images):
        print(f"{found.name:40}  {found.kind:7}  {found.state}")


@task(help={"follow": "go on as the log grows"})
def logs(c: Context, follow: bool = False) -> None:
    """Show the log of this project's newest container."""
    found = engine.containers(find_project(Path.cwd()))
    if not found:
        raise RunError("this project has no container", f"{door()} dev --detach")
    asked = request.logs(found[0].name, follow=follow)
    terminal.announce(asked, dry=c.config.run.dry)
    if not c.config.run.dry:
        _exit(terminal.execute(asked))


@task()
def stop(c: Context) -> None:
    """Stop this project's containers and take its services down; what they keep stays."""
    project = find_project(Path.cwd())
    services = service_containers(project)
    names = [found.name for found in own_containers(project, services, running=True)]
    _change(c, [request.stop(names)] if names else [])
    _change(c, taken_down(services))
    if not c.config.run.dry:
        names += [one.name for one in services]
        print(f"stopped: {', '.join(names) or 'nothing was running'}")


@task(
    help={
        "images": "all images, not only those that a later build has superseded",
        "volumes": "what the project's services keep, too",
    }
)
def clean(c: Context, images: bool = False, volumes: bool = False) -> None:
    """Remove this project's containers, services and superseded images, or all of its images."""
    project = find_project(Path.cwd())
    services = service_containers(project)
    names = [found.name for found in own_containers(project, services)]
    kept = kept_volumes(project, services) if volumes else {}
    found_images = engine.images(project)
    tags = [found.name for found in found_images if images or found.is_superseded]
    _change(c, [request.remove_containers(names)] if names else [])
    _change(c, taken_down(services, kept))
    _change(c, [request.remove_images(tags)] if tags else [])
    if not c.config.run.dry:
        names += [one.name for one in services]
        names += [name for found in kept.values() for name in found]
        print(f"removed: {', '.join((*names, *tags)) or 'nothing was left'}")


@task(help={"yes": "do not ask"})
def setup(c: Context, yes: bool = False) -> None:
    """Make sure an engine, buildx and a Python base image are there."""
    plan = Setup(
        say=print, confirm=lambda question: yes or _confirm(question), dry=c.config.run.dry
    )
    ensure_engine(plan)
    project = find_project(Path.cwd())
    if find_compose_file(project):
        ensure_compose(plan)
    given = Given(project, _lock(project), os.environ, {})
    base_image, python_version = (
        str(resolve_one(key, given).value) for key in ("base-image", "python-version")
    )
    ensure_base_image(plan, base_image, python_version, carried_python(given))


@task(
    iterable=["force"],
    help={
        "force": "a file to overwrite, its difference shown first; may be repeated",
        "editor": "an editor whose debugger is to attach: vscode",
        "devcontainer": "have editors work inside the development image",
    },
)
def init(c: Context, force: Any = None, editor: Any = None, devcontainer: bool = False) -> None:
    """Give the project its Docker files, tasks.py, noxfile.py and [tool.shanty] to own."""
    if not force and {"--force", "-f"} & set(sys.argv):
        raise UsageError("--force names no file", f"{door()} init --force FILE")
    scaffold = read_scaffold(_workflow(c), editor, devcontainer=devcontainer)
    write_scaffold(scaffold, force, dry=bool(c.config.run.dry))


@task(help={"json": "for a script"})
def config(c: Context, json: bool = False) -> None:
    """Show each setting, its value, and where it came from."""
    project = find_project(Path.cwd())
    rows = resolve(Given(project, _lock(project), os.environ, {})).rows()
    if json:
        import json as json_module  # noqa: PLC0415 - the option has its name

        print(json_module.dumps({key: {"value": v, "source": s} for key, v, s in rows}, indent=2))
        return
    for key, value, source in rows:
        text = " ".join(value) if isinstance(value, tuple) else value
        text = str(value).lower() if isinstance(value, bool) else text
        print(f"{key:22}  {text if text not in {None, ''} else '—'!s:32}  {source}")


def _workflow(c: Context, **typed: str | None) -> Workflow:
    project = find_project(Path.cwd())
    workflow = Workflow(Given(project, _lock(project), os.environ, typed), bool(c.config.run.dry))
    # What is configured wrong is said before anything is done.
    _ = workflow.settings
    return workflow


def _lock(project: Project) -> Lock | None:
    return read_lock(project) if project.lock_file.is_file() else None


def _container(
    workflow: Workflow, env: list[str], env_file: str | None, **options: Any
) -> ContainerOptions:
    for entry in env:
        key, _, value = entry.partition("=")
        if not key.strip():
            # The value may be a secret.
            shown = f"{key}=…" if value else entry
            raise UsageError(f"--env {shown!r} names no variable", "write --env KEY=VALUE")
        if "=" not in entry and entry not in os.environ:
            raise UsageError(f"--env {entry}: {entry} is not set here", f"--env {entry}=VALUE")
    path = environment_file(workflow.project, env_file, workflow.settings.env_file)
    tty = terminal.is_terminal() and not options.get("detach")
    bundle = ca_bundle(os.environ)
    return ContainerOptions(env=tuple(env), env_file=path, tty=tty, ca=bundle, **options)


def _services(workflow: Workflow, options: ContainerOptions) -> Services | None:
    """Return the services of the project's Compose file, `None` where it has none."""
    file = find_compose_file(workflow.project, options.env_file)
    return read_services(workflow.project, file, dry=workflow.dry) if file else None


def _joined(workflow: Workflow, options: ContainerOptions) -> ContainerOptions:
    """Return the options of a container that joins the services, where they are up."""
    try:
        return replace(options, networks=joined_networks(workflow.project))
    except MachineError:
        if not workflow.dry:
            raise
        return options


def _workers(typed: str | None) -> int | None:
    if typed is None:
        return None
    if not typed.isdecimal() or int(typed) == 0:
        raise UsageError(f"--workers {typed!r} is no number of workers", "give 1 or more")
    return int(typed)


def _remainder() -> tuple[str, ...]:
    """Return the words after `--` as they were typed: Invoke joins them and loses their quotes."""
    return tuple(sys.argv[sys.argv.index("--") + 1 :]) if "--" in sys.argv else ()


def _change(c: Context, requests: list[request.Request]) -> None:
    for asked in requests:
        terminal.announce(asked, dry=c.config.run.dry)
        if not c.config.run.dry and terminal.execute_quietly(asked):
            raise RunError(f"{asked.line} failed", f"{door()} ps")


def _confirm(question: str) -> bool:
    if not terminal.is_terminal():
        return False
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _exit(code: int) -> None:
    if code:
        raise Exit(code=code)


ns = Collection(
    *(build, dev, prod, verify, sbom, size_, shell, run, python, run_tests),
    *(add, remove, update, lock),
    *(sync_, ps, logs, stop, clean, setup, init, config),
)
