"""The checks of who may do what: the user, and what the file system lets that user do."""

import re
from collections.abc import Iterator

from shanty.image.file import File
from shanty.verify.check import Check, judged, not_made
from shanty.verify.subject import Subject

LOWEST_USER = 10_000
SETUID_OR_SETGID = 0o6000
DEBUGGERS = {
    *("debugpy", "ipdb", "pudb", "pydevd", "pydevd-pycharm", "remote-pdb", "web-pdb"),
    *("django-debug-toolbar", "flask-debugtoolbar", "fastapi-debug-toolbar"),
    *("pyramid-debugtoolbar", "werkzeug-debugger-runtime"),
}
SWITCHES = ("FLASK_DEBUG", "DJANGO_DEBUG", "STARLETTE_DEBUG", "PYTHONBREAKPOINT")


def user(subject: Subject) -> Check:
    """Ask that the image names a user of its own, as a number that no account of a host has."""
    named = str(subject.image.settings.get("User") or "")
    numbers = re.fullmatch(r"(\d+)(?::(\d+))?", named)
    faults = []
    if not named:
        faults.append("the image names no user: it runs as root")
    elif numbers is None:
        faults.append(f"the user is {named!r}: a number alone shows that it is not root")
    else:
        faults += [
            f"the {what} is {number}, below {LOWEST_USER}"
            for what, number in zip(("user", "group"), numbers.groups(), strict=True)
            if number is not None and int(number) < LOWEST_USER
        ]
    return judged("rights/user", faults, f"the user is {named}")


def setuid(subject: Subject) -> Check:
    """Look for files by which a process becomes another user."""
    faults = [
        f"{path} has mode {file.mode:o}"
        for path, file in subject.image.files.items()
        if file.kind == "file" and file.mode & SETUID_OR_SETGID
    ]
    return judged("rights/setuid", faults, "no file is setuid or setgid")


def writable(subject: Subject) -> Check:
    """Look for what the image's user may write to outside /tmp."""
    if str(subject.image.settings.get("User") or "0").partition(":")[0] in {"0", "root"}:
        return not_made("rights/writable", "the user is root, and may write anywhere")
    faults = [
        *(f"{path} may be written to" for path in _writable(subject)),
        *(f"{path} is a volume" for path in subject.image.settings.get("Volumes") or ()),
    ]
    return judged("rights/writable", faults, "nothing outside /tmp may be written to")


def _writable(subject: Subject) -> Iterator[str]:
    named, _, group = str(subject.image.settings.get("User")).partition(":")
    for path, file in subject.image.files.items():
        own = file.kind in {"file", "folder"} and not f"{path}/".startswith("/tmp/")  # noqa: S108
        if own and _may_write(file, named, group):
            yield path


def _may_write(file: File, user: str, group: str) -> bool:
    """Tell whether a user, given as numbers, may write to a file."""
    if str(file.uid) == user:
        return bool(file.mode & 0o200)
    if str(file.gid) == group:
        return bool(file.mode & 0o020)
    return bool(file.mode & 0o002)


def debuggers(subject: Subject) -> list[str]:
    """Return the debuggers that are installed or switched on in the image's own settings."""
    environment = subject.image.environment
    return [
        *(
            f"{one.name} {one.version} is installed"
            for one in subject.distributions
            if one.name in DEBUGGERS
        ),
        *(
            f"the image sets {name}"
            for name in SWITCHES
            if environment.get(name, "0").lower() not in {"", "0", "false", "no"}
        ),
    ]
