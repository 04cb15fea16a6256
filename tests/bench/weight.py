"""How many bytes an image adds to its base."""

from tests.bench.ledger import Ledger
from tests.bench.preparation import Prepared
from tests.bench.shapes import BARE, SHANTY, Shape


def measure_weight(prepared: Prepared, ledger: Ledger, run: int) -> None:
    """Weigh each shape's production image, and the one with Flask and gunicorn alone."""
    for shape in prepared.shapes.values():
        if shape.name != BARE:
            ledger.add("bytes", shape.name, run, added(shape), "B")
    if prepared.flask:
        ledger.add("bytes of Flask", SHANTY, run, added(prepared.flask), "B")


def added(shape: Shape) -> int:
    """Return what a shape's production image adds to its base."""
    size, base = (
        int(shape.run(["docker", "image", "inspect", "--format", "{{.Size}}", name]).said)
        for name in (shape.image(), shape.versions.base)
    )
    return size - base
