"""What has the name that something of this project's is to have."""

from shanty import engine, request, terminal
from shanty.door import door
from shanty.errors import MachineError
from shanty.port import free_near
from shanty.project import Project

# A container that is being started by another command is so for less than this.
START_SECONDS = 60


def make_room(name: str, port: int, project: Project) -> None:
    """Remove this project's container of a name where it has ended.

    Raises `MachineError` where it runs or is being started, and where it is somebody else's: that
    one is left alone.
    """
    found = engine.named(name)
    if found is None:
        return
    if found.project != project.id:
        whose = "of another project of that name" if found.project else "none of Shanty's"
        raise MachineError(
            f"the container {name} is {whose}", f"choose another port: --port {free_near(port)}"
        )
    if found.status in {"exited", "dead"} or (
        found.status == "created" and found.age > START_SECONDS
    ):
        terminal.execute_quietly(request.remove_containers([name]))
        return
    how = "is being started" if found.status == "created" else "is running"
    raise MachineError(f"the container {name} {how}", f"{door()} stop")


def check_image(tag: str, project: Project) -> None:
    """Raise `MachineError` where a tag has gone to the image of another project of that name."""
    found = engine.find_image(tag)
    owner = found.labels.get("shanty.project", project.id) if found else project.id
    if owner != project.id:
        image = tag.rpartition(":")[0]
        raise MachineError(
            f"{tag} is by now the image of another project, which is called {image} too",
            f"give one of them another name: export SHANTY_IMAGE={image}-{project.id[:4]}",
        )
