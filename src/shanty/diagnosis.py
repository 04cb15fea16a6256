"""From an app's last log lines to one sentence on why it did not start, and a fix."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from shanty.holders import holders
from shanty.lock import Lock
from shanty.project import Project


@dataclass(frozen=True)
class Diagnosis:
    """Why an app did not start, and what to do about it."""

    what: str
    fix: str


def diagnose(log: str, project: Project, lock: Lock) -> Diagnosis | None:
    """Return the reason that a log gives, `None` for one that names no exception.

    The app's own exception comes before what the server makes of it, so the first of the last
    traceback that is known counts.
    """
    for pattern, explain in RULES:
        if found := re.search(pattern, log, re.MULTILINE):
            return explain(found, project, lock)
    raised = re.findall(EXCEPTION, log, re.MULTILINE)
    if not raised:
        return None
    # An address in it may hold a password.
    return Diagnosis(re.sub(r"//[^/\s@]+@", "//…@", raised[-1]), "mend what its log names above")


EXCEPTION = r"^(?!gunicorn\.)[\w.]+(?:Error|Exception|Exit|Configured)\b.*"

Rule = Callable[["re.Match[str]", Project, Lock], Diagnosis]


def _variable(found: "re.Match[str]", _project: Project, _lock: Lock) -> Diagnosis:
    name = found["name"]
    return Diagnosis(f"it needs the variable {name}", f"give it one: --env {name}=…")


def _fields(found: "re.Match[str]", _project: Project, _lock: Lock) -> Diagnosis:
    """Explain pydantic's list: a field a line, what is wrong with it indented below."""
    names = re.findall(r"^(\w+)\n\s+Field required", found["fields"], re.MULTILINE)
    variables = [name.upper() for name in names]
    options = " ".join(f"--env {name}=…" for name in variables)
    return Diagnosis(f"it needs the variables {', '.join(variables)}", f"give them: {options}")


def _read_only(found: "re.Match[str]", _project: Project, _lock: Lock) -> Diagnosis:
    return Diagnosis(
        f"it writes to {found['path']}, and the file system is read-only",
        "let it write below /tmp, mount a volume there, or: prod --writable",
    )


def _program(found: "re.Match[str]", _project: Project, _lock: Lock) -> Diagnosis:
    name = found["name"]
    return Diagnosis(
        f"it runs the program {name}, which the image has not",
        f'[tool.shanty] system-packages = ["{name}"]',
    )


def _module(found: "re.Match[str]", project: Project, lock: Lock) -> Diagnosis:
    module = found["name"].partition(".")[0]
    where = holders(project, lock, module)
    if not where:
        return Diagnosis(f"there is no module {module}", f"poetry add {module}")
    kind, _, name = where[0].partition(" ")
    setting = f'[tool.shanty] {kind}s = ["main", "{name}"]' if kind == "group" else ""
    setting = setting or f'[tool.shanty] extras = ["{name}"]'
    return Diagnosis(f"there is no module {module}: it is in the {where[0]} of the lock", setting)


def _service(found: "re.Match[str]", _project: Project, _lock: Lock) -> Diagnosis:
    address = ":".join(part for part in (found["host"], found["port"]) if part)
    return Diagnosis(
        f"it could not reach {address}",
        "start that service, and name its address as containers see it (not localhost)",
    )


# More telling first: an app that lacks a variable may end in any exception.
RULES: tuple[tuple[str, Rule], ...] = (
    (r"^KeyError: '(?P<name>[A-Z][A-Z0-9_]*)'", _variable),
    (
        r"^[\w.]*(?:ImproperlyConfigured|UndefinedValueError|EnvError|EnvironmentError|KeyError|"
        r"RuntimeError|ValueError)\b.*?\b(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)\b.*"
        r"(?:not found|not set|required|missing|environment)",
        _variable,
    ),
    (
        r"^[\w.]*(?:ImproperlyConfigured|UndefinedValueError|EnvError|RuntimeError|ValueError)\b.*"
        r"(?:[Ss]et the|[Mm]issing|required|environment variable)\D*?\b(?P<name>[A-Z][A-Z0-9]*_[A-Z0-9_]+)\b",
        _variable,
    ),
    (r"^[\w.]*ValidationError: \d+ validation errors? for .*\n(?P<fields>(?:.+\n?)+)", _fields),
    (r"^OSError: \[Errno 30\][^']*'(?P<path>[^']+)'", _read_only),
    (r"^PermissionError: \[Errno 13\][^']*'(?P<path>[^']+)'", _read_only),
    (r"^FileNotFoundError: \[Errno 2\] No such file or directory: '(?P<name>[\w.+-]+)'$", _program),
    (r"^ModuleNotFoundError: No module named '(?P<name>[\w.]+)'", _module),
    (
        r"(?:connection to server at|could not connect to server|Connect call failed|Error \d+ connecting to)"
        r"\W*(?P<host>[\w.-]+)(?:\W+(?:port )?(?P<port>\d+))?",
        _service,
    ),
    (r"could not translate host name \"(?P<host>[^\"]+)\"(?P<port>)", _service),
)
