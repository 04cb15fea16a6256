"""The servers: which one a project is served by, and the command as a real shell reads it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.dependencies.lock import Lock, read_lock
from shanty.project import Project
from shanty.search.application import Application
from shanty.server import Needs, Server, choose_server, development_server
from tests.entrypoint import started

MakeProject = Callable[..., Project]
PYPROJECT = (
    '[tool.poetry]\nname = "harbour"\n[tool.poetry.extras]\nserver = []\ndev = []\n'
    "[tool.poetry.group]\nprod = {}\ndev = {}\ntest = {}\n"
)
CONF, BIND = "--config /etc/gunicorn.conf.py", "0.0.0.0:8888"
FETCHED = "gunicorn, which is not in the lock: it is fetched beside it. Make it yours with "


def application(target: str = "harbour:app", interface: str = "wsgi") -> Application:
    """Return an application of no framework."""
    root = Path("/nowhere")
    return Application(target, None, interface, interface, root, in_wheel=True, reason="")


def locked(make_project: MakeProject, *packages: str) -> tuple[Project, Lock]:
    """Return a project whose lock has packages, each as `name version place`.

    The place is a group, or an extra where it begins with a plus sign.
    """
    lock = ""
    for name, version, place in (one.split() for one in packages):
        group = "main" if place.startswith("+") else place
        marker = f"markers = 'extra == \"{place[1:]}\"'\n" if group != place else ""
        lock += (
            f'[[package]]\nname = "{name}"\nversion = "{version}"\ngroups = ["{group}"]\n{marker}'
        )
    lock += '[metadata]\nlock-version = "2.1"\n'
    project = make_project({"poetry.lock": lock}, PYPROJECT)
    return project, read_lock(project)


def chosen(
    make_project: MakeProject,
    *packages: str,
    app: Application | None = None,
    groups: tuple[str, ...] = ("main",),
    extras: tuple[str, ...] = (),
) -> Server:
    """Return the production server of a project with these packages."""
    needs = Needs(groups, extras, "3.13")
    return choose_server(*locked(make_project, *packages), app or application(), needs)


# The commands


@pytest.mark.parametrize(
    ("server", "interface", "target", "expected"),
    [
        ("gunicorn", "wsgi", "h:app", f"{CONF} --bind {BIND} h:app"),
        ("gunicorn", "wsgi", "h:make()", f"{CONF} --bind {BIND} h:make()"),
        ("gunicorn", "wsgi", 'h:make("a b")', f'{CONF} --bind {BIND} h:make("a_b")'),
        ("gunicorn", "asgi", "h:app", f"{CONF} --bind {BIND} --worker-class asgi h:app"),
        ("waitress", "wsgi", "h:app", "--listen *:8888 --threads 8 h:app"),
        ("waitress", "wsgi", "h:make()", "--listen *:8888 --threads 8 --call h:make"),
        ("uvicorn", "wsgi", "h:app", "--host 0.0.0.0 --port 8888 --interface wsgi h:app"),
        ("uvicorn", "asgi", "h:app", "--host 0.0.0.0 --port 8888 h:app"),
        ("uvicorn", "asgi", "h:make()", "--host 0.0.0.0 --port 8888 --factory h:make"),
        ("hypercorn", "wsgi", "h:app", f"--bind {BIND} --workers 3 wsgi:h:app"),
        ("hypercorn", "asgi", "h:make()", f"--bind {BIND} --workers 3 h:make()"),
        ("hypercorn", "asgi", "h:make('x')", f"--bind {BIND} --workers 3 h:make('x')"),
        (
            *("granian", "wsgi", "h:app"),
            "--interface wsgi --host 0.0.0.0 --port 8888 --workers 3 h:app",
        ),
        (
            *("granian", "asgi", "h:make()"),
            "--interface asgi --host 0.0.0.0 --port 8888 --workers 3 --factory h:make",
        ),
        ("daphne", "asgi", "h:app", "--bind 0.0.0.0 --port 8888 h:app"),
    ],
)
def test_a_server_gets_the_app_as_it_wants_it_from_a_real_shell(  # noqa: PLR0913, PLR0917
    make_project: MakeProject,
    tmp_path: Path,
    server: str,
    interface: str,
    target: str,
    expected: str,
) -> None:
    app = application(target, interface)
    found = chosen(make_project, f"{server} 99.0 main", app=app)
    assert found.reason == f"{server} 99.0, from the lock"
    given = started(found.command, tmp_path, APP=target, WEB_CONCURRENCY="3").words
    assert " ".join(word.replace("a b", "a_b") for word in given) == expected


def test_one_worker_is_what_a_server_without_a_number_gets(
    make_project: MakeProject, tmp_path: Path
) -> None:
    found = chosen(make_project, "hypercorn 0.18 main", app=application(interface="asgi"))
    assert started(found.command, tmp_path, APP="harbour:app").words[2:4] == ["--workers", "1"]


@pytest.mark.parametrize(
    ("command", "signal"),
    [
        ("gunicorn app", "SIGTERM"),
        ("python -m gunicorn app", "SIGTERM"),
        ("cd src && /opt/venv/bin/uvicorn app", "SIGTERM"),
        ("A=1 python3 -m hypercorn app", "SIGTERM"),
        ("waitress-serve app", "SIGINT"),
        ("python manage.py runserver", "SIGINT"),
        ("python3.13 -m harbour", "SIGINT"),
        ("flask run", "SIGINT"),
        ("harbour-server", "SIGINT"),
        ("", "SIGINT"),
    ],
)
def test_a_server_that_drains_gets_sigterm_and_any_other_program_sigint(
    command: str, signal: str
) -> None:
    assert Server(command, "").stop_signal == signal


# The choice


@pytest.mark.parametrize(
    ("interface", "versions", "server"),
    [
        ("wsgi", ("uvicorn 1.0", "waitress 1.0", "gunicorn 19.0"), "gunicorn"),
        ("wsgi", ("hypercorn 1.0", "granian 1.0", "waitress 1.0"), "waitress-serve"),
        ("wsgi", ("daphne 4.0", "uvicorn 1.0"), "uvicorn"),
        ("asgi", ("gunicorn 27.0", "daphne 4.0", "uvicorn 1.0"), "uvicorn"),
        ("asgi", ("gunicorn 23.0", "daphne 4.0"), "daphne"),
        ("asgi", ("gunicorn 24.1", "waitress 3.0"), "gunicorn"),
    ],
)
def test_of_several_the_best_for_the_interface_is_chosen(
    make_project: MakeProject, interface: str, versions: tuple[str, ...], server: str
) -> None:
    packages = [f"{one} main" for one in versions]
    found = chosen(make_project, *packages, app=application(interface=interface))
    assert found.command.split()[0] == server


@pytest.mark.parametrize(
    ("place", "groups", "extras", "said"),
    [
        ("prod", ("prod",), (), "gunicorn 27.0, from the group prod of the lock"),
        ("+server", (), ("server",), "gunicorn 27.0, from the extra server of the lock"),
    ],
)
def test_a_server_in_a_group_or_an_extra_brings_it_along(
    make_project: MakeProject,
    place: str,
    groups: tuple[str, ...],
    extras: tuple[str, ...],
    said: str,
) -> None:
    found = chosen(make_project, f"gunicorn 27.0 {place}")
    assert (found.reason, found.groups, found.extras) == (said, groups, extras)
    assert found.fetched == ()


def test_what_is_installed_in_any_case_comes_before_a_group(make_project: MakeProject) -> None:
    packages = ("gunicorn 27.0 prod", "waitress 3.0 main")
    assert chosen(make_project, *packages).reason == "waitress 3.0, from the lock"
    asked = chosen(make_project, *packages, groups=("main", "prod"))
    assert (asked.reason, asked.groups) == ("gunicorn 27.0, from the lock", ())


@pytest.mark.parametrize("place", ["dev", "test", "+dev"])
def test_a_developer_s_server_is_none_for_production(make_project: MakeProject, place: str) -> None:
    found = chosen(make_project, f"waitress 3.0 {place}")
    assert found.reason == f"{FETCHED}`invoke add gunicorn`"
    assert found.command.startswith("python -m gunicorn --config ")
    assert found.fetched == ("gunicorn",)


@pytest.mark.parametrize("name", ["waitress", "granian", "uvicorn"])
def test_a_factory_with_arguments_goes_to_a_server_that_calls_it(
    make_project: MakeProject, name: str
) -> None:
    app = application('harbour:make("x")')
    assert chosen(make_project, f"{name} 9.0 main", app=app).fetched == ("gunicorn",)
    both = chosen(make_project, f"{name} 9.0 main", "hypercorn 0.18 main", app=app)
    assert both.command.startswith("hypercorn ")


@pytest.mark.parametrize("target", ["harbour:make()", "harbour:make(1)"])
def test_daphne_calls_no_factory_at_all(make_project: MakeProject, target: str) -> None:
    app = application(target, "asgi")
    assert chosen(make_project, "daphne 4.0 main", app=app).fetched == ("gunicorn",)


def test_a_gunicorn_that_serves_no_asgi_does_not_hide_the_one_that_is_fetched(
    make_project: MakeProject,
) -> None:
    """What `PYTHONPATH` names comes before what is installed; what a `.pth` file names, after."""
    found = chosen(make_project, "gunicorn 23.0 main", app=application(interface="asgi"))
    assert found.command.startswith('env PYTHONPATH="/opt/server:$PYTHONPATH" python -m gunicorn ')
    assert found.reason == (
        "gunicorn, fetched beside the lock, whose 23.0 serves no ASGI. Make it yours with "
        "`invoke add gunicorn@latest`"
    )
    assert (found.fetched, found.stop_signal) == (("gunicorn",), "SIGTERM")


@pytest.mark.parametrize(
    ("packages", "fetched"),
    [
        (("gunicorn 20.1.0 main",), ("setuptools",)),
        (("gunicorn 20.1.0 prod",), ("setuptools",)),
        (("gunicorn 20.1.0 main", "setuptools 82.0 main"), ("setuptools",)),
        (("gunicorn 20.1.0 main", "setuptools 80.9 main"), ()),
        (("gunicorn 20.1.0 main", "setuptools 80.9 dev"), ("setuptools",)),
        (("gunicorn 21.0.0 main",), ()),
    ],
)
def test_an_old_gunicorn_gets_the_setuptools_that_it_imports(
    make_project: MakeProject, packages: tuple[str, ...], fetched: tuple[str, ...]
) -> None:
    assert chosen(make_project, *packages).fetched == fetched


# Development


@pytest.mark.parametrize(
    ("interface", "framework", "files", "packages", "command", "reason"),
    [
        ("wsgi", "flask", (), (), "python /usr/local/bin/develop.py", "Flask's own"),
        (
            *("wsgi", "django", ("src/manage.py",), ()),
            'python src/manage.py runserver "0.0.0.0:$PORT"',
            "Django's own",
        ),
        (
            *("asgi", "asgi", (), ("uvicorn 1.0 dev",)),
            'uvicorn --host 0.0.0.0 --port "$PORT" "$APP" --reload',
            "uvicorn 1.0",
        ),
        (
            *("asgi", "quart", (), ("hypercorn 0.18 main", "gunicorn 27.0 main")),
            'hypercorn --bind "0.0.0.0:$PORT" --workers "${WEB_CONCURRENCY:-1}" "$APP" --reload',
            "hypercorn 0.18",
        ),
        (
            *("wsgi", "wsgi", (), ("gunicorn 27.0 main", "uvicorn 1.0 main")),
            'python -m gunicorn --bind "0.0.0.0:$PORT" --reload "$APP"',
            "gunicorn 27.0",
        ),
        (
            *("asgi", "asgi", (), ()),
            'python -m gunicorn --bind "0.0.0.0:$PORT" --reload --worker-class asgi "$APP"',
            f"{FETCHED}`invoke add gunicorn`",
        ),
        (
            *("wsgi", "django", (), ()),
            'python -m gunicorn --bind "0.0.0.0:$PORT" --reload "$APP"',
            f"{FETCHED}`invoke add gunicorn`",
        ),
    ],
)
def test_development_reloads_by_the_framework_s_own_server_else_the_lock_s(  # noqa: PLR0913, PLR0917
    make_project: MakeProject,
    interface: str,
    framework: str,
    files: tuple[str, ...],
    packages: tuple[str, ...],
    command: str,
    reason: str,
) -> None:
    project, lock = locked(make_project, *packages)
    make_project(dict.fromkeys(files, ""), PYPROJECT)
    root = project.root / "src"
    app = Application("h:app", None, interface, framework, root, in_wheel=True, reason="")
    found = development_server(project, lock, app)
    assert (found.command, found.reason) == (command, reason)
    assert found.fetched == (("gunicorn",) if reason.startswith(FETCHED) else ())
