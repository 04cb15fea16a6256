"""The app: where it is, what serves it, and on which port."""

import re
from dataclasses import replace
from functools import partial

from packaging.version import Version

from shanty.doctor.finding import Check, Note, Seen, required
from shanty.doctor.later import later
from shanty.doctor.machine import Machine
from shanty.doctor.subject import Subject
from shanty.door import door
from shanty.port import ServedError, check_free
from shanty.server import FORMAT_WITH_SETUPTOOLS, Needs, Server, choose_server
from shanty.services.compose_file import find_compose_file
from shanty.services.model import read_services
from shanty.services.plugin import check_compose
from shanty.serving import environment_file

HOST = "127.0.0.1"


def app_checks(subject: Subject, machine: Machine) -> tuple[Check, ...]:
    """Return the looks at a project's app and at what it is served with."""
    services = later(partial(_services, subject, machine))
    return (
        Check("app", "It is what the servers serve.", partial(_app, subject)),
        Check("server", "Production is served by it.", partial(_server, subject)),
        Check("services", "`dev` and `test` bring them up first.", services.result),
        Check("port", "`dev` and `prod` answer on it.", partial(_port, subject, machine)),
    )


def _app(subject: Subject) -> str:
    setting = subject.resolved("app")
    return f"{setting.value}: {setting.source}" if setting.value else setting.source


def _server(subject: Subject) -> Seen:
    serve = subject.setting("serve")
    app = required(lambda: subject.resolved("app").application, "app is not settled")
    if serve or app is None:
        return f"serve = {str(serve)!r}"
    lock = subject.lock
    python = str(subject.setting("python-version"))
    groups, extras = (_words(subject, key) for key in ("groups", "extras"))
    server = choose_server(subject.project, lock, app, Needs(groups, extras, python))
    # Such locks leave it out whoever asks for it.
    leaves_out = Version(lock.format or "1.0") < FORMAT_WITH_SETUPTOOLS
    if server.fetched == ("setuptools",) and leaves_out:
        return server.reason
    return _with_fetched(server) if server.fetched else server.reason


def _with_fetched(server: Server) -> Note:
    why = "Its version follows Shanty's, and not the lock."
    if own := re.fullmatch(r"(.*)\. Make it yours with `(.*)`", server.reason):
        return Note(own[1], own[2], why)
    what = f"{server.reason}, which needs a setuptools that the lock has not: it is fetched"
    return Note(what, f"{door()} add 'setuptools<82'", why)


def _words(subject: Subject, key: str) -> tuple[str, ...]:
    value = subject.setting(key)
    return value if isinstance(value, tuple) else ()


def _services(subject: Subject, machine: Machine) -> list[Seen]:
    project, configured = subject.project, subject.setting("env-file")
    file = find_compose_file(project)
    if file is None:
        return []
    variables = environment_file(project, None, str(configured) if configured else None)
    version = check_compose()
    if not machine.is_ready:
        # Compose asks the engine for more than it needs, and waits.
        return [f"{file.shown}, by Docker Compose {version}"]
    found = read_services(project, replace(file, env_file=variables))
    names = ", ".join(found.names) or "no service"
    return [f"{names}, by {file.shown} and Docker Compose {version}"]


def _port(subject: Subject, machine: Machine) -> str:
    project, port = subject.project, int(str(subject.setting("port")))
    try:
        check_free(HOST, port, project, ask_engine=machine.is_ready)
    except ServedError as served:
        return served.what
    return f"{port} is free"
