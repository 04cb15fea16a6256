"""The tasks that serve: development and production."""

from dataclasses import replace
from typing import Any

from invoke.context import Context

from shanty import debugger
from shanty.development import Development
from shanty.errors import UsageError
from shanty.limits import parse_cpus, parse_memory
from shanty.production import Production
from shanty.tasks.task import (
    ENV,
    SERVER,
    SERVICES,
    container_options,
    leave,
    read_workflow,
    services_of,
    task,
)


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
    workflow = read_workflow(c, port=port)
    options = container_options(workflow, env, env_file, host=host, detach=detach)
    if debug or debug_port is not None:
        attach = debugger.debug_port(workflow.project, debug_port, dry=workflow.dry)
        options = replace(options, debug_port=attach)
    found = services_of(workflow, options) if services else None
    leave(Development(workflow, found).serve(options), server=True)


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
    workflow = read_workflow(c, port=port)
    options = container_options(
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
    found = services_of(workflow, options) if with_services else None
    leave(Production(workflow, found).serve(options), server=True)


def _workers(typed: str | None) -> int | None:
    if typed is None:
        return None
    if not typed.isdecimal() or int(typed) == 0:
        raise UsageError(f"--workers {typed!r} is no number of workers", "give 1 or more")
    return int(typed)
