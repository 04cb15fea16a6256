"""Faults of registries: out of reach, too many requests, no rights."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.engine.registry import running, unpacked
from tests.engine.support import docker, free_port
from tests.faults.conftest import BASE
from tests.faults.fault import by_hand, fault, nothing, retype
from tests.faults.place import Place

# Nobody listens there.
CLOSED = "127.0.0.1:9"


def stand_on(place: Place, image: str) -> None:
    """Name a base image in the project's settings."""
    settings = "[tool.shanty]\n"
    place.write("pyproject.toml", settings, f'{settings}base-image = "{image}"\n')
    place.environment["BUILD"] = f"--build-arg BASE_IMAGE={image} --build-arg PROJECT_DIR=."


@fault(
    "registry unreachable with the base present",
    "build",
    code=0,
    cause="",
    mend=nothing,
    seconds=60,
)
def registry_unreachable_base_present(place: Place) -> Iterator[None]:
    """Have the base image of a registry that does not answer."""
    image = f"{CLOSED}/{place.image}:3.13"
    docker("tag", BASE, image)
    stand_on(place, image)
    yield
    docker("image", "rm", image)


@fault(
    "registry unreachable and the base absent",
    "build",
    code=3,
    cause=rf"the base image {CLOSED}/\S+ is not here .* pulled: {CLOSED} cannot be reached",
    mend=by_hand(
        rf"^docker pull {CLOSED}", lambda place: docker("tag", BASE, f"{CLOSED}/{place.image}:3.13")
    ),
    afterwards=True,
)
def registry_unreachable_base_absent(place: Place) -> Iterator[None]:
    """Lack the base image of a registry that does not answer."""
    stand_on(place, f"{CLOSED}/{place.image}:3.13")
    yield
    docker("image", "rm", f"{CLOSED}/{place.image}:3.13", code=None)


class Registry(http.server.BaseHTTPRequestHandler):
    """Answers as a registry that gives and takes nothing: 429 to who pulls, 403 to who pushes."""

    def do_GET(self) -> None:
        """Be a registry, and refuse every manifest."""
        if self.path == "/v2/":
            self.refuse(200, "", "")
        else:
            self.refuse(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.")

    def do_HEAD(self) -> None:
        """Refuse manifests to who pulls; have no layer of who pushes."""
        if "/manifests/" in self.path:
            self.refuse(429, "TOOMANYREQUESTS", "You have reached your pull rate limit.")
        else:
            self.refuse(404, "BLOB_UNKNOWN", "blob unknown")

    def do_POST(self) -> None:
        """Take no layer."""
        self.refuse(403, "DENIED", "requested access to the resource is denied")

    def refuse(self, status: int, code: str, message: str) -> None:
        """Answer with an error as registries write it."""
        body = f'{{"errors":[{{"code":"{code}","message":"{message}"}}]}}'.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def refusing_registry() -> Iterator[str]:
    """Yield the address of a registry on the loopback that refuses all."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@fault(
    "rate limited",
    "build",
    code=3,
    cause=r"cannot be pulled: 127\.0\.0\.1:\d+ lets nobody here pull more for now",
    mend=by_hand(
        r"^docker login 127\.0\.0\.1:\d+  # or wait",
        lambda place: docker("tag", BASE, place.words["base"]),
    ),
    afterwards=True,
)
def rate_limited(place: Place) -> Iterator[None]:
    """Ask a registry that has been asked too often."""
    with refusing_registry() as address:
        image = f"{address}/base:3.13"
        place.words["base"] = image
        stand_on(place, image)
        yield
        docker("image", "rm", image, code=None)


@fault(
    "push denied",
    "build --push --tag {registry}/coach-planner:1",
    code=1,
    cause=r"the build of production failed: 127\.0\.0\.1:\d+ takes no \S+/coach-planner:1 from you",
    mend=retype("push to a name of your own$", "build --push --tag {own}/coach-planner:1"),
    afterwards=True,
    bare="docker build $BUILD --push --tag {registry}/coach-planner:1 --file docker/Dockerfile .",
)
def push_denied(place: Place) -> Iterator[None]:
    """Push to a registry that takes nothing from anybody."""
    folder, port = place.temporary.parent, free_port()
    with refusing_registry() as address, running(unpacked(folder), folder, port) as own:
        place.words |= {"registry": address, "own": own}
        yield
