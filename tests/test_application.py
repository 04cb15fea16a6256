"""The application of a project, found by reading its source and never by importing it."""

from collections.abc import Callable

import pytest

from shanty.errors import UsageError
from shanty.project import Project
from shanty.search.application import Application, find_application, read_application

MakeProject = Callable[..., Project]
FLASK = "from flask import Flask\n"
OBJECT = FLASK + "app = Flask(__name__)\n"
FACTORY = FLASK + "def create_app(config=None): return Flask(__name__)\n"
AIOHTTP = "from aiohttp import web\napp = web.Application()\n"
UNPACKAGED = "[tool.poetry]\npackage-mode = false\n"


# Where it is looked for


@pytest.mark.parametrize(
    ("place", "target", "root", "in_wheel"),
    [
        ("src/harbour/__init__.py", "harbour:create_app()", "src", True),
        ("harbour/wsgi.py", "harbour.wsgi:create_app()", ".", True),
        ("harbour/api.py", "harbour.api:create_app()", ".", True),
        ("harbour/deep/in/site.py", "harbour.deep.in.site:create_app()", ".", True),
        ("harbour.py", "harbour:create_app()", ".", True),
        ("app.py", "app:create_app()", ".", False),
        ("lighthouse.py", "lighthouse:create_app()", ".", False),
        ("src/main.py", "main:create_app()", "src", False),
        ("quay/server.py", "server:create_app()", "quay", False),
        ("quay/__init__.py", "quay:create_app()", ".", False),
    ],
)
def test_an_application_is_found_wherever_it_lies(
    make_project: MakeProject, place: str, target: str, root: str, *, in_wheel: bool
) -> None:
    project = make_project({place: FACTORY})
    assert find_application(project) == Application(
        target=target,
        file=project.root / place,
        interface="wsgi",
        framework="flask",
        import_root=project.root / root,
        in_wheel=in_wheel,
        reason=f"found in {place}",
    )


@pytest.mark.parametrize(
    "pyproject",
    [UNPACKAGED, '[tool.poetry]\nname = "other"\n', '[project]\nname = "x"\n[tool.poetry]\n'],
)
def test_a_project_without_a_package_has_an_application(
    make_project: MakeProject, pyproject: str
) -> None:
    project = make_project({"harbour/main.py": OBJECT, "harbour/__init__.py": ""}, pyproject)
    found = find_application(project)
    assert (found.target, found.in_wheel) == ("harbour.main:app", False)


def test_nothing_is_imported_to_find_an_application(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": "raise SystemExit\n" + FACTORY})
    assert find_application(project).target == "harbour:create_app()"


def test_a_package_inside_a_namespace_is_named_in_full(make_project: MakeProject) -> None:
    project = make_project(
        {"src/port/harbour/__init__.py": FACTORY},
        '[tool.poetry]\nname = "x"\npackages = [{ include = "port/harbour", from = "src" }]\n',
    )
    assert find_application(project).target == "port.harbour:create_app()"


def test_a_package_from_outside_the_folder_is_named_by_its_path(
    make_project: MakeProject,
) -> None:
    project = make_project(
        {"../lib/quay/__init__.py": FACTORY},
        '[tool.poetry]\nname = "x"\npackages = [{ include = "quay", from = "../lib" }]\n',
    )
    found = find_application(project)
    assert found.target == "quay:create_app()"
    assert found.reason == "found in ../lib/quay/__init__.py"


def test_a_factory_is_named_where_it_is_made(make_project: MakeProject) -> None:
    project = make_project(
        {
            "harbour/__init__.py": "",
            "harbour/main.py": "from harbour.web import create_app\n",
            "harbour/web.py": FACTORY,
        }
    )
    assert find_application(project).target == "harbour.web:create_app()"


def test_what_only_reads_like_an_application_is_the_last_resort(
    make_project: MakeProject,
) -> None:
    doubtful = {"harbour/__init__.py": "def create_app(): return build()\n"}
    project = make_project(doubtful)
    assert find_application(project).reason == "found in harbour/__init__.py, by its name"
    project = make_project({**doubtful, "harbour/deep.py": FACTORY})
    assert find_application(project).target == "harbour.deep:create_app()"


# What says it


def test_flaskenv_comes_before_all_else(make_project: MakeProject) -> None:
    files = {"harbour/__init__.py": OBJECT, "harbour/web.py": FACTORY + "site = Flask('x')\n"}
    for line, target in (
        ("harbour.web", "harbour.web:site"),
        ("harbour.web:create_app", "harbour.web:create_app()"),
        ("harbour/web.py:create_app('live')", "harbour.web:create_app('live')"),
        ("quay:app", "quay:app"),
    ):
        found = find_application(make_project({**files, ".flaskenv": f'FLASK_APP="{line}"\n'}))
        assert (found.target, found.framework) == (target, "flask" if found.file else "wsgi")
        assert found.reason == "FLASK_APP in .flaskenv"


@pytest.mark.parametrize("line", ["harbour.gone", "harbour:gone", "quay", "harbour.empty"])
def test_flaskenv_that_names_nothing_is_passed_over(make_project: MakeProject, line: str) -> None:
    files = {"harbour/__init__.py": OBJECT, "harbour/empty.py": ""}
    project = make_project({**files, ".flaskenv": f"FLASK_APP={line}\n"})
    assert find_application(project).reason == "found in harbour/__init__.py"


def test_django_is_found_by_its_settings(make_project: MakeProject) -> None:
    project = make_project(
        {
            "manage.py": 'x("DJANGO_SETTINGS_MODULE", "harbour.settings")\n',
            "harbour/__init__.py": OBJECT,
            "harbour/settings.py": "WSGI_APPLICATION = 'harbour.wsgi.application'\n",
            "harbour/wsgi.py": "from django.core.wsgi import get_wsgi_application as get\n"
            "application = get()\n",
        }
    )
    found = find_application(project)
    assert (found.target, found.framework) == ("harbour.wsgi:application", "django")
    assert found.reason == "WSGI_APPLICATION in harbour.settings"


# None


def test_no_application_is_told_with_the_places_looked_at(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": "", "harbour/main.py": "app = None\n"})
    with pytest.raises(UsageError) as refused:
        find_application(project)
    assert str(refused.value) == (
        "no app found: no WSGI or ASGI application in harbour/__init__.py, harbour/main.py\n"
        f'fix: name it in {project.pyproject_file}: [tool.shanty] app = "module:app"'
    )


@pytest.mark.parametrize(
    ("files", "looked"),
    [
        ({"harbour/__init__.py": "", "harbour/x.py": ""}, "harbour/__init__.py and 1 other module"),
        ({"main.py": "", "x.py": "", "y.py": ""}, "main.py and 2 other modules"),
    ],
)
def test_the_other_modules_looked_at_are_counted(
    make_project: MakeProject, files: dict[str, str], looked: str
) -> None:
    with pytest.raises(UsageError) as refused:
        find_application(make_project(files))
    assert refused.value.what == f"no app found: no WSGI or ASGI application in {looked}"


def test_a_project_without_source_is_told_so(make_project: MakeProject) -> None:
    project = make_project({"README.md": ""})
    with pytest.raises(UsageError) as refused:
        find_application(project)
    assert refused.value.what.endswith(f" in {project.root}")


@pytest.mark.parametrize("place", ["harbour/__init__.py", "harbour/deep.py"])
def test_an_application_that_no_server_can_be_given_is_named(
    make_project: MakeProject, place: str
) -> None:
    project = make_project({"harbour/__init__.py": "", place: AIOHTTP})
    module = place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    expected = (
        f"{place} has an application of aiohttp, which is neither WSGI nor ASGI: it serves itself\n"
        f"fix: say how it is started in {project.pyproject_file}: "
        f'[tool.shanty] serve = "python -m {module}"'
    )
    with pytest.raises(UsageError) as refused:
        find_application(project)
    assert str(refused.value) == expected
    with pytest.raises(UsageError) as refused:
        read_application(project, f"{module}:app")
    assert str(refused.value) == expected


def test_source_that_is_no_python_is_told_by_its_line(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": "x = 1\ndef create_app(:\n"})
    file = project.root / "harbour" / "__init__.py"
    with pytest.raises(UsageError) as refused:
        find_application(project)
    assert refused.value.what.startswith(f"{file}:2: invalid syntax")
    assert "(read as Python 3." in refused.value.what
    assert refused.value.fix == (
        f'mend line 2, or name it in {project.pyproject_file}: [tool.shanty] app = "module:app"'
    )


@pytest.mark.parametrize("at", ["", f'{UNPACKAGED}[tool.shanty]\napp = "harbour:app"\n'])
def test_an_app_in_newer_syntax_than_this_pythons_is_what_it_is(
    make_project: MakeProject, at: str
) -> None:
    """No Python knows this one."""
    text = f"{FLASK}def of_the_future(: ...\n{OBJECT}print 'x'\n"
    project = make_project({"harbour.py": text}, at or UNPACKAGED)
    for found in (find_application(project), read_application(project, "harbour:app")):
        assert (found.target, found.framework) == ("harbour:app", "flask")


BRANCH = "  elif 2: pass\n"
CHAIN = range(300)
DEEP = {
    "wrappers": "app0 = Flask(1)\n"
    + "".join(f"app{one + 1} = ProxyFix(app{one})\n" for one in CHAIN),
    "classes": "class A0(Flask): pass\n"
    + "".join(f"class A{one + 1}(A{one}): pass\n" for one in CHAIN)
    + "web = A300().wsgi\n",
    "branches": f"def f():\n  if 1: pass\n{BRANCH * 1500}  return 1\n",
    "annotation": f"web: '{'-' * 9000}1' = f()\n",
}


@pytest.mark.parametrize("kind", DEEP)
def test_an_app_is_found_beside_what_goes_deeper_than_anybody_reads(
    make_project: MakeProject, kind: str
) -> None:
    project = make_project({"harbour.py": f"{OBJECT}{DEEP[kind]}"}, UNPACKAGED)
    assert find_application(project).target == "harbour:app"


# Reading one that is given

WEB = FLASK + "class Port:\n    app = Flask('x')\nport = Port()\nsite, other = make()\n"
NEWER = "def of_the_future(: ...\n"


@pytest.mark.parametrize(
    ("target", "framework"),
    [
        ("harbour:create_app()", "flask"),
        ('harbour:create_app("production", db="a:b")', "flask"),
        ("harbour.web:site", "flask"),
        ("harbour.web:site.wsgi", "flask"),
        ("harbour.web:port.app", "flask"),
        ("harbour.web.deep:server", "fastapi"),
        ("harbour.star:port", "wsgi"),
        ("harbour.star:anything", "wsgi"),
        ("harbour.lazy:anything", "wsgi"),
        ("harbour.newer:anything", "wsgi"),
    ],
)
def test_a_callable_that_is_there_is_read(
    make_project: MakeProject, target: str, framework: str
) -> None:
    """What a module takes from elsewhere, makes when asked or says in newer words is believed."""
    project = make_project(
        {
            "harbour/__init__.py": FACTORY,
            "harbour/web/__init__.py": WEB,
            "harbour/web/deep.py": "from fastapi import Request\nfrom elsewhere import server\n",
            "harbour/star.py": "from .web import *\nfrom elsewhere import *\n",
            "harbour/lazy.py": "def __getattr__(name): ...\n",
            "harbour/newer.py": NEWER,
        }
    )
    found = read_application(project, target)
    assert (found.target, found.framework) == (target, framework)
    assert (found.in_wheel, found.reason) == (True, "configured")


@pytest.mark.parametrize(
    ("target", "framework", "interface"),
    [
        ("quay:app", "wsgi", "wsgi"),
        ("django.core.asgi:get_asgi_application()", "django", "asgi"),
    ],
)
def test_a_module_from_outside_the_project_is_believed(
    make_project: MakeProject, target: str, framework: str, interface: str
) -> None:
    project = make_project({"harbour/__init__.py": ""})
    assert read_application(project, target) == Application(
        target=target,
        file=None,
        interface=interface,
        framework=framework,
        import_root=project.root,
        in_wheel=False,
        reason="configured",
    )


@pytest.mark.parametrize(
    "target",
    ["harbour", ":app", "harbour:", "harbour:()", ":", "", "harbour:a b", f"x:{'-' * 9000}y"],
)
def test_a_target_that_names_no_callable_is_told(make_project: MakeProject, target: str) -> None:
    with pytest.raises(UsageError) as refused:
        read_application(make_project(), target)
    assert str(refused.value) == (
        f'app = "{target}" names no callable\n'
        'fix: write it as "module:callable", or "module:create_app()" for a factory'
    )


def test_a_missing_module_is_told_with_what_the_source_offers(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": FACTORY})
    with pytest.raises(UsageError) as refused:
        read_application(project, "harbour.web:app")
    assert str(refused.value) == (
        f'app = "harbour.web:app": there is no module harbour.web in {project.root}\n'
        'fix: the source offers app = "harbour:create_app()"'
    )


@pytest.mark.parametrize("source", [FACTORY, FACTORY + "from .web import *\n"])
def test_a_missing_name_is_told_with_what_the_source_offers(
    make_project: MakeProject, source: str
) -> None:
    project = make_project({"harbour/__init__.py": source, "harbour/web.py": ""})
    file = project.root / "harbour" / "__init__.py"
    with pytest.raises(UsageError) as refused:
        read_application(project, "harbour:app")
    assert str(refused.value) == (
        f'app = "harbour:app": {file} has no app\n'
        'fix: the source offers app = "harbour:create_app()"'
    )


def test_a_factory_named_without_a_call_is_told(make_project: MakeProject) -> None:
    project = make_project({"harbour/__init__.py": FACTORY})
    with pytest.raises(UsageError) as refused:
        read_application(project, "harbour:create_app")
    assert str(refused.value) == (
        'app = "harbour:create_app": create_app makes the app, and is none itself\n'
        'fix: app = "harbour:create_app()"'
    )


def test_a_missing_name_where_nothing_is_offered_is_told_where_to_write_it(
    make_project: MakeProject,
) -> None:
    project = make_project({"harbour/__init__.py": ""})
    with pytest.raises(UsageError) as refused:
        read_application(project, "harbour:app")
    assert refused.value.fix == (
        f'name it in {project.pyproject_file}: [tool.shanty] app = "module:app"'
    )


def test_two_apps_that_nothing_tells_apart_are_told(make_project: MakeProject) -> None:
    """The alphabet is no rule: who adds a module would serve another app."""
    app = "from flask import Flask\napp = Flask(__name__)\n"
    project = make_project(
        {"harbour/__init__.py": "", "harbour/red.py": app, "harbour/blue.py": app}
    )
    with pytest.raises(UsageError) as refused:
        find_application(project)
    assert str(refused.value) == (
        "two apps, and nothing says which is meant: harbour.blue:app and harbour.red:app\n"
        f'fix: name it in {project.pyproject_file}: [tool.shanty] app = "harbour.blue:app"'
    )
    deeper = make_project({"harbour/deep/__init__.py": "", "harbour/deep/red.py": app})
    (deeper.root / "harbour/red.py").unlink()
    assert find_application(deeper).target == "harbour.blue:app"


def test_a_module_much_like_one_of_the_project_s_is_taken_for_a_slip(
    make_project: MakeProject,
) -> None:
    """Anything else may well come from a dependency."""
    project = make_project({"harbour/__init__.py": "from flask import Flask\napp = Flask('x')\n"})
    with pytest.raises(UsageError) as refused:
        read_application(project, "harbuor:app")
    assert str(refused.value) == (
        'app = "harbuor:app": there is no module harbuor\n'
        'fix: the source offers app = "harbour:app"'
    )
    assert read_application(project, "lighthouse:app").file is None
