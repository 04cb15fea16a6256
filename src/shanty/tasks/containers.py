"""The tasks about what there is of a project in the engine."""

from pathlib import Path
from typing import TYPE_CHECKING

from invoke.context import Context

from shanty.tasks.task import leave, task

if TYPE_CHECKING:
    from shanty.request import Request


@task()
def ps(c: Context) -> None:
    """List this project's containers and images."""
    from shanty import engine
    from shanty.project import find_project
    from shanty.services.running import own_containers, service_containers

    project = find_project(Path.cwd())
    images = [found for found in engine.images(project) if not found.is_superseded]
    services = service_containers(project)
    own = own_containers(project, services)
    for found in (*own, *(one.found for one in services), *images):
        print(f"{found.name:40}  {found.kind:7}  {found.state}")


@task(help={"follow": "go on as the log grows"})
def logs(c: Context, follow: bool = False) -> None:
    """Show the log of this project's newest container."""
    from shanty import engine, request, terminal
    from shanty.door import door
    from shanty.errors import RunError
    from shanty.project import find_project

    found = engine.containers(find_project(Path.cwd()))
    if not found:
        raise RunError("this project has no container", f"{door()} dev --detach")
    asked = request.logs(found[0].name, follow=follow)
    terminal.announce(asked, dry=c.config.run.dry)
    if not c.config.run.dry:
        leave(terminal.execute(asked))


@task()
def stop(c: Context) -> None:
    """Stop this project's containers and take its services down; what they keep stays."""
    from shanty import request
    from shanty.project import find_project
    from shanty.services.running import own_containers, service_containers
    from shanty.services.stop import taken_down

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
    import shutil

    from shanty import engine, request
    from shanty.ignore_file import project_cache
    from shanty.project import find_project
    from shanty.services.running import own_containers, service_containers
    from shanty.services.stop import kept_volumes, taken_down

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
        if images:
            shutil.rmtree(project_cache(project), ignore_errors=True)
        names += [one.name for one in services]
        names += [name for found in kept.values() for name in found]
        print(f"removed: {', '.join((*names, *tags)) or 'nothing was left'}")


def _change(c: Context, requests: "list[Request]") -> None:
    from shanty import terminal
    from shanty.door import door
    from shanty.errors import RunError

    for asked in requests:
        terminal.announce(asked, dry=c.config.run.dry)
        if not c.config.run.dry and terminal.execute_quietly(asked):
            raise RunError(f"{asked.line} failed", f"{door()} ps")
