"""`FLASK_APP` as `.flaskenv` gives it, read as Flask reads it."""

import re
from dataclasses import dataclass
from pathlib import Path

from shanty.search.places import Places
from shanty.search.source import Module

FILE = ".flaskenv"
LINE = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?FLASK_APP[ \t]*=[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|([^\s#]*))""",
    re.MULTILINE,
)


@dataclass(frozen=True)
class FlaskApp:
    """A module by its name, its file where the project has it, and what was said to be in it."""

    name: str
    module: Module | None
    callable: str


def flask_app(places: Places) -> FlaskApp | None:
    """Return what `FLASK_APP` names, `None` where it is not set.

    It may be a module or a path, with or without a callable after a colon.
    """
    try:
        text = (places.root / FILE).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    values = [next(filter(None, groups), "") for groups in LINE.findall(text)]
    if not values or not values[-1]:
        return None
    # A colon before a slash is part of a path on Windows.
    place, _, name = re.sub(r":(?![\\/])", "\0", values[-1], count=1).partition("\0")
    module = _at_path(places.root / place) or places.find(place)
    return FlaskApp(module.name if module else place, module, name.strip())


def _at_path(path: Path) -> Module | None:
    """Return the module at a path, imported from the first folder above that is no package."""
    file = next((one for one in (path, path / "__init__.py") if one.is_file()), None)
    if file is None or file.suffix != ".py":
        return None
    path = file.parent if file.name == "__init__.py" else file.with_suffix("")
    root = path.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    return Module(".".join(path.relative_to(root).parts), file, root)
