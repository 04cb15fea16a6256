"""A tiny package, quay-rope, in the forms that a project may depend on it in."""

import hashlib
import io
import shutil
import zipfile
from pathlib import Path

from shanty.dependencies.lock import content_hash
from shanty.pyproject import read_toml
from tests.engine.support import edit

PROJECT = Path(__file__).parents[1] / "projects" / "flask_flat"
WHEEL = "quay_rope-1.0-py3-none-any.whl"
PYPROJECT = """\
[project]
name = "quay-rope"
version = "1.0"
requires-python = ">=3.9"

[tool.poetry]
packages = [{ include = "quay_rope.py" }]

[build-system]
requires = ["poetry-core>=2.0.0,<3.0.0"]
build-backend = "poetry.core.masonry.api"
"""


def wheel() -> bytes:
    """Return the package as a wheel."""
    held = io.BytesIO()
    info = "quay_rope-1.0.dist-info"
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("quay_rope.py", 'KNOT = "bowline"\n')
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: quay-rope\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return held.getvalue()


def write_source(folder: Path) -> None:
    """Write the package as a Poetry project."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (folder / "quay_rope.py").write_text('KNOT = "bowline"\n', encoding="utf-8")


def locked_file(content: bytes) -> str:
    """Return what the lock says of the wheel."""
    digest = hashlib.sha256(content).hexdigest()
    return f'files = [\n    {{file = "{WHEEL}", hash = "sha256:{digest}"}},\n]\n'


def depending(folder: Path, declared: str, locked: str, more: str = "") -> Path:
    """Write a Flask app that imports the package, locked as Poetry locks it; return its folder.

    `declared` is the value of the dependency, `locked` what the lock's package has besides the
    usual, `more` the end of `pyproject.toml`.
    """
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    module = folder / "flask_flat/__init__.py"
    edit(module, "from flask import", "from quay_rope import KNOT\nfrom flask import")
    edit(module, '"hello from', 'f"{KNOT} says hello from')
    pyproject = folder / "pyproject.toml"
    edit(pyproject, "dependencies = [\n", 'dependencies = [\n    "quay-rope",\n')
    with pyproject.open("a", encoding="utf-8") as file:
        file.write(f"\n[tool.poetry.dependencies]\nquay-rope = {declared}\n{more}")
    package = (
        '[[package]]\nname = "quay-rope"\nversion = "1.0"\ndescription = ""\noptional = false\n'
        f'python-versions = "*"\ngroups = ["main"]\n{locked}\n[metadata]\n'
    )
    before = content_hash(read_toml(PROJECT / "pyproject.toml"))
    edit(folder / "poetry.lock", "[metadata]\n", package)
    edit(folder / "poetry.lock", before, content_hash(read_toml(pyproject)))
    return folder
