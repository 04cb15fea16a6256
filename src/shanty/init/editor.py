"""What an editor is told: how to attach its debugger, and how to work inside the image."""

import json
import os
from pathlib import Path

from shanty.context import Context
from shanty.debugger import LOOPBACK, PORT
from shanty.errors import UsageError
from shanty.init.owned_file import OwnedFile
from shanty.settings import Settings

EDITORS = ("vscode",)
EXTENSIONS = ("ms-python.python", "ms-python.debugpy")
INTERPRETER = "/opt/venv/bin/python"
# The one that docker/Dockerfile gives development.
USER = "developer"


def check_editor(typed: str | None) -> None:
    """Raise `UsageError` for an editor that nothing is written for."""
    if typed is not None and typed not in EDITORS:
        raise UsageError(
            f"--editor {typed!r}: nothing is known of that editor", f"use {', '.join(EDITORS)}"
        )


def launch_file(context: Context, home: Path) -> OwnedFile:
    """Return the file by which VS Code attaches to `dev --debug`."""
    configuration = {
        "name": "invoke dev --debug",
        "type": "debugpy",
        "request": "attach",
        "connect": {"host": LOOPBACK, "port": PORT},
        "pathMappings": [
            {"localRoot": _below("${workspaceFolder}", source, home), "remoteRoot": target}
            for source, target in _places(context)
            if not source.is_file()
        ],
        "justMyCode": True,
    }
    text = _text({"version": "0.2.0", "configurations": [configuration]})
    return OwnedFile(home / ".vscode" / "launch.json", text, home)


def devcontainer_file(context: Context, home: Path, settings: Settings) -> OwnedFile:
    """Return the file by which an editor works inside development, where the project lies in it."""
    folder = home / ".devcontainer"
    mounts = [
        f"source={_below('${localWorkspaceFolder}', source, home)},target={target},type=bind"
        for source, target in _places(context)
    ]
    description = {
        "name": settings.image,
        "build": {
            "dockerfile": "../docker/Dockerfile",
            "context": os.path.relpath(context.root, folder),
            "target": "development",
        },
        "workspaceMount": mounts[0],
        "workspaceFolder": context.app_dir,
        "mounts": mounts[1:],
        "remoteUser": USER,
        "updateRemoteUserUID": True,
        "forwardPorts": [settings.port, PORT],
        "customizations": {
            "vscode": {
                "extensions": list(EXTENSIONS),
                "settings": {"python.defaultInterpreterPath": INTERPRETER},
            }
        },
    }
    return OwnedFile(folder / "devcontainer.json", _text(description), home)


def _places(context: Context) -> list[tuple[Path, str]]:
    """Return where the project and what it depends on by path lie, here and in the image."""
    beside = [(context.root / path, context.inside(path)) for path in context.path_dependencies]
    return [(context.project.root, context.app_dir), *beside]


def _below(variable: str, path: Path, home: Path) -> str:
    """Return a path as an editor that has `home` open names it."""
    relative = Path(os.path.relpath(path, home)).as_posix()
    return variable if relative == "." else f"{variable}/{relative}"


def _text(description: object) -> str:
    return json.dumps(description, indent=2, ensure_ascii=False) + "\n"
