"""What an editor is told of a project: where it attaches, and where it works."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shanty.context import Context, read_context
from shanty.errors import UsageError
from shanty.init.editor import check_editor, devcontainer_file, launch_file
from shanty.project import Project
from tests.fakes import write_project
from tests.harbour import SETTINGS


@pytest.fixture
def context(make_project: Callable[..., Project]) -> Context:
    """Return the context of a project with an app."""
    return read_context(write_project(make_project), None)


@pytest.fixture
def wider(context: Context) -> Context:
    """Return the context of a project that depends on a folder and a wheel beside it."""
    root = context.project.root.parent
    (root / "lib").mkdir()
    (root / "one.whl").touch()
    return replace(
        context,
        root=root,
        project_dir="harbour",
        app_dir="/opt/app/harbour",
        path_dependencies=("lib", "one.whl"),
    )


def launched(context: Context, home: Path) -> Any:  # noqa: ANN401
    """Return what the debugger of VS Code is told."""
    file = launch_file(context, home)
    assert file.path == home / ".vscode/launch.json"
    return json.loads(file.text)["configurations"][0]


def test_an_editor_attaches_where_dev_listens_and_finds_the_sources(context: Context) -> None:
    assert launched(context, context.project.root) == {
        "name": "invoke dev --debug",
        "type": "debugpy",
        "request": "attach",
        "connect": {"host": "127.0.0.1", "port": 5678},
        "pathMappings": [{"localRoot": "${workspaceFolder}", "remoteRoot": "/opt/app"}],
        "justMyCode": True,
    }


def test_what_a_project_depends_on_by_path_is_found_from_whatever_folder_is_open(
    wider: Context,
) -> None:
    for home, project, lib in (
        (wider.project.root, "${workspaceFolder}", "${workspaceFolder}/../lib"),
        (wider.root, "${workspaceFolder}/harbour", "${workspaceFolder}/lib"),
    ):
        assert launched(wider, home)["pathMappings"] == [
            {"localRoot": project, "remoteRoot": "/opt/app/harbour"},
            {"localRoot": lib, "remoteRoot": "/opt/app/lib"},
        ]


def test_an_editor_works_in_development_as_its_user_where_the_project_lies(
    context: Context,
) -> None:
    file = devcontainer_file(context, context.project.root, SETTINGS)
    assert file.path == context.project.root / ".devcontainer/devcontainer.json"
    said = json.loads(file.text)
    assert said["build"] == {
        "dockerfile": "../docker/Dockerfile",
        "context": "..",
        "target": "development",
    }
    assert said["workspaceMount"] == "source=${localWorkspaceFolder},target=/opt/app,type=bind"
    assert (said["workspaceFolder"], said["mounts"]) == ("/opt/app", [])
    assert (said["remoteUser"], said["updateRemoteUserUID"]) == ("developer", True)
    assert said["forwardPorts"] == [8888, 5678]
    editor = said["customizations"]["vscode"]
    assert editor["extensions"] == ["ms-python.python", "ms-python.debugpy"]
    assert editor["settings"] == {"python.defaultInterpreterPath": "/opt/venv/bin/python"}


def test_what_lies_beside_the_project_is_mounted_beside_it(wider: Context) -> None:
    said = json.loads(devcontainer_file(wider, wider.project.root, SETTINGS).text)
    assert said["build"]["context"] == "../.."
    assert said["workspaceFolder"] == "/opt/app/harbour"
    assert said["mounts"] == [
        "source=${localWorkspaceFolder}/../lib,target=/opt/app/lib,type=bind",
        "source=${localWorkspaceFolder}/../one.whl,target=/opt/app/one.whl,type=bind",
    ]


def test_an_editor_that_nothing_is_known_of_is_refused() -> None:
    check_editor(None)
    check_editor("vscode")
    with pytest.raises(UsageError) as refused:
        check_editor("ed")
    assert str(refused.value) == ("--editor 'ed': nothing is known of that editor\nfix: use vscode")
