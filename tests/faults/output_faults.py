"""Faults of what is said: bytes that are no text, from a build and from an app."""

from collections.abc import Iterator

from tests.faults.app_faults import coded, uncoded
from tests.faults.fault import SERVE, by_hand, fault
from tests.faults.place import Place
from tests.faults.tree_faults import BUILT_SECONDS, PASSES

STEP = r"RUN printf 'caf\351 \377\n' >&2"
STAGE = "FROM shipped-${SHIP} AS production\n"
PRINTED = 'import sys\n\nsys.stdout.buffer.write(b"caf\\xe9 \\xff\\n")\nsys.stdout.flush()'
RAISED = f'{PRINTED}\nraise RuntimeError("no caf\\udce9")'


def _with_step(place: Place, step: str) -> None:
    assert place.shanty("init").code == 0
    place.write("docker/Dockerfile", STAGE, f"{STAGE}{step}\n")


@fault(
    "build that says bytes",
    "build",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
)
def build_that_says_bytes(place: Place) -> Iterator[None]:
    """Print what is no UTF-8 in a step of a build."""
    _with_step(place, STEP)
    yield


@fault(
    "build that says bytes and fails",
    "build",
    code=1,
    cause="the build of production failed",
    afterwards=True,
    mend=by_hand(
        r"last step above", lambda place: place.write("docker/Dockerfile", f"{STEP} && false\n", "")
    ),
)
def build_that_says_bytes_and_fails(place: Place) -> Iterator[None]:
    """Print what is no UTF-8 in a step that fails."""
    _with_step(place, f"{STEP} && false")
    yield


@fault(
    "app that says bytes",
    "prod --detach",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
    bare=SERVE,
)
def app_that_says_bytes(place: Place) -> Iterator[None]:
    """Print what is no UTF-8 when the app starts."""
    coded(place, PRINTED)
    yield


@fault(
    "app that says bytes and fails",
    "prod --detach",
    code=1,
    cause=r"RuntimeError: no caf",
    afterwards=True,
    mend=by_hand(r"log names above", uncoded(RAISED)),
    bare=SERVE,
)
def app_that_says_bytes_and_fails(place: Place) -> Iterator[None]:
    """Print what is no UTF-8, and raise an error with half of a character in it."""
    coded(place, RAISED)
    yield
