"""What the engine tests share: a copy of the sample's workspace, its images, its containers."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.projects import FURTHER, PROJECTS, set_up
from tests.engine.support import CHECKOUT, Workspace, docker

SHARED = ("docker", "examples", "pyproject.toml", "tasks.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the further projects to `--full`; pytest counts them as deselected."""
    if config.getoption("--full"):
        return
    further = [item for item in items if _is_further(item)]
    config.hook.pytest_deselected(items=further)
    items[:] = [item for item in items if item not in further]


def _is_further(item: pytest.Item) -> bool:
    parameters = getattr(item, "callspec", None)
    root = parameters.params.get("root") if parameters else None
    return isinstance(root, Path) and root.name in FURTHER


@pytest.fixture(scope="session", autouse=True)
def engine() -> str:
    """Return the engine's version; without one every test here fails."""
    return docker("version", "--format", "{{.Server.Version}}").stdout


@pytest.fixture(scope="session")
def newest_python(engine: str) -> str:
    """Make sure of the base image of the projects that admit any Python; return the engine's."""
    set_up(PROJECTS / "flask_flat")
    return engine


def copy_workspace(folder: Path) -> Path:
    """Copy what builds the sample, without what a run leaves behind."""
    ignored = shutil.ignore_patterns("__pycache__", ".*_cache", ".venv")
    for name in SHARED:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=ignored)
        else:
            shutil.copy2(source, folder / name)
    return folder


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Return the sample with each target built once; nothing in it is edited."""
    workspace = Workspace(copy_workspace(tmp_path_factory.mktemp("built")), "shanty-tests")
    for target in ("staging", "development", "build", "production"):
        workspace.invoke("build", "--target", target)
    yield workspace
    workspace.invoke("clean", "--images")


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Return a sample of one's own to edit and serve; its containers end with the test."""
    workspace = Workspace(copy_workspace(tmp_path), f"shanty-test-{tmp_path.name.lower()}")
    before = (workspace.sample / "pyproject.toml").read_bytes()
    yield workspace
    (workspace.sample / "pyproject.toml").write_bytes(before)
    workspace.invoke("clean", "--images", code=None)
