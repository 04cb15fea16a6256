"""The files besides the Docker files: what they say of the project they are for."""

import ast
import runpy
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from shanty.context import Context, read_context
from shanty.init.owned_file import OwnedFile
from shanty.init.starters import has_tests, starters
from shanty.project import Project
from shanty.settings import Given, Settings, resolve
from tests.fakes import write_project

MakeProject = Callable[..., Project]
ROOT = Path(__file__).parents[1]


@pytest.fixture
def context(make_project: MakeProject) -> Context:
    """Return the context of a project with an app in a src layout."""
    return read_context(write_project(make_project), None)


def settings(context: Context, **given: str) -> Settings:
    """Return the settings of a project, some of them given."""
    typed = {"poetry-version": "2.5.1", **{key.replace("_", "-"): given[key] for key in given}}
    return resolve(Given(context.project, None, {}, typed)).settings


def written(context: Context, home: Path, **given: str) -> Mapping[str, OwnedFile]:
    """Return the files by their paths below the project's workspace, or outside of it."""
    files = starters(context, home, settings(context, **given))
    return {one.path.relative_to(context.project.root.parent).as_posix(): one for one in files}


def constants(noxfile: str) -> dict[str, object]:
    """Return the constants of a module."""
    found: dict[str, object] = {}
    for node in ast.parse(noxfile).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found[ast.unparse(target)] = ast.literal_eval(node.value)
    return found


def test_a_project_gets_its_tasks_its_checks_and_a_test(context: Context) -> None:
    files = written(context, context.project.root)
    assert list(files) == ["harbour/tasks.py", "harbour/noxfile.py", "harbour/tests/test_app.py"]
    assert files["harbour/tasks.py"].text == (ROOT / "tasks.py").read_text(encoding="utf-8")


def test_the_checks_build_and_ask_as_the_project_is_set(context: Context) -> None:
    files = written(context, context.project.root)
    assert constants(files["harbour/noxfile.py"].text) == {
        "IMAGE": "harbour",
        "CONTEXT": ".",
        "DOCKERFILE": "docker/Dockerfile",
        "PAGE": "/",
        "OPTIONS": (),
        "SECONDS": 60,
    }
    given = {"health_path": "/health", "env_file": "own.env", "image": "port/harbour"}
    wider = replace(context, root=context.project.root.parent, project_dir="harbour")
    files = written(wider, context.project.root, **given)
    found = constants(files["harbour/noxfile.py"].text)
    assert (found["IMAGE"], found["CONTEXT"]) == ("port/harbour", "..")
    assert (found["PAGE"], found["OPTIONS"]) == ("/health", ("--env-file", "own.env"))


def test_the_checks_can_be_run_by_a_nox_that_stands_alone(context: Context) -> None:
    text = written(context, context.project.root)["harbour/noxfile.py"].text
    assert text.startswith('# /// script\n# dependencies = ["nox"]\n# ///\n"""')
    assert text.endswith('if __name__ == "__main__":\n    nox.main()\n')


def test_the_test_is_true_where_the_app_can_be_imported_from(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = written(context, context.project.root)["harbour/tests/test_app.py"].text
    file = context.project.root / "test_app.py"
    file.write_text(text, encoding="utf-8")
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(file)]
    done = subprocess.run(line, cwd=context.project.root, check=False, capture_output=True)
    assert done.returncode == 1
    monkeypatch.syspath_prepend(context.project.root / "src")
    runpy.run_path(str(file))["test_the_app_is_where_the_server_looks_for_it"]()


def test_what_starts_by_a_command_of_its_own_gets_no_test(context: Context) -> None:
    files = starters(context, context.root, replace(settings(context), app=""))
    assert [one.path.name for one in files] == ["tasks.py", "noxfile.py"]


@pytest.mark.parametrize(
    "name", ["test_x.py", "tests/x.txt", "harbour/tests.py", "src/harbour/tests/x.py", "test/x"]
)
def test_a_project_that_has_tests_is_known(make_project: MakeProject, name: str) -> None:
    assert not has_tests(make_project().root)
    assert has_tests(make_project({name: ""}).root)
