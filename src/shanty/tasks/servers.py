"""The tasks that serve: development and production."""

from typing import Any

from invoke.context import Context

from shanty.tasks.task import ENV, SERVER, SERVICES, leave, task


@task(
    builds=True,
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
    from shanty.debugger import debug_port as checked_port
    from shanty.development import Development
    from shanty.tasks.options import container_options, services_of
    from shanty.tasks.reading import read_workflow

    workflow = read_workflow(c, port=port)
    attach = None
    if debug or debug_port is not None:
        attach = checked_port(workflow.project, debug_port, dry=workflow.dry)
    options = container_options(
        workflow, env, env_file, host=host, detach=detach, debug_port=attach
    )
    found = services_of(workflow, options) if services else None
    leave(Development(workflow, found).serve(options), server=True)


@task(
    builds=True,
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
    from shanty.limits import parse_cpus, parse_memory, parse_workers
    from shanty.production import Production
    from shanty.tasks.options import container_options, services_of
    from shanty.tasks.reading import read_workflow

    workflow = read_workflow(c, port=port)
    options = container_options(
        workflow,
        env,
        env_file,
        host=host,
        detach=detach,
        writable=writable,
        workers=parse_workers(workers) if workers is not None else None,
        memory=parse_memory(memory) if memory is not None else None,
        cpus=parse_cpus(cpus) if cpus is not None else None,
    )
    found = services_of(workflow, options) if with_services else None
    leave(Production(workflow, found).serve(options), server=True)
