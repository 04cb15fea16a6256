"""Faults of names: what has the name that a container or an image is to have."""

from collections.abc import Iterator

from tests.engine.support import docker
from tests.faults.conftest import BASE, another_checkout
from tests.faults.fault import SERVE, fault, nothing, with_option
from tests.faults.place import Place


@fault(
    "a stranger's container with our name",
    "prod --detach",
    code=3,
    cause="the container fault-\\S+ is none of Shanty's",
    mend=with_option,
    afterwards=True,
    bare=SERVE,
)
def container_of_a_stranger(place: Place) -> Iterator[None]:
    """Have a container that ended under the name that the server's will have."""
    name = f"{place.image}-prod-{place.port}"
    docker("run", "--name", name, BASE, "true")
    yield
    assert docker("ps", "--all", "--quiet", "--filter", f"name=^/{name}$").stdout
    docker("rm", name)


@fault(
    "two projects of one name, one port",
    "prod --detach",
    code=3,
    cause=r"port \d+ is taken by the container fault-\S+-prod-\d+",
    mend=with_option,
    bare=SERVE,
)
def two_projects_of_one_name(place: Place) -> Iterator[None]:
    """Serve another checkout of the project, whose server goes on through it all."""
    with another_checkout(place) as other:
        assert other.shanty("prod", "--detach").code == 0
        yield
        assert other.shanty("ps").stdout.count("prod     healthy") == 1
        assert other.shanty("stop").code == 0


@fault(
    "an image that went to another project of that name",
    "prod --detach",
    code=0,
    cause="",
    mend=nothing,
    seconds=10,
)
def image_of_another_project(place: Place) -> Iterator[None]:
    """Build another checkout under the same name: it is built anew, and that is served."""
    with another_checkout(place) as other:
        assert place.shanty("build").code == 0
        assert other.shanty("build").code == 0
        yield
