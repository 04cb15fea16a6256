"""What is installed, held against the lock and against each distribution's own record."""

import hashlib
from dataclasses import replace

import pytest

from shanty.project import Project, find_project
from shanty.verify.packages import expected, files, installed, packages
from tests.harbour import DOCKERFILE, GUNICORN, context
from tests.images import SITE, Entry, distribution
from tests.verifying import HARBOUR, LOCKED, PYVENV, Subjects, entry, site

ALL = [*HARBOUR, *LOCKED, PYVENV]
SERVER = "opt/server"
PACKAGE = """
[[package]]
name = "{name}"
version = "{version}"
groups = ["{group}"]
{more}
"""


def lock(project: Project, name: str, version: str, group: str = "main", more: str = "") -> None:
    """Add a package to a project's lock."""
    text = project.lock_file.read_text("utf-8")
    head, mark, tail = text.partition("[metadata]")
    added = PACKAGE.format(name=name, version=version, group=group, more=more)
    project.lock_file.write_text(f"{head}{added}{mark}{tail}", "utf-8")


def declare(project: Project, old: str, new: str) -> Project:
    """Change a project's `pyproject.toml`, and return the project as it is then."""
    text = project.pyproject_file.read_text("utf-8")
    project.pyproject_file.write_text(text.replace(old, new), "utf-8")
    return find_project(project.root)


# Packages


def test_an_image_with_the_locks_packages_and_the_project_passes(make_subject: Subjects) -> None:
    check = packages(make_subject(ALL))
    assert (check.name, check.passed) == ("lock/packages", True)
    assert check.evidence == (
        "2 distributions, each in the version of poetry.lock for Python 3.13.2 on amd64",
    )


def test_what_is_missing_too_much_or_of_another_version_is_told(make_subject: Subjects) -> None:
    lock(make_subject.project, "flask", "3.1.3")
    lock(make_subject.project, "pytest", "9.0", group="test")
    others = [*distribution("gunicorn", "26.0", {}), *distribution("pytest", "9.0", {})]
    check = packages(make_subject([*HARBOUR, *others]))
    assert not check.passed
    assert check.evidence == (
        "flask 3.1.3 of the lock is missing",
        "pytest 9.0 is not in the lock's main set",
        "gunicorn is 26.0 in the image, 27.0.1 in the lock",
    )


def test_one_that_is_there_twice_is_told_with_both_versions(make_subject: Subjects) -> None:
    below = distribution("gunicorn", "26.0", {}, site=SERVER)
    subject = make_subject([*ALL, *below])
    assert installed(subject)["gunicorn"] == ("26.0", "27.0.1")
    assert packages(subject).evidence == (
        "gunicorn is 26.0 and 27.0.1 in the image, 27.0.1 in the lock",
    )


def test_a_version_is_the_same_however_it_is_written(make_subject: Subjects) -> None:
    lock(make_subject.project, "flask", "3.1.0")
    assert packages(make_subject([*ALL, *distribution("Flask", "3.1", {})])).passed


def test_a_marker_is_held_against_the_images_own_platform(make_subject: Subjects) -> None:
    arm = 'markers = "platform_machine == \\"aarch64\\" and python_full_version < \\"3.13.3\\""'
    lock(make_subject.project, "pulley", "1.0", more=arm)
    assert "pulley" in expected(make_subject([PYVENV], architecture="arm64"))
    assert "pulley" not in expected(make_subject([PYVENV], architecture="amd64"))
    assert "pulley" not in expected(make_subject([], architecture="arm64"))


def test_the_groups_that_the_server_needs_are_expected_too(make_subject: Subjects) -> None:
    group = (
        '[project]\nname = "harbour"',
        '[dependency-groups]\nserve = []\n[project]\nname = "harbour"',
    )
    project = declare(make_subject.project, *group)
    lock(project, "waitress", "3.0", group="serve")
    subject = make_subject([], project=project, server=replace(GUNICORN, groups=("serve",)))
    assert expected(subject) == {"gunicorn": "27.0.1", "waitress": "3.0", "harbour": "1.0"}


def test_a_lock_that_has_changed_since_the_build_is_said_before_its_faults(
    make_subject: Subjects,
) -> None:
    text = make_subject.project.lock_file.read_bytes()
    same = {"shanty.lock": hashlib.sha256(text).hexdigest()}
    other = {"shanty.lock": hashlib.sha256(b"before").hexdigest()}
    missing = "gunicorn 27.0.1 of the lock is missing"
    changed = "poetry.lock has changed since the build"
    assert packages(make_subject(HARBOUR)).evidence == (missing,)
    assert packages(make_subject(HARBOUR, Labels=same)).evidence == (missing,)
    assert packages(make_subject(HARBOUR, Labels=other)).evidence == (changed, missing)
    assert packages(make_subject(ALL, Labels=other)).passed


@pytest.mark.parametrize(
    ("python", "version"), [("3.13.2", "27.0.1"), ("3.10.1", "27.0.1"), ("3.9.20", "23.0.0")]
)
def test_a_fetched_server_is_the_one_that_its_file_pins_for_the_images_python(
    make_subject: Subjects, python: str, version: str
) -> None:
    pyvenv = entry("/opt/venv/pyvenv.cfg", f"version = {python}\n".encode())
    fetched = replace(GUNICORN, fetched=("gunicorn", "setuptools"))
    wanted = expected(make_subject([pyvenv], server=fetched))
    assert wanted == {"gunicorn": version, "setuptools": "81.0.0", "harbour": "1.0"}


def test_a_fetched_server_of_an_owned_docker_folder_is_the_one_pinned_there(
    make_subject: Subjects,
) -> None:
    docker = make_subject.project.root / "docker"
    docker.mkdir()
    (docker / "Dockerfile").write_text(DOCKERFILE, "utf-8")
    (docker / "server-gunicorn.txt").write_text("# ours\ngunicorn==25.0.0\n", "utf-8")
    changes = {"context": context(make_subject.project)}
    server = replace(GUNICORN, fetched=("gunicorn",))
    wanted = expected(make_subject([], server=server, changes=changes))
    assert wanted["gunicorn"] == "25.0.0"


def test_a_project_that_ships_its_files_is_no_distribution(make_subject: Subjects) -> None:
    assert expected(make_subject([], changes={"ship": "files"})) == {"gunicorn": "27.0.1"}
    assert "harbour" in expected(make_subject([], changes={"ship": "both"}))


@pytest.mark.parametrize(
    ("old", "new", "version"),
    [
        ('version = "1.0"', 'version = "2.0"', "2.0"),
        ('version = "1.0"', 'dynamic = ["version"]', ""),
        ('version = "1.0"', "", ""),
        ('[project]\nname = "harbour"\nversion', '[tool.poetry]\nname = "harbour"\nversion', "1.0"),
    ],
)
def test_the_project_has_the_version_that_its_file_says_or_any(
    make_subject: Subjects, old: str, new: str, version: str
) -> None:
    project = declare(make_subject.project, old, new)
    assert expected(make_subject([], project=project))["harbour"] == version


def test_a_version_that_git_makes_is_the_recipes(make_subject: Subjects) -> None:
    changes = {"version": "1.2.post4.dev0+abcdef0"}
    assert expected(make_subject([], changes=changes))["harbour"] == "1.2.post4.dev0+abcdef0"


def test_a_version_that_nobody_knows_beforehand_may_be_any(make_subject: Subjects) -> None:
    project = declare(make_subject.project, 'version = "1.0"', 'dynamic = ["version"]')
    other = distribution("harbour", "7.0", {})
    assert packages(make_subject([*LOCKED, *other], project=project)).passed


# Files


def test_files_that_are_as_their_records_have_them_pass(make_subject: Subjects) -> None:
    check = files(make_subject(ALL))
    assert (check.name, check.passed) == ("lock/files", True)
    assert check.evidence == ("6 files, each as its RECORD has it",)


def test_a_file_that_was_changed_after_its_installation_is_told(make_subject: Subjects) -> None:
    changed = entry(site("gunicorn/__init__.py"), b"import evil")
    assert files(make_subject(ALL, [changed])).evidence == (
        f"{site('gunicorn/__init__.py')} is not as gunicorn 27.0.1 has it",
    )


def test_a_file_that_was_taken_away_is_told_but_bytecode_may_be(make_subject: Subjects) -> None:
    cached = "gunicorn/__pycache__/app.cpython-313.pyc"
    layer = distribution("gunicorn", "27.0.1", {"gunicorn/app.py": b"", cached: b""})
    gone = [
        Entry(f"{SITE}/gunicorn/.wh.app.py"),
        Entry(f"{SITE}/gunicorn/__pycache__/.wh.app.cpython-313.pyc"),
    ]
    check = files(make_subject([*HARBOUR, *layer], gone))
    assert check.evidence == (f"{site('gunicorn/app.py')} of gunicorn is missing",)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("rope.py,,", None),
        (f"rope.py,sha512={'A' * 86},", "rope.py is not as rope 1 has it"),
        ("rope.py,crc32=AAAA,", "rope.py of rope has a hash of an unknown kind: crc32"),
    ],
)
def test_a_row_without_a_hash_proves_nothing_and_one_of_another_kind_is_read(
    make_subject: Subjects, row: str, fault: str | None
) -> None:
    layer = [
        Entry(f"{SITE}/rope.py", b"rope = 1"),
        Entry(f"{SITE}/rope-1.dist-info/METADATA", b"Name: rope\nVersion: 1\n"),
        Entry(
            f"{SITE}/rope-1.dist-info/RECORD",
            f"{row}\nrope-1.dist-info/METADATA,,\nrope-1.dist-info/RECORD,,\n".encode(),
        ),
    ]
    told = site(fault) if fault else "3 files, each as its RECORD has it"
    assert files(make_subject(layer)).evidence == (told,)


def test_a_distribution_without_a_record_is_told(make_subject: Subjects) -> None:
    old = Entry(f"{SITE}/rope.egg-info/PKG-INFO", b"Name: rope\nVersion: 1\n")
    check = files(make_subject([*ALL, old]))
    assert check.evidence == (
        "rope 1 has no RECORD",
        f"{site('rope.egg-info/PKG-INFO')} is of no distribution",
    )


@pytest.mark.parametrize("path", [site("stray.py"), "/opt/server/stray.pth", "/opt/venv/bin/stray"])
def test_a_file_of_the_environment_that_no_distribution_lists_is_told(
    make_subject: Subjects, path: str
) -> None:
    check = files(make_subject([*ALL, entry(path)]))
    assert (check.passed, check.evidence) == (False, (f"{path} is of no distribution",))


def test_what_an_environment_is_made_of_is_nobodys_and_needs_no_owner(
    make_subject: Subjects,
) -> None:
    names = (
        "bin/python",
        "bin/python3.13",
        "bin/activate",
        "bin/Activate.ps1",
        "bin/activate.fish",
    )
    layer = [
        *(entry(f"/opt/venv/{name}") for name in names),
        Entry("opt/venv/lib64", target="lib"),
        Entry("opt/venv/include/"),
        entry(site("server.pth"), b"/opt/server\n"),
        entry(site("gunicorn/__pycache__/__init__.cpython-313.pyc")),
        entry("/opt/app/app.py"),
    ]
    assert files(make_subject([*ALL, *layer])).passed


def test_what_the_base_has_in_the_environments_place_is_the_bases(make_subject: Subjects) -> None:
    assert files(make_subject([entry("/opt/venv/bin/stray")], ALL, below=1)).passed
