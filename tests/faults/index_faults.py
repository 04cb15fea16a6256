"""Faults of the package index."""

import random
import re
from collections.abc import Iterator

from tests.faults.fault import by_hand, fault
from tests.faults.place import Place

NOBODY_THERE = "http://127.0.0.1:9/simple/"


@fault(
    "index down during the build",
    "build",
    code=1,
    cause=r"production failed: the package index http://127\.0\.0\.1:9 does not answer: .*refused",
    mend=by_hand("containers reach it", lambda place: place.unset("PIP_INDEX_URL")),
    afterwards=True,
)
def index_down(place: Place) -> Iterator[None]:
    """Ask an index that does not answer for a dependency layer that no build has had."""
    text = place.lock.read_text(encoding="utf-8")
    files = re.findall(r"^    \{file = \"sqlalchemy-.*-win.*\n", text, re.MULTILINE)
    for line in random.sample(files, len(files) // 2):
        text = text.replace(line, "")
    place.lock.write_text(text, encoding="utf-8")
    place.environment["PIP_INDEX_URL"] = NOBODY_THERE
    yield
