"""The project's own `gunicorn.conf.py`, read without running it."""

import ast

from shanty.errors import UsageError
from shanty.project import Project


def check_gunicorn_conf(project: Project) -> None:
    """Raise `UsageError` for `daemon = True`: gunicorn leaves, and the container ends with it."""
    file = project.root / "gunicorn.conf.py"
    if not file.is_file():
        return
    try:
        tree = ast.parse(file.read_bytes())
    except (SyntaxError, ValueError) as error:
        raise UsageError(
            f"{file} is no Python: {error}", "mend it: gunicorn reads it at its start"
        ) from error
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="daemon")], value=ast.Constant(value=value)):
                if value:
                    raise UsageError(
                        f"{file}:{node.lineno}: daemon = {value!r} sends gunicorn to the "
                        "background, and a container ends with its first process",
                        "set daemon = False: the container is in the background itself",
                    )
            case _:
                pass
