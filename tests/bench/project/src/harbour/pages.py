"""The pages: one that answers at once, one that computes and one that waits."""

import time

from flask import Blueprint

# The line that is edited.
MARK = "none"

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
def index() -> str:
    """Answer at once."""
    return MARK


@blueprint.get("/compute")
def compute() -> str:
    """Keep a processor busy for some 30 ms."""
    return str(sum(number * number for number in range(600_000)))


@blueprint.get("/wait")
def wait() -> str:
    """Wait for 50 ms, as for a database."""
    time.sleep(0.05)
    return "waited"
