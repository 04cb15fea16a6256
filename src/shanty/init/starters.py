"""What a project is given besides its Docker files: `tasks.py`, a `noxfile.py` and a test."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from shanty.context import Context
from shanty.init.owned_file import OwnedFile
from shanty.settings import Settings

STARTER = Path(__file__).parent / "starter"
# Where tests stand, in whatever form a project has them.
TESTS = (
    "test",
    "tests",
    "test_*.py",
    "*_test.py",
    "*/test",
    "*/tests",
    "*/tests.py",
    "*/test_*.py",
)


def starters(context: Context, home: Path, settings: Settings) -> list[OwnedFile]:
    """Return the files: those for commands in `home`, a test where the project has none."""
    root = context.project.root
    files = [
        OwnedFile(home / "tasks.py", _starter("tasks.py"), home),
        OwnedFile(home / "noxfile.py", _noxfile(context, home, settings), home),
    ]
    if settings.app and not has_tests(root):
        module = settings.app.partition(":")[0].partition(".")[0]
        text = _with_constants(_starter("test_app.py"), {"MODULE": json.dumps(module)})
        files.append(OwnedFile(root / "tests" / "test_app.py", text, root))
    return files


def has_tests(root: Path) -> bool:
    """Tell whether a project has tests of its own, in a src layout or any other."""
    folders = (root, root / "src")
    return any(True for folder in folders for one in TESTS for _ in folder.glob(one))


def _noxfile(context: Context, home: Path, settings: Settings) -> str:
    env_file = settings.env_file and os.path.relpath(context.project.root / settings.env_file, home)
    options = f'("--env-file", {json.dumps(env_file)})' if env_file else "()"
    constants = {
        "IMAGE": json.dumps(settings.image),
        "CONTEXT": json.dumps(os.path.relpath(context.root, home)),
        "PAGE": json.dumps(settings.health_path or "/"),
        "OPTIONS: tuple[str, ...]": options,
    }
    return _with_constants(_starter("noxfile.py"), constants)


def _starter(name: str) -> str:
    return (STARTER / name).read_text(encoding="utf-8")


def _with_constants(text: str, constants: Mapping[str, str]) -> str:
    """Return a module whose constants have these values."""
    for name, value in constants.items():
        line = f"{name} = {value}"
        pattern = re.compile(rf"^{re.escape(name)} = .*$", re.MULTILINE)
        text = pattern.sub(line.replace("\\", r"\\"), text)
    return text
