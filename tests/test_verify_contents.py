"""What should not be in an image."""

from collections.abc import Callable

import pytest

from shanty.verify import contents
from shanty.verify.check import Check
from shanty.verify.subject import Subject
from tests.harbour import context
from tests.images import Entry, distribution
from tests.verifying import HARBOUR, LOCKED, Subjects, entry, site

KEY = b"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n"
CLEAN = [*HARBOUR, *LOCKED, entry("/opt/app/app.py"), entry("/usr/bin/python3")]


@pytest.mark.parametrize(
    ("check", "passed"),
    [
        (contents.tools, Check("contents/tools", True, ("no Poetry, compiler, git or curl",))),  # noqa: FBT003
        (contents.installer, Check("contents/installer", True, ("no pip in /opt/venv",))),  # noqa: FBT003
        (contents.tests, Check("contents/tests", True, ("no tests of the project's",))),  # noqa: FBT003
        (contents.private_files, Check("contents/private-files", True, ("no .git, .env or key",))),  # noqa: FBT003
        (contents.caches, Check("contents/caches", True, ("no cache of a tool's",))),  # noqa: FBT003
    ],
)
def test_an_image_with_nothing_but_its_app_passes(
    make_subject: Subjects, check: Callable[[Subject], Check], passed: Check
) -> None:
    assert check(make_subject(CLEAN)) == passed


# Tools


@pytest.mark.parametrize(
    "path",
    [
        *("/usr/bin/git", "/usr/local/bin/poetry", "/bin/curl", "/opt/poetry/bin/poetry"),
        *("/root/.local/bin/uv", "/usr/bin/gcc-12", "/usr/bin/x86_64-linux-gnu-g++-12"),
        *("/usr/bin/cc", "/usr/bin/clang++-19", "/sbin/ld", "/usr/local/bin/cargo"),
    ],
)
def test_a_tool_is_found_wherever_programs_are_even_in_the_base(
    make_subject: Subjects, path: str
) -> None:
    check = contents.tools(make_subject([entry(path)], CLEAN, below=1))
    assert (check.passed, check.evidence) == (False, (f"{path} is there",))


def test_a_link_to_a_tool_is_one_and_a_folder_of_that_name_is_none(make_subject: Subjects) -> None:
    layer = [Entry("usr/bin/cc", target="/etc/alternatives/cc"), Entry("usr/bin/git/")]
    assert contents.tools(make_subject(layer)).evidence == ("/usr/bin/cc is there",)


@pytest.mark.parametrize(
    "path", ["/usr/lib/git-core/git", "/usr/bin/gitk2", "/usr/bin/assemble", "/usr/share/bin/uv"]
)
def test_what_is_called_otherwise_or_lies_elsewhere_is_no_tool(
    make_subject: Subjects, path: str
) -> None:
    assert contents.tools(make_subject([entry(path)])).passed


# Installers


def test_an_installer_in_the_environment_is_named_with_its_folder(make_subject: Subjects) -> None:
    check = contents.installer(make_subject([*CLEAN, *distribution("pip", "25.0", {})]))
    assert (check.passed, check.evidence) == (False, (f"pip 25.0 is in {site('')[:-1]}",))


def test_the_installer_of_the_base_is_not_the_apps(make_subject: Subjects) -> None:
    below = distribution("pip", "25.0", {}, site="usr/local/lib/python3.13/site-packages")
    assert contents.installer(make_subject(below, CLEAN, below=1)).passed


# Tests


def test_the_projects_tests_are_found_once_among_its_files(make_subject: Subjects) -> None:
    layer = [
        entry("/opt/app/tests/test_a.py"),
        entry("/opt/app/tests/test_b.py"),
        entry("/opt/app/conftest.py"),
        entry("/opt/app/app_test.py"),
        Entry("opt/app/test/"),
    ]
    assert contents.tests(make_subject(layer)).evidence == (
        "/opt/app/tests is there",
        "/opt/app/conftest.py is there",
        "/opt/app/app_test.py is there",
    )


def test_the_tests_that_the_projects_own_wheel_brings_are_found(make_subject: Subjects) -> None:
    wheel = distribution("harbour", "1.0", {"tests/__init__.py": b"", "harbour.py": b""})
    check = contents.tests(make_subject(wheel))
    assert (check.passed, check.evidence) == (False, (f"{site('tests')} is there",))


def test_the_tests_that_a_locked_distribution_brings_are_its_own_business(
    make_subject: Subjects,
) -> None:
    layer = [*distribution("gunicorn", "27.0.1", {"tests/test_a.py": b""}), *HARBOUR]
    assert contents.tests(make_subject(layer)).passed


def test_what_only_begins_like_a_test_is_none(make_subject: Subjects) -> None:
    layer = [entry("/opt/app/testimony/a.py"), entry("/opt/app/harbour/tests.py"), entry("/tests")]
    assert contents.tests(make_subject(layer)).passed


def test_the_tests_of_a_project_in_a_larger_context_are_looked_for_where_it_lies(
    make_subject: Subjects,
) -> None:
    larger = context(make_subject.project)
    object.__setattr__(larger, "app_dir", "/opt/app/harbour")
    layer = [entry("/opt/app/harbour/tests/a.py"), entry("/opt/app/tests/a.py")]
    check = contents.tests(make_subject(layer, changes={"context": larger}))
    assert check.evidence == ("/opt/app/harbour/tests is there",)


# Private files


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/opt/app/.git/config", "/opt/app/.git"),
        ("/opt/app/.env", "/opt/app/.env"),
        ("/opt/app/.env.production", "/opt/app/.env.production"),
        ("/root/.netrc", "/root/.netrc"),
        ("/opt/app/certs/site.key", "/opt/app/certs/site.key"),
        ("/home/app/.ssh/id_ed25519", "/home/app/.ssh/id_ed25519"),
    ],
)
def test_a_private_file_is_told_by_the_outermost_name_that_shows_it(
    make_subject: Subjects, path: str, told: str
) -> None:
    check = contents.private_files(make_subject([entry(path)]))
    assert (check.passed, check.evidence) == (False, (f"{told} is there",))


def test_an_example_of_variables_is_for_everybody(make_subject: Subjects) -> None:
    assert contents.private_files(make_subject([entry("/opt/app/.env.example")])).passed


def test_the_certificates_that_a_system_package_brings_are_public(make_subject: Subjects) -> None:
    layer = [
        Entry("etc/ssl/certs/ISRG_Root_X1.pem", target="/usr/share/ca-certificates/a.crt"),
        entry("/usr/share/ca-certificates/mozilla/a.pem"),
    ]
    assert contents.private_files(make_subject(layer)).passed
    check = contents.private_files(make_subject([entry("/etc/ssl/certs/mine.pem", KEY)]))
    assert check.evidence == ("/etc/ssl/certs/mine.pem holds a private key",)


def test_a_private_key_is_found_whatever_its_file_is_called(make_subject: Subjects) -> None:
    layer = [entry("/opt/app/notes.txt", b"mine:\n" + KEY), entry("/opt/app/pub.txt", b"BEGIN")]
    check = contents.private_files(make_subject(layer))
    assert check.evidence == ("/opt/app/notes.txt holds a private key",)
    assert "MIIE" not in str(check)


def test_the_keys_that_a_locked_distribution_brings_are_no_secret(make_subject: Subjects) -> None:
    wheel = distribution("gunicorn", "27.0.1", {"tests/server.key": KEY, "gunicorn.pem": b""})
    assert contents.private_files(make_subject(wheel)).passed


def test_the_keys_that_the_projects_own_wheel_brings_are_found(make_subject: Subjects) -> None:
    wheel = distribution("Harbour", "1.0", {"harbour/site.key": KEY})
    assert contents.private_files(make_subject(wheel)).evidence == (
        f"{site('harbour/site.key')} is there",
        f"{site('harbour/site.key')} holds a private key",
    )


# Caches


@pytest.mark.parametrize(
    "path",
    [
        *("/root/.cache/pip/http/a", "/home/app/.cache/pypoetry/a", "/var/lib/apt/lists/a"),
        *("/opt/app/.mypy_cache/a.json", "/opt/app/deep/.nox/a", "/opt/app/.coverage"),
    ],
)
def test_a_tools_cache_is_found_in_what_was_added(make_subject: Subjects, path: str) -> None:
    check = contents.caches(make_subject([entry(path, b"kept")]))
    assert (check.passed, check.evidence) == (False, (f"{path} is there",))
    assert contents.caches(make_subject([entry(path, b"kept")], below=1)).passed


def test_an_empty_place_for_a_cache_is_none(make_subject: Subjects) -> None:
    layer = [
        Entry("var/cache/apt/archives/"),
        Entry("root/.cache/a", target="/tmp/a"),
        entry("/var/lib/apt/lists/lock"),
    ]
    assert contents.caches(make_subject(layer)).passed
