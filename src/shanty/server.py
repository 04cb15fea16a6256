"""The servers: which one the lock has for an app, and how each is started."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from packaging.version import Version

from shanty.application import Application
from shanty.errors import UsageError
from shanty.lock import Lock, LockedPackage, holders, production_set
from shanty.project import Project

# Best first, by what the app speaks.
PREFERENCE = {
    "wsgi": ("gunicorn", "waitress", "granian", "uvicorn", "hypercorn"),
    "asgi": ("uvicorn", "hypercorn", "granian", "daphne", "gunicorn"),
}
# The first gunicorn with a worker for ASGI, and the first that does without pkg_resources.
ASGI_GUNICORN = Version("24.1")
MODERN_GUNICORN = Version("21")
# Groups that hold what a developer needs: a server in one of them is no choice for production.
DEVELOPERS = {"dev", "develop", "development", "test", "tests", "lint", "docs", "typing"}

ADDRESS = '--host 0.0.0.0 --port "$PORT"'
GUNICORN = '--config /etc/gunicorn.conf.py --bind "0.0.0.0:$PORT"'


@dataclass(frozen=True)
class Server:
    """How an app is served: the commands as a shell takes them, and where the server is from.

    `fetched` names what the lock lacks, and `groups` and `extras` what must be installed with
    the main group for the server to be there.
    """

    command: str
    development: str
    reason: str
    fetched: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()


def choose_server(
    project: Project,
    lock: Lock,
    app: Application,
    groups: Sequence[str],
    extras: Sequence[str],
    python_version: str,
) -> Server:
    """Return the first server that the production set has, else one of a group or an extra.

    Where the lock has none at all, gunicorn is fetched apart from it.
    """
    installed = {
        package.name: package
        for package in production_set(project, lock, groups, extras, python_version)
    }
    development = _development(app, lock)
    for name in PREFERENCE[app.interface]:
        if name in installed and _speaks(name, installed[name].version, app):
            return Server(
                _command(name, app),
                development,
                f"{name} {installed[name].version}, from the lock",
                _needs(installed),
            )
    for name in PREFERENCE[app.interface]:
        version = lock.versions.get(name)
        for holder in holders(project, lock, name) if version else ():
            kind, _, where = holder.partition(" ")
            if where and where not in DEVELOPERS and _speaks(name, str(version), app):
                return Server(
                    _command(name, app),
                    development,
                    f"{name} {version}, from the {holder} of the lock",
                    groups=(where,) if kind == "group" else (),
                    extras=(where,) if kind == "extra" else (),
                )
    return Server(
        f"python -m {_command('gunicorn', app)}",
        development,
        "gunicorn 27.0.1, which is not in the lock: make it yours with `poetry add gunicorn`",
        ("gunicorn",),
    )


def _speaks(name: str, version: str, app: Application) -> bool:
    if name == "gunicorn" and app.interface == "asgi":
        return Version(version) >= ASGI_GUNICORN
    return not (name == "daphne" and app.target.endswith(")"))


def _needs(installed: dict[str, LockedPackage]) -> tuple[str, ...]:
    """Return what an old gunicorn imports and a production set may lack."""
    gunicorn = installed.get("gunicorn")
    old = gunicorn is not None and Version(gunicorn.version) < MODERN_GUNICORN
    return ("setuptools",) if old and "setuptools" not in installed else ()


def _command(name: str, app: Application) -> str:
    """Return the production command; `$APP`, `$PORT` and `$WEB_CONCURRENCY` are the container's."""
    factory = app.target.endswith("()")
    bare = '"${APP%"()"}"' if factory else '"$APP"'
    workers = '--workers "${WEB_CONCURRENCY:-1}"'
    if app.target.endswith(")") and not factory and name not in {"gunicorn", "hypercorn"}:
        raise UsageError(
            f'app = "{app.target}": {name} calls no factory with arguments',
            "write a factory without, or a module that calls it",
        )
    match name:
        case "gunicorn":
            worker = " --worker-class asgi" if app.interface == "asgi" else ""
            return f'gunicorn {GUNICORN}{worker} "$APP"'
        case "waitress":
            call = " --call" if factory else ""
            return f'waitress-serve --listen "*:$PORT" --threads 8{call} {bare}'
        case "hypercorn":
            prefix = "wsgi:" if app.interface == "wsgi" else ""
            return f'hypercorn --bind "0.0.0.0:$PORT" {workers} "{prefix}$APP"'
        case "granian":
            call = " --factory" if factory else ""
            return f"granian --interface {app.interface} {ADDRESS} {workers}{call} {bare}"
        case "daphne":
            return 'daphne --bind 0.0.0.0 --port "$PORT" "$APP"'
        case _:
            call = " --factory" if factory else ""
            interface = " --interface wsgi" if app.interface == "wsgi" else ""
            return f"uvicorn {ADDRESS}{interface}{call} {bare}"


def _development(app: Application, lock: Lock) -> str:
    """Return the command with live reload: the framework's own server where it has one."""
    choices: tuple[tuple[bool, Callable[[], str]], ...] = (
        (app.framework == "flask", lambda: f"flask run {ADDRESS}"),
        (app.framework == "django", lambda: 'python manage.py runserver "0.0.0.0:$PORT"'),
        (
            app.interface == "asgi" and "uvicorn" in lock.versions,
            lambda: f"{_command('uvicorn', app)} --reload",
        ),
        (
            app.interface == "asgi" and "hypercorn" in lock.versions,
            lambda: f"{_command('hypercorn', app)} --reload",
        ),
    )
    for holds, command in choices:
        if holds:
            return command()
    worker = " --worker-class asgi" if app.interface == "asgi" else ""
    return f'python -m gunicorn --bind "0.0.0.0:$PORT" --reload{worker} "$APP"'
