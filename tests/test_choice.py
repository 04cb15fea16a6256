"""The one offer of several that is served, and the rule that chose it."""

from collections.abc import Callable

import pytest

from shanty.project import Project
from shanty.search.application import find_application

MakeProject = Callable[..., Project]
FLASK = "from flask import Flask\n"
OBJECT = FLASK + "app = Flask(__name__)\n"
FACTORY = FLASK + "def create_app(config=None): return Flask(__name__)\n"
MADE = "from harbour import create_app\napp = create_app()\n"
UNPACKAGED = "[tool.poetry]\npackage-mode = false\n"


def chosen(project: Project) -> tuple[str, str]:
    """Return the target, and the rule where several were there."""
    found = find_application(project)
    return found.target, found.reason.partition(", the first of ")[2]


@pytest.mark.parametrize(
    ("files", "target", "rule"),
    [
        ({"harbour/__init__.py": OBJECT}, "harbour:app", ""),
        ({"harbour/__init__.py": OBJECT + FACTORY}, "harbour:app", "2: an object before a factory"),
        (
            {"harbour/__init__.py": OBJECT + "site = Flask('x')\n"},
            "harbour:app",
            "2: the usual name before others",
        ),
        (
            {"harbour/__init__.py": FACTORY, "harbour/app.py": OBJECT},
            "harbour:create_app()",
            "2: the first place that was looked at",
        ),
        (
            {"harbour/app.py": OBJECT, "harbour/deep/core.py": OBJECT, "harbour/x.py": FACTORY},
            "harbour.app:app",
            "2: the first place that was looked at",
        ),
        (
            {"harbour/__init__.py": "from .app import app\n", "harbour/app.py": OBJECT},
            "harbour:app",
            "",
        ),
        (
            {"harbour/deep/core.py": OBJECT, "harbour/quay.py": OBJECT},
            "harbour.quay:app",
            "2: the first place that was looked at",
        ),
    ],
)
def test_the_first_place_decides_and_then_the_first_in_it(
    make_project: MakeProject, files: dict[str, str], target: str, rule: str
) -> None:
    assert chosen(make_project({"harbour/__init__.py": "", **files})) == (target, rule)


@pytest.mark.parametrize(
    "wsgi",
    [
        MADE,
        f'"""What is served."""\n__all__ = ["app"]\n{MADE}def helper(): ...\n',
        f"import os\nfrom x import y\n{MADE}if __name__ == '__main__':\n    app.run()\n",
        "from harbour import create_app\napp: object = create_app()\n",
        "from harbour import create_app as app\n",
    ],
)
def test_a_wsgi_py_that_only_hands_on_is_the_same_thing(
    make_project: MakeProject, wsgi: str
) -> None:
    project = make_project({"harbour/__init__.py": FACTORY, "wsgi.py": wsgi})
    assert chosen(project) == ("harbour:create_app()", "")


@pytest.mark.parametrize(
    "wsgi",
    [
        "from harbour import create_app\napp = create_app('live')\n",
        "from harbour import create_app\nimport harbour.pages\napp = create_app()\n",
        "from harbour import create_app\nfrom harbour.pages import *\napp = create_app()\n",
        "from harbour import create_app\napp = create_app()\napp.config['x'] = 1\n",
        "from harbour import create_app\napp = create_app()\n@app.route\ndef x(): ...\n",
        "from harbour import create_app\nx = app = create_app()\n",
        OBJECT,
    ],
)
@pytest.mark.parametrize("place", ["wsgi.py", "asgi.py", "harbour/wsgi.py"])
def test_a_wsgi_py_that_does_more_is_what_is_deployed(
    make_project: MakeProject, wsgi: str, place: str
) -> None:
    files = {"harbour/__init__.py": FACTORY, "harbour/pages.py": "", place: wsgi}
    module = place.removesuffix(".py").replace("/", ".")
    name = place.rpartition("/")[2]
    assert chosen(make_project(files)) == (f"{module}:app", f"2: {name} is what is deployed")


def test_a_wsgi_py_of_another_folder_is_not_what_is_deployed(make_project: MakeProject) -> None:
    files = {"quay/__init__.py": "", "quay/wsgi.py": OBJECT, "harbour/__init__.py": FACTORY}
    assert chosen(make_project(files))[0] == "harbour:create_app()"


def test_a_wsgi_py_deep_in_what_no_wheel_has_is_deployed(make_project: MakeProject) -> None:
    files = {"quay/__init__.py": FACTORY, "quay/wsgi.py": OBJECT}
    assert chosen(make_project(files, UNPACKAGED))[0] == "quay.wsgi:app"


def test_a_wsgi_py_and_an_asgi_py_that_hand_on_the_same_are_one(make_project: MakeProject) -> None:
    made = MADE.replace("harbour", "harbour.core")
    files = {"harbour/__init__.py": "", "harbour/core.py": FACTORY, "wsgi.py": made}
    assert chosen(make_project({**files, "asgi.py": made})) == ("wsgi:app", "")


def test_a_factory_is_called_as_the_project_calls_it(make_project: MakeProject) -> None:
    files = {
        "harbour/__init__.py": FACTORY,
        "run.py": "from harbour import create_app\napp = create_app('live')\n",
    }
    assert chosen(make_project(files)) == ("run:app", "2: the factory as the project calls it")
