"""The project's own configuration of gunicorn, read without running it."""

from collections.abc import Callable

import pytest

from shanty.errors import UsageError
from shanty.gunicorn_conf import check_gunicorn_conf
from shanty.project import Project

MakeProject = Callable[..., Project]


def check(make_project: MakeProject, text: str, python_version: str = "3.11") -> None:
    """Check a project with this configuration."""
    check_gunicorn_conf(make_project({"gunicorn.conf.py": text}), python_version)


def test_a_project_without_one_passes(make_project: MakeProject) -> None:
    check_gunicorn_conf(make_project(), "3.13")
    assert not (make_project().root / "gunicorn.conf.py").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "workers = 4\ndaemon = False\n",
        "daemon = True\ndaemon = False\n",
        "daemon = True\ndaemon = bool(0)\n",
        "import os\ndaemon = os.environ.get('DAEMON')\n",
        "def daemon():\n    daemon = True\n",
        "settings.daemon = True\n",
        "daemon: bool\n",
        "raise SystemExit('never run')\n",
    ],
)
def test_one_that_stays_in_the_foreground_or_may_passes(
    make_project: MakeProject, text: str
) -> None:
    check(make_project, text)


@pytest.mark.parametrize(
    ("text", "line", "value"),
    [
        ("daemon = True\n", 1, "True"),
        ("bind = ':80'\n\ndaemon = 1\n", 3, "1"),
        ("daemon: bool = True\n", 1, "True"),
        ("reload = daemon = True\n", 1, "True"),
        ("daemon = False\ndaemon = True\nworkers = 1\n", 2, "True"),
    ],
)
def test_one_that_goes_to_the_background_is_told_with_the_line(
    make_project: MakeProject, text: str, line: int, value: str
) -> None:
    with pytest.raises(UsageError) as refused:
        check(make_project, text)
    file = make_project().root / "gunicorn.conf.py"
    assert str(refused.value) == (
        f"{file}:{line}: daemon = {value} sends gunicorn to the background, and a container ends "
        "with its first process\n"
        "fix: set daemon = False: the container is in the background itself"
    )


@pytest.mark.parametrize("text", ["workers = = 2\n", "workers = 2\0\n", f"x = {'-' * 9000}1"])
def test_one_that_is_no_python_is_told(make_project: MakeProject, text: str) -> None:
    with pytest.raises(UsageError) as refused:
        check(make_project, text)
    assert " is no Python: " in refused.value.what
    assert refused.value.fix == "mend it: gunicorn reads it at its start"


def test_one_for_a_newer_python_is_left_for_that_to_read(make_project: MakeProject) -> None:
    check(make_project, "a new statement\n", "3.99")
    with pytest.raises(UsageError):
        check(make_project, "a new statement\n", "3.9")
