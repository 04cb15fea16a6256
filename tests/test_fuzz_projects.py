"""Whatever a project holds, it gives a result or one of our errors, never another exception."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from shanty import sync
from shanty.dependencies.lock import Lock, content_hash, read_lock
from shanty.errors import ShantyError, UsageError
from shanty.init.scaffold import read_scaffold, write_scaffold
from shanty.pin import read_pin
from shanty.project import Project, find_project
from shanty.pyproject import read_toml
from shanty.search.application import find_application
from shanty.settings import Given
from shanty.system_fault import system_fault
from shanty.workflow import Workflow
from tests.damage import NAMES, PROJECTS, with_bytes, with_files, with_values
from tests.fuzzing import examples

LOG = "KeyError: 'HARBOUR'\nModuleNotFoundError: No module named 'harbour'\n"


@pytest.fixture(scope="module", autouse=True)
def no_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave git alone on the PATH: what asks an engine is told that there is none."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "git").symlink_to(shutil.which("git") or "git")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(folder))
        patch.setenv("HOME", str(folder))
        yield


def ask(question: Callable[[], object]) -> str:
    """Ask, and return how it was answered: with a result, or with one of our errors."""
    try:
        question()
    except ShantyError as error:
        fault = error
    except OSError as error:
        # The tasks say this in their own words.
        fault = system_fault(error)
    else:
        return "result"
    assert fault.what
    assert fault.fix
    return type(fault).__name__


def probe(root: Path) -> None:
    """Ask all that the tasks ask of a project."""
    found: list[Project] = []
    answer = ask(lambda: found.append(find_project(root)))
    event(f"project: {answer}")
    for project in found:
        ask(lambda: find_application(project))  # noqa: B023 - asked at once
        locks: list[Lock | None] = []
        ask(lambda: locks.append(read_lock(project)))  # noqa: B023
        for lock in locks or [None]:
            workflow = Workflow(Given(project, lock, {}, {}), dry=True)
            for name, question in questions(workflow).items():
                event(f"{name}: {ask(question)}")


def questions(workflow: Workflow) -> dict[str, Callable[[], object]]:
    """Return what is asked of a project that there is, by the task that asks it."""
    given, project = workflow.given, workflow.project
    return {
        "config": lambda: workflow.resolved,
        "recipe": lambda: workflow.recipe(workflow.resolved),
        "production": lambda: workflow.build("production"),
        "development": lambda: workflow.build("development"),
        "explain": lambda: workflow.explain(LOG),
        "init": lambda: write_scaffold(
            read_scaffold(workflow, "vscode", devcontainer=True), (), dry=True
        ),
        "pin": lambda: read_pin(given, "3.13", dry=True).kept(),
        "sync": lambda: sync.differences(project, "2.5.1", "3.13", "python:3.13-slim"),
    }


def freshen(root: Path) -> None:
    """Write the lock's hash anew, or whatever has changed would end all questions at once."""
    with suppress(UsageError, OSError, ValueError, LookupError, TypeError):
        values = read_toml(root / "pyproject.toml")
        lock = root / "poetry.lock"
        text = lock.read_text(encoding="utf-8")
        old = read_toml(lock)["metadata"]["content-hash"]
        lock.write_text(text.replace(old, content_hash(values)), encoding="utf-8")


def try_damaged(
    data: st.DataObject, name: str, damage: Callable[..., st.SearchStrategy[None]]
) -> None:
    """Damage a project once or twice, and ask all of it."""
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve() / name
        shutil.copytree(PROJECTS / name, root, symlinks=True)
        data.draw(damage(root))
        freshen(root)
        probe(root)


@examples(80, times=40)
@given(st.data(), st.sampled_from(NAMES))
def test_any_value_of_another_kind_is_a_result_or_an_error_of_ours(
    data: st.DataObject, name: str
) -> None:
    try_damaged(data, name, with_values)


@examples(60, times=40)
@given(st.data(), st.sampled_from(NAMES))
def test_any_bytes_are_a_result_or_an_error_of_ours(data: st.DataObject, name: str) -> None:
    try_damaged(data, name, with_bytes)


@examples(60, times=40)
@given(st.data(), st.sampled_from(NAMES))
def test_any_tree_is_a_result_or_an_error_of_ours(data: st.DataObject, name: str) -> None:
    try_damaged(data, name, with_files)
