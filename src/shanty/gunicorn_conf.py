"""The project's own `gunicorn.conf.py`, read without running it."""

import ast
import sys

from packaging.version import Version

from shanty.errors import UsageError
from shanty.project import Project
from shanty.search.parts import FAULTS


def check_gunicorn_conf(project: Project, python_version: str) -> None:
    """Raise `UsageError` for `daemon = True`: gunicorn leaves, and the container ends with it.

    Raises it for what is no Python too, unless the image's is newer than this one and may read it.
    """
    file = project.root / "gunicorn.conf.py"
    if not file.is_file():
        return
    try:
        tree = ast.parse(file.read_bytes())
    except FAULTS as error:
        if Version(python_version).release[:2] > sys.version_info[:2]:
            return
        raise UsageError(
            f"{file} is no Python: {error}", "mend it: gunicorn reads it at its start"
        ) from error
    line, value = _last(tree, "daemon")
    if value:
        raise UsageError(
            f"{file}:{line}: daemon = {value!r} sends gunicorn to the background, and a container "
            "ends with its first process",
            "set daemon = False: the container is in the background itself",
        )


def _last(tree: ast.Module, name: str) -> tuple[int, object]:
    """Return the line that binds a name at last, and its value where that is a constant."""
    found: tuple[int, object] = (0, None)
    for node in tree.body:
        match node:
            case ast.Assign(targets=targets, value=value):
                names = [one.id for one in targets if isinstance(one, ast.Name)]
            case ast.AnnAssign(target=ast.Name(id=one), value=value):
                names = [one]
            case _:
                continue
        if name in names:
            found = node.lineno, value.value if isinstance(value, ast.Constant) else None
    return found
