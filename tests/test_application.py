"""The WSGI callable of a project, found by reading its source and never by importing it."""

from collections.abc import Callable

import pytest

from shanty.application import Application, check_application, find_application, offered
from shanty.errors import UsageError
from shanty.project import Project

MakeProject = Callable[..., Project]
FACTORY = "def create_app():\n    ...\n"


def offers(make_project: MakeProject, source: str) -> list[str]:
    """Return what a package of this source offers."""
    package = make_project({"harbour/__init__.py": source}).root / "harbour"
    return offered(package / "__init__.py", package.parent)


# What counts as a callable


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("app = Flask(__name__)", ["app"]),
        ("app: Flask = Flask(__name__)", ["app"]),
        ("application = wsgi.application", ["application"]),
        ("application = wrapped", ["application"]),
        ("app = application = Flask(__name__)", ["app", "application"]),
        ("def app(environ, start_response): ...", ["app"]),
        ("async def app(scope, receive, send): ...", ["app"]),
        ("def create_app(): ...", ["create_app()"]),
        ("def make_app(config=None, *, debug=False, **rest): ...", ["make_app()"]),
        ("def create_app(): ...\napp = create_app()", ["app", "create_app()"]),
        ("if True:\n    app = Flask()\nelse:\n    pass", ["app"]),
        ("try:\n    import x\nfinally:\n    app = Flask()", ["app"]),
        ("try:\n    import x\nexcept ImportError:\n    app = Flask()", ["app"]),
        ("with open('x'):\n    app = Flask()", ["app"]),
    ],
)
def test_a_callable_is_offered_as_servers_write_it(
    make_project: MakeProject, source: str, found: list[str]
) -> None:
    assert offers(make_project, source) == found


@pytest.mark.parametrize(
    "source",
    [
        "",
        "app = None",
        "app = 'harbour'",
        "app: Flask",
        "app += 1",
        "config['app'] = Flask()",
        "class app: ...",
        "def app(): ...",
        "def f():\n    app = Flask()",
        "create_app = 3",
        "class create_app: ...",
        "async def create_app(): ...",
        "def create_app(config): ...",
        "def create_app(*, config): ...",
        "from flask import app, create_app",
        "import app",
    ],
)
def test_a_name_that_no_server_could_call_is_passed_over(
    make_project: MakeProject, source: str
) -> None:
    assert offers(make_project, source) == []


def test_an_import_is_followed_inside_the_project(make_project: MakeProject) -> None:
    project = make_project(
        {
            "harbour/__init__.py": "from harbour.web import build as create_app, server as app\n",
            "harbour/web/__init__.py": "from .deep.site import build\nfrom ..serve import server\n",
            "harbour/web/deep/__init__.py": "",
            "harbour/web/deep/site.py": "def build(): ...\n",
            "harbour/serve.py": "server = Flask()\n",
        }
    )
    file = project.root / "harbour" / "__init__.py"
    assert offered(file, project.root) == ["app", "create_app()"]
    assert find_application(project) == Application("harbour:app", file)


def test_a_package_imported_from_itself_is_followed(make_project: MakeProject) -> None:
    project = make_project(
        {"harbour/__init__.py": "server = Flask()\n", "harbour/wsgi.py": "from . import server\n"}
    )
    file = project.root / "harbour" / "wsgi.py"
    assert offered(file, project.root) == []
    file.with_name("asgi.py").write_text("from . import server as app\n")
    assert find_application(project).target == "harbour.asgi:app"


def test_imports_in_a_circle_come_to_an_end(make_project: MakeProject) -> None:
    project = make_project(
        {"harbour/__init__.py": "from .app import app\n", "harbour/app.py": "from . import app\n"}
    )
    assert offered(project.root / "harbour" / "app.py", project.root) == []


def test_an_import_of_a_name_that_is_not_there_offers_nothing(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": "from .app import app\n", "harbour/app.py": ""})
    assert offered(project.root / "harbour" / "__init__.py", project.root) == []


# Where it is looked for


@pytest.mark.parametrize(
    ("place", "target"),
    [
        ("src/harbour/__init__.py", "harbour:create_app()"),
        ("harbour/wsgi.py", "harbour.wsgi:create_app()"),
        ("harbour/api.py", "harbour.api:create_app()"),
        ("harbour.py", "harbour:create_app()"),
    ],
)
def test_an_application_is_found_in_the_package_or_a_module_of_it(
    make_project: MakeProject, place: str, target: str
) -> None:
    project = make_project({place: FACTORY})
    assert find_application(project) == Application(target, project.root / place)


def test_the_package_itself_comes_before_its_modules(make_project: MakeProject) -> None:
    project = make_project({"harbour/app.py": "app = Flask()\n", "harbour/__init__.py": FACTORY})
    assert find_application(project).target == "harbour:create_app()"


def test_nothing_is_imported_to_find_an_application(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": "raise SystemExit\n" + FACTORY})
    assert find_application(project).target == "harbour:create_app()"


def test_a_package_inside_a_namespace_is_named_in_full(make_project: MakeProject) -> None:
    project = make_project(
        {"src/port/harbour/__init__.py": FACTORY},
        '[tool.poetry]\nname = "x"\npackages = [{ include = "port/harbour", from = "src" }]\n',
    )
    assert find_application(project).target == "port.harbour:create_app()"


def test_no_application_is_told_with_the_places_looked_at(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": "", "harbour/main.py": "app = None\n"})
    with pytest.raises(UsageError) as refused:
        find_application(project)
    assert str(refused.value) == (
        "no app found (looked for app, application, create_app, make_app in "
        "harbour/__init__.py, harbour/main.py)\n"
        f'fix: name it in {project.pyproject_file}: [tool.shanty] app = "module:app"'
    )


def test_source_that_is_no_python_is_told_by_its_line(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": "x = 1\ndef create_app(:\n"})
    file = project.root / "harbour" / "__init__.py"
    with pytest.raises(UsageError) as refused:
        find_application(project)
    assert refused.value.what.startswith(f"{file}:2: invalid syntax")
    assert refused.value.fix == "mend line 2"


def test_source_with_a_null_byte_is_told(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": "x = 1\0"})
    file = project.root / "harbour" / "__init__.py"
    with pytest.raises(UsageError) as refused:
        find_application(project)
    assert str(refused.value) == (
        f"{file}:1: source code string cannot contain null bytes\nfix: mend line 1"
    )


# Checking one that is given


@pytest.mark.parametrize(
    "target",
    [
        "harbour:create_app()",
        'harbour:create_app("production", db="a:b")',
        "harbour.web:site",
        "harbour.web:site.wsgi",
        "harbour.web.deep:server",
        "gunicorn_test:app",
    ],
)
def test_a_callable_that_is_there_passes(make_project: MakeProject, target: str) -> None:
    """A module from outside the project is believed."""
    project = make_project(
        {
            "harbour/__init__.py": FACTORY,
            "harbour/web.py": "site = Site()\n",
            "harbour/web/deep.py": "from elsewhere import server\n",
        }
    )
    check_application(project, target)


@pytest.mark.parametrize(
    "source",
    [
        "app, socket = make()",
        "from .factory import *",
        "import flask.app as app",
    ],
)
def test_a_callable_bound_in_another_of_python_s_ways_passes(
    make_project: MakeProject, source: str
) -> None:
    check_application(make_project({"harbour/__init__.py": f"{source}\n"}), "harbour:app")


@pytest.mark.parametrize("target", ["harbour", ":app", "harbour:", "harbour:()", ":", ""])
def test_a_target_that_names_no_callable_is_told(make_project: MakeProject, target: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_application(make_project(), target)
    assert str(refused.value) == (
        f'app = "{target}" names no callable\n'
        'fix: write it as "module:callable", or "module:create_app()" for a factory'
    )


def test_a_missing_module_is_told_with_what_the_source_offers(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": FACTORY})
    with pytest.raises(UsageError) as refused:
        check_application(project, "harbour.web:app")
    assert str(refused.value) == (
        f'app = "harbour.web:app": there is no module harbour.web in {project.root}\n'
        'fix: the source offers app = "harbour:create_app()"'
    )


def test_a_missing_name_is_told_with_what_the_source_offers(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": FACTORY})
    file = project.root / "harbour" / "__init__.py"
    with pytest.raises(UsageError) as refused:
        check_application(project, "harbour:app")
    assert str(refused.value) == (
        f'app = "harbour:app": {file} has no app\n'
        'fix: the source offers app = "harbour:create_app()"'
    )


def test_a_missing_name_where_nothing_is_offered_is_told_where_to_write_it(
    make_project: MakeProject,
) -> None:
    project = make_project({"harbour/__init__.py": ""})
    with pytest.raises(UsageError) as refused:
        check_application(project, "harbour:app")
    assert refused.value.fix == (
        f'name it in {project.pyproject_file}: [tool.shanty] app = "module:app"'
    )


def test_a_factory_named_without_its_call_is_told_how_to_write_it(
    make_project: MakeProject,
) -> None:
    project = make_project({"harbour/__init__.py": FACTORY})
    with pytest.raises(UsageError) as refused:
        check_application(project, "harbour:create_app")
    assert str(refused.value) == (
        'app = "harbour:create_app": create_app makes the app, and is none itself\n'
        'fix: app = "harbour:create_app()"'
    )
