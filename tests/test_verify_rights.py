"""Who may do what in an image."""

import pytest

from shanty.verify import rights
from tests.images import Entry, distribution
from tests.verifying import HARBOUR, Subjects, entry

APP = "10001:10001"


# The user


@pytest.mark.parametrize("named", ["10001", "10001:10001", "65534:20000"])
def test_a_user_that_no_host_has_an_account_for_passes(make_subject: Subjects, named: str) -> None:
    check = rights.user(make_subject([], User=named))
    assert (check.name, check.passed) == ("rights/user", True)
    assert check.evidence == (f"the user is {named}",)


@pytest.mark.parametrize(
    ("named", "faults"),
    [
        (None, ["the image names no user: it runs as root"]),
        ("", ["the image names no user: it runs as root"]),
        ("app", ["the user is 'app': a number alone shows that it is not root"]),
        ("10001:app", ["the user is '10001:app': a number alone shows that it is not root"]),
        ("0", ["the user is 0, below 10000"]),
        ("10001:0", ["the group is 0, below 10000"]),
        ("1000:1000", ["the user is 1000, below 10000", "the group is 1000, below 10000"]),
    ],
)
def test_a_user_that_may_be_somebody_of_the_host_does_not(
    make_subject: Subjects, named: str | None, faults: list[str]
) -> None:
    check = rights.user(make_subject([], User=named))
    assert (check.passed, list(check.evidence)) == (False, faults)


# Setuid and setgid


def test_no_file_may_make_a_process_another_user(make_subject: Subjects) -> None:
    layer = [
        entry("/usr/bin/su", mode=0o4755),
        entry("/usr/bin/wall", mode=0o2755),
        entry("/usr/bin/ls", mode=0o755),
        Entry("var/mail/", mode=0o2775),
    ]
    check = rights.setuid(make_subject(layer, below=1))
    assert check.evidence == ("/usr/bin/su has mode 4755", "/usr/bin/wall has mode 2755")
    assert rights.setuid(make_subject(layer[2:])).passed


# What may be written to


def test_the_images_user_may_write_to_nothing_outside_tmp(make_subject: Subjects) -> None:
    layer = [
        Entry("tmp/", mode=0o1777),
        entry("/tmp/a", mode=0o666),
        entry("/opt/app/app.py", mode=0o644),
        Entry("usr/bin/cc", mode=0o777, target="gcc"),
    ]
    check = rights.writable(make_subject(layer, User=APP))
    assert (check.name, check.passed) == ("rights/writable", True)


@pytest.mark.parametrize(
    ("found", "is_writable"),
    [
        (entry("/opt/a", mode=0o200, uid=10001), True),
        (entry("/opt/a", mode=0o466, uid=10001), False),
        (entry("/opt/a", mode=0o646), True),
        (entry("/opt/a", mode=0o664), False),
        (Entry("opt/a", mode=0o664, gid=10001), True),
        (Entry("opt/a", mode=0o646, gid=10001), False),
        (Entry("opt/a/", mode=0o1777), True),
        (entry("/tmpfiles", mode=0o666), True),
    ],
)
def test_who_owns_a_file_and_its_mode_tell_who_may_write(
    make_subject: Subjects, found: Entry, is_writable: object
) -> None:
    check = rights.writable(make_subject([found], User=APP))
    path = f"/{found.name.strip('/')}"
    told = f"{path} may be written to" if is_writable else "nothing outside /tmp may be written to"
    assert check.evidence == (told,)


def test_a_user_of_roots_group_may_write_what_that_group_may(make_subject: Subjects) -> None:
    layer = [entry("/etc/passwd", mode=0o664), entry("/etc/motd", mode=0o644)]
    check = rights.writable(make_subject(layer, User="10001:0"))
    assert check.evidence == ("/etc/passwd may be written to",)


@pytest.mark.parametrize("user", ["", "0:0", "root"])
def test_what_root_may_write_to_is_not_looked_at(make_subject: Subjects, user: str) -> None:
    check = rights.writable(make_subject([], User=user))
    told = "the user is root, and may write anywhere"
    assert (check.passed, check.evidence) == (None, (told,))


def test_a_volume_may_be_written_to_whatever_its_files_say(make_subject: Subjects) -> None:
    check = rights.writable(make_subject([], User=APP, Volumes={"/data": {}}))
    assert (check.passed, check.evidence) == (False, ("/data is a volume",))


# Debuggers


def test_debuggers_that_are_installed_or_switched_on_are_told(make_subject: Subjects) -> None:
    layer = [*HARBOUR, *distribution("debugpy", "1.8.1", {})]
    variables = ["FLASK_DEBUG=1", "DJANGO_DEBUG=False", "PYTHONBREAKPOINT=0", "STARLETTE_DEBUG="]
    assert rights.debuggers(make_subject(layer, Env=variables)) == [
        "debugpy 1.8.1 is installed",
        "the image sets FLASK_DEBUG",
    ]
    assert rights.debuggers(make_subject(HARBOUR)) == []
