"""What the tests share: a tiny Poetry project, made on disk."""

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings

from shanty.project import Project, find_project
from tests.fakes import write_project
from tests.verifying import Subjects

PYPROJECT = """\
[project]
name = "harbour"
version = "1.0"
requires-python = ">=3.11,<4.0"

[build-system]
requires = ["poetry-core>=2.0"]
build-backend = "poetry.core.masonry.api"
"""
# A slow machine proves nothing, and what is tried should be the same every time.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")

# What is started in the background has Ctrl-C ignored, and under `nohup` a hang-up, and hands that
# on to all it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

NOTHING: Mapping[str, str] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for all that is too much for every change."""
    parser.addoption("--full", action="store_true", help="every project, instant and cycle")


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder for what may be lost: one of the test's own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_system_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what this machine's pip is told out of what a build is told."""
    monkeypatch.setattr("shanty.index_secrets.SYSTEM_FILES", ())


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Project]:
    """Return a function that writes a project below `tmp_path` and reads it back.

    It takes the files by path, and what `pyproject.toml` says when the usual will not do.
    """

    def make(files: Mapping[str, str] = NOTHING, pyproject: str = PYPROJECT) -> Project:
        root = tmp_path / "harbour"
        for name, text in {"pyproject.toml": pyproject, **files}.items():
            file = root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        return find_project(root)

    return make


@pytest.fixture
def make_subject(tmp_path: Path, make_project: Callable[..., Project]) -> Iterator[Subjects]:
    """Return a maker of images to prove, which are the project's of `tests.fakes` unless told."""
    folder = tmp_path / "images"
    folder.mkdir()
    with ExitStack() as stack:
        yield Subjects(folder, write_project(make_project), stack)
