"""Faults of ports: who has one, and which nobody can have."""

import http.server
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.engine.support import docker
from tests.faults.fault import SERVE, fault, nothing, retype, with_option
from tests.faults.place import NOBODY, Place

OWN_NAME = re.escape(Path("/proc/self/comm").read_text(encoding="utf-8").strip())


@fault(
    "port taken by a process",
    "prod --detach",
    code=3,
    cause=rf"port \d+ is taken by {OWN_NAME} \(process {os.getpid()}\)",
    mend=with_option,
    bare=SERVE,
)
def port_taken_by_a_process(place: Place) -> Iterator[None]:
    """Listen on the port."""
    address = ("127.0.0.1", place.port)
    with http.server.HTTPServer(address, http.server.BaseHTTPRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@fault(
    "port taken by another container",
    "prod --detach",
    code=3,
    cause=r"port \d+ is taken by the container fault-\S+-other",
    mend=with_option,
    bare=SERVE,
)
def port_taken_by_another_container(place: Place) -> Iterator[None]:
    """Publish the port from a container that is none of the project's."""
    words = ("--publish", f"127.0.0.1:{place.port}:80", "--name", f"{place.image}-other")
    docker("run", "--detach", "--rm", *words, "shanty/python:3.13", "sleep", "60")
    try:
        yield
    finally:
        docker("rm", "--force", f"{place.image}-other")


@fault(
    "port that is no number",
    "prod --detach --port abc",
    code=2,
    cause="--port.*abc",
    mend=retype(r"whole number", "prod --detach"),
    bare=SERVE.replace("{port}", "abc"),
)
def port_that_is_no_number(_place: Place) -> Iterator[None]:
    """Ask for what is typed."""
    yield


@fault(
    "port beyond the last",
    "prod --detach --port 70000",
    code=2,
    cause="--port.*70000",
    mend=retype(r"whole number from 1 to 65535", "prod --detach"),
    bare=SERVE.replace("{port}", "70000"),
)
def port_beyond_the_last(_place: Place) -> Iterator[None]:
    """Ask for what is typed."""
    yield


@fault(
    "privileged port of an engine that is root's",
    "prod --detach --port 1023",
    code=0,
    cause="",
    seconds=15,
    mend=nothing,
    bare=SERVE.replace("{port}", "1023"),
)
def privileged_port(place: Place) -> Iterator[None]:
    """Be a user who may not open it: the engine opens it."""
    place.become(NOBODY, [])
    yield
