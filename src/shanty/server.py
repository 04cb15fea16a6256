"""The servers: which one the lock has for an app, and how each is started."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple

from packaging.version import Version

from shanty.dependencies.holders import holders
from shanty.dependencies.lock import Lock
from shanty.dependencies.production import production_set
from shanty.door import door
from shanty.errors import UsageError
from shanty.project import Project
from shanty.search.application import Application

# Best first, by what the app speaks.
PREFERENCE = {
    "wsgi": ("gunicorn", "waitress", "granian", "uvicorn", "hypercorn"),
    "asgi": ("uvicorn", "hypercorn", "granian", "daphne", "gunicorn"),
}
# The first gunicorn with a worker for ASGI, and the first that does without pkg_resources. Where
# the lock has none, docker/server-gunicorn.txt has one with that worker for Pythons from 3.10 on.
ASGI_GUNICORN = Version("24.1")
MODERN_GUNICORN = Version("21")
# The first setuptools without it.
MODERN_SETUPTOOLS = Version("82")
# Groups that hold what a developer needs: a server in one of them is no choice for production.
DEVELOPERS = {"dev", "develop", "development", "test", "tests", "lint", "docs", "typing"}

# What finishes the requests in flight when SIGTERM comes.
GRACEFUL = {"gunicorn", "uvicorn", "granian", "hypercorn", "daphne"}
FETCHED_ASGI_PYTHON = Version("3.10")
FORMAT_WITH_SETUPTOOLS = Version("2.0")

ADDRESS = '--host 0.0.0.0 --port "$PORT"'
GUNICORN = '--config /etc/gunicorn.conf.py --bind "0.0.0.0:$PORT"'
FETCHED = "gunicorn"
# Flask's own server, and what starts it anew after an edit.
FLASK = "python /usr/local/bin/develop.py"


@dataclass(frozen=True)
class Server:
    """How an app is served: the command as a shell takes it, and where the server is from.

    `fetched` names what the lock lacks, by the file in docker/ that pins it; `groups` and
    `extras` are what must be installed with the main group for the server to be there.
    """

    command: str
    reason: str
    fetched: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()

    @property
    def stop_signal(self) -> str:
        """The signal that ends it: what has no handler for SIGTERM ignores it as first process.

        Python always has one for SIGINT.
        """
        programs = {PurePath(word).name for word in self.command.split()}
        return "SIGTERM" if programs & GRACEFUL else "SIGINT"


class Needs(NamedTuple):
    """The groups and extras that are installed in any case, on which Python."""

    groups: Sequence[str]
    extras: Sequence[str]
    python_version: str


def choose_server(project: Project, lock: Lock, app: Application, needs: Needs) -> Server:
    """Return the first server that the production set has, else one of a group or an extra.

    Where the lock has none at all, gunicorn is fetched apart from it. Raises `UsageError` where
    that one cannot serve the app on this Python.
    """
    installed = {package.name: package.version for package in production_set(project, lock, *needs)}
    for name in PREFERENCE[app.interface]:
        if _serves(name, installed, app):
            reason = f"{name} {installed[name]}, from the lock"
            return Server(_command(name, app), reason, _lacking(lock, installed))
    for name in PREFERENCE[app.interface]:
        for holder in holders(project, lock, name) if _serves(name, lock.versions, app) else ():
            kind, _, where = holder.partition(" ")
            if where and where not in DEVELOPERS:
                return Server(
                    _command(name, app),
                    f"{name} {lock.versions[name]}, from the {holder} of the lock",
                    _lacking(lock, installed | {name: lock.versions[name]}),
                    groups=(where,) if kind == "group" else (),
                    extras=(where,) if kind == "extra" else (),
                )
    if app.interface == "asgi" and Version(needs.python_version) < FETCHED_ASGI_PYTHON:
        raise UsageError(
            f"the lock has no server, and no {FETCHED} serves ASGI on Python "
            f"{needs.python_version}",
            f"{door()} add uvicorn",
        )
    return _fetched(f"python -m {_command(FETCHED, app)}", lock, installed)


def development_server(project: Project, lock: Lock, app: Application) -> Server:
    """Return the server with live reload: the framework's own, the lock's, else gunicorn."""
    if app.framework == "flask":
        return Server(FLASK, "Flask's own")
    if script := manager(project, app):
        run = f'python {shlex.quote(script)} runserver "0.0.0.0:$PORT"'
        return Server(run, "Django's own")
    for name in ("uvicorn", "hypercorn"):
        if app.interface == "asgi" and _serves(name, lock.versions, app):
            return Server(f"{_command(name, app)} --reload", f"{name} {lock.versions[name]}")
    worker = " --worker-class asgi" if app.interface == "asgi" else ""
    command = f'python -m gunicorn --bind "0.0.0.0:$PORT" --reload{worker} "$APP"'
    if _serves(FETCHED, lock.versions, app):
        lacking = _lacking(lock, lock.versions)
        return Server(command, f"gunicorn {lock.versions[FETCHED]}", lacking)
    return _fetched(command, lock, lock.versions)


def framework_shell(project: Project, app: Application) -> tuple[str, ...]:
    """Return the command of the framework's own shell, or of Python where it has none."""
    if app.framework == "flask":
        return ("flask", "shell")
    script = manager(project, app)
    return ("python", script, "shell") if script else ("python",)


def manager(project: Project, app: Application) -> str | None:
    """Return the path of a Django app's `manage.py`, `None` where there is none."""
    managers = (folder / "manage.py" for folder in (project.root, app.import_root))
    found = [str(one.relative_to(project.root)) for one in managers if one.is_file()]
    return found[0] if found and app.framework == "django" else None


def _fetched(command: str, lock: Lock, versions: Mapping[str, str]) -> Server:
    """Return the server that is fetched beside the lock, found before an older one of the lock."""
    others = {name: version for name, version in versions.items() if name != FETCHED}
    fetched = (FETCHED, *_lacking(lock, others))
    if old := versions.get(FETCHED):
        return Server(
            f'env PYTHONPATH="/opt/server:$PYTHONPATH" {command}',
            f"{FETCHED}, fetched beside the lock, whose {old} serves no ASGI. Make it yours with "
            f"`{door()} add {FETCHED}@latest`",
            fetched,
        )
    return Server(
        command,
        f"{FETCHED}, which is not in the lock: it is fetched beside it. Make it yours with "
        f"`{door()} add {FETCHED}`",
        fetched,
    )


def _serves(name: str, versions: Mapping[str, str], app: Application) -> bool:
    if name not in versions:
        return False
    if name == "gunicorn" and app.interface == "asgi":
        return Version(versions[name]) >= ASGI_GUNICORN
    # A call with arguments is for those that evaluate what they are given.
    calls = {"gunicorn": ")", "hypercorn": ")", "daphne": ""}.get(name, "()")
    return not app.target.endswith(")") or (bool(calls) and app.target.endswith(calls))


def _lacking(lock: Lock, versions: Mapping[str, str]) -> tuple[str, ...]:
    """Return setuptools where something imports it and the lock lacks it, or has it too new.

    An old gunicorn does. Locks before 2.0 leave it out whoever asks for it, for there it was in
    every environment.
    """
    old = Version(versions.get("gunicorn", str(MODERN_GUNICORN))) < MODERN_GUNICORN
    left_out = Version(lock.format or "1.0") < FORMAT_WITH_SETUPTOOLS
    if "setuptools" in versions:
        too_new = Version(versions["setuptools"]) >= MODERN_SETUPTOOLS
        return ("setuptools",) if old and too_new else ()
    return ("setuptools",) if old or left_out else ()


def _command(name: str, app: Application) -> str:
    """Return the production command; `$APP`, `$PORT` and `$WEB_CONCURRENCY` are the container's."""
    factory = app.target.endswith("()")
    bare = '"${APP%"()"}"' if factory else '"$APP"'
    workers = '--workers "${WEB_CONCURRENCY:-1}"'
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
