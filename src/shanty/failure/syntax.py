"""The line of source that Python cannot read."""

import re

from shanty.failure.case import Case, Diagnosis
from shanty.failure.raised import Raised

KINDS = {"SyntaxError", "IndentationError", "TabError"}
PLACE = re.compile(r'File "(?P<path>[^"]+)", line (?P<line>\d+)$', re.MULTILINE)
INSTALLED = "/site-packages/"


def unread_source(raised: Raised, case: Case) -> Diagnosis | None:
    """Explain a file of the project's that does not parse, by its path here and the line."""
    places = list(PLACE.finditer(raised.frames))
    if raised.name not in KINDS or not places:
        return None
    path, line = places[-1]["path"], places[-1]["line"]
    python = case.settings.get("python-version") or "here"
    if own := _own(path, case) if path.endswith(".py") else None:
        return Diagnosis(f"{own}:{line}: {raised.first_said}", f"mend line {line} of {own}")
    if INSTALLED not in path:
        # What an app has read by itself.
        return None
    return Diagnosis(
        f"{path.rpartition(INSTALLED)[2]}:{line} is nothing that Python {python} reads: "
        f"{raised.first_said}",
        "name another python-version under [tool.shanty]",
    )


def _own(path: str, case: Case) -> str | None:
    """Return a path of the container as it is in the project, `None` for one that is not in it."""
    below = path.rpartition(INSTALLED)[2]
    roots = {package.import_root for package in case.project.packages} if below != path else set()
    found = next((root / below for root in roots if (root / below).is_file()), None)
    if found:
        return found.relative_to(case.project.root).as_posix()
    return case.own_path(path)
