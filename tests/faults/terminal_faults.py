"""Faults of the terminal: there is none, which is no fault at all."""

from collections.abc import Iterator

from tests.faults.fault import fault, nothing
from tests.faults.place import Place

RUN = "docker build $BUILD --target development --tag {image} --file docker/Dockerfile . "


@fault(
    "no TTY: shell",
    "shell",
    code=0,
    cause="",
    mend=nothing,
    afterwards=True,
    bare=RUN + "&& docker run --rm --interactive --tty --entrypoint bash {image}",
)
def shell_without_terminal(place: Place) -> Iterator[None]:
    """Open a shell where nobody sits; it ends with its input."""
    assert place.root
    yield


@fault(
    "no TTY: test",
    "test",
    code=0,
    cause="",
    mend=nothing,
    afterwards=True,
    bare=RUN + "&& docker run --rm --interactive --tty {image} pytest",
)
def tests_without_terminal(place: Place) -> Iterator[None]:
    """Run the tests as CI does."""
    assert place.root
    yield
