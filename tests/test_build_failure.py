"""From what a build said to one sentence on why it failed, and a fix."""

from collections.abc import Callable

import pytest

from shanty.dependencies.lock import read_lock
from shanty.failure.build_failure import diagnose_build
from shanty.failure.case import Case
from shanty.project import Project
from tests.fakes import PYPROJECT, write_project

Explain = Callable[..., tuple[str, str] | None]


@pytest.fixture
def explain(make_project: Callable[..., Project]) -> Explain:
    """Return a function that explains the output of a build."""
    project = write_project(make_project)

    def explain(said: str, *, debian_python: bool = False) -> tuple[str, str] | None:
        case = Case(project, read_lock(project), said)
        found = diagnose_build(case, debian_python=debian_python)
        return (found.what, found.fix) if found else None

    return explain


def packages(*names: str) -> str:
    """Return the edit that lets the stages that compile have packages."""
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"[tool.shanty] build-system-packages = [{quoted}]"


# What uv 0.13.9 printed in a Debian 13 image, with what lay between left out.
PSYCOPG2 = """\
#14 2.881    Building psycopg2==2.9.13
#14 6.214 error: Failed to build `psycopg2==2.9.13`
#14 6.214   cause: The build backend returned an error
#14 6.214          [stderr]
#14 6.214          Error: pg_config executable not found.
#14 6.214
#14 6.214 hint: Build failures usually indicate a problem with the package
"""
MYSQLCLIENT = """\
error: Failed to build `mysqlclient==2.3.1`
  cause: The build backend returned an error
         [stdout]
         Trying pkg-config --exists mysqlclient
         Command 'pkg-config --exists mysqlclient' returned non-zero exit status 127.
         [stderr]
         /bin/sh: 1: pkg-config: not found
"""
LXML = """\
error: Failed to build `lxml==6.1.3`
         Error: Please make sure the libxml2 and libxslt development packages are installed.
"""
CFFI = """\
         src/c/_cffi_backend.c:15:10: fatal error: ffi.h: No such file or directory
            15 | #include <ffi.h>
         compilation terminated.

hint: This error likely indicates that you need to install a library that provides `ffi.h` for \
`cffi@2.1.1`
"""
PYTHON_H = CFFI.replace("ffi.h", "Python.h")
PILLOW = """\
error: Failed to build `pillow==13.0.0`
         The headers or library files could not be found for jpeg,
         a required dependency when compiling Pillow from source.
"""
XMLSEC = """\
error: Failed to build `xmlsec==1.3.17`
         error: xmlsec1 is not installed or not in path.
"""
CRYPTOGRAPHY = """\
error: Failed to build `cryptography==50.0.2`
  cause: Call to `maturin.build_wheel` failed (exit status: 1)
         [stdout]
         Rust not found, installing into a temporary directory
         [stderr]
         httpx.ConnectError: [Errno -2] Name or service not known
"""
NO_COMPILER = """\
error: Failed to build `python-ldap==3.4.8`
         error: [Errno 2] No such file or directory: 'x86_64-linux-gnu-gcc'
"""
MESON = """\
error: Failed to build `dbus-python==1.5.1`
         ../meson.build:4:0: ERROR: Unknown compiler(s): [['cc'], ['gcc'], ['clang']]
         Running `cc --version` gave "[Errno 2] No such file or directory: 'cc'"
"""
PYCAIRO = """\
error: Failed to build `pycairo==1.29.2`
         ../cairo/meson.build:31:12: ERROR: Dependency "cairo" not found (tried pkg-config)
"""
H5PY = """\
error: Failed to build `h5py==3.16.0`
         error: libhdf5.so: cannot open shared object file: No such file or directory
"""
LINKER = """\
error: Failed to build `harbour @ file:///tmp/harbour`
         /usr/bin/ld: cannot find -lssl: No such file or directory
"""
SWIG = """\
error: Failed to build `harbour @ file:///tmp/harbour`
         FileNotFoundError: [Errno 2] No such file or directory: 'swig'
"""
GIT = """\
error: Git operation failed
  cause: Git executable not found. Ensure that Git is installed and available.
"""


@pytest.mark.parametrize(
    ("said", "what", "needed"),
    [
        (PSYCOPG2, "psycopg2 2.9.13 needs pg_config", ("libpq-dev",)),
        (
            MYSQLCLIENT,
            "mysqlclient 2.3.1 needs the MySQL client",
            ("default-libmysqlclient-dev", "pkg-config"),
        ),
        (LXML, "lxml 6.1.3 needs libxml2", ("libxml2-dev", "libxslt1-dev")),
        (CFFI, "cffi 2.1.1 needs ffi.h", ("libffi-dev",)),
        (PYTHON_H, "cffi 2.1.1 needs Python.h", ("python3-dev",)),
        (PILLOW, "pillow 13.0.0 needs jpeg", ("libjpeg-dev",)),
        (XMLSEC, "xmlsec 1.3.17 needs xmlsec1", ("libxmlsec1-dev", "pkg-config")),
        (CRYPTOGRAPHY, "cryptography 50.0.2 needs Rust", ("cargo", "rustc")),
        (NO_COMPILER, "python-ldap 3.4.8 needs a compiler", ("build-essential",)),
        (MESON, "dbus-python 1.5.1 needs a compiler", ("build-essential",)),
        (PYCAIRO, "pycairo 1.29.2 needs cairo", ("libcairo2-dev", "pkg-config")),
        (H5PY, "h5py 3.16.0 needs hdf5", ("libhdf5-dev",)),
        (LINKER, "harbour needs ssl", ("libssl-dev",)),
        (SWIG, "harbour needs swig", ("swig",)),
        (GIT, "a package needs git", ("git",)),
    ],
)
def test_a_package_that_does_not_compile_is_named_with_what_it_needs(
    said: str, what: str, needed: tuple[str, ...], explain: Explain
) -> None:
    assert explain(said) == (f"{what} to compile", packages(*needed))


def test_with_a_python_of_debians_the_compiler_comes_with_its_headers(explain: Explain) -> None:
    found = explain(NO_COMPILER, debian_python=True)
    assert found is not None
    assert found[1] == packages("build-essential", "python3-dev")


def test_a_header_that_is_not_known_is_named_all_the_same(explain: Explain) -> None:
    said = CFFI.replace("ffi.h", "quay/crane.h")
    assert explain(said) == (
        "cffi 2.1.1 needs quay/crane.h to compile",
        (
            "name the Debian package that has quay/crane.h: "
            '[tool.shanty] build-system-packages = ["…"]'
        ),
    )


def test_packages_that_are_there_already_stay(make_project: Callable[..., Project]) -> None:
    has = '[tool.shanty]\nbuild-system-packages = ["gcc"]\n'
    project = write_project(make_project, PYPROJECT.replace("[tool.shanty]\n", has))
    found = diagnose_build(Case(project, read_lock(project), PSYCOPG2), debian_python=False)
    assert found is not None
    assert found.fix == packages("gcc", "libpq-dev")


def test_a_package_that_does_not_say_what_it_is_built_with_is_named(explain: Explain) -> None:
    said = (
        "error: Failed to build `harbour==1.0`\n"
        "         ModuleNotFoundError: No module named 'Cython'\n"
    )
    assert explain(said) == (
        "harbour 1.0 needs the module Cython to be built, and does not say so",
        "poetry update harbour, to a release that does",
    )


def test_a_package_that_fails_for_another_reason_is_named(explain: Explain) -> None:
    assert explain("error: Failed to build `harbour==1.0`\n  no such luck\n") == (
        "harbour 1.0 cannot be built",
        "see what its build says above",
    )


def test_a_package_that_debian_has_not_is_named(explain: Explain) -> None:
    assert explain("#6 2.120 E: Unable to locate package no-such-package\n") == (
        "Debian has no package no-such-package",
        "mend system-packages or build-system-packages under [tool.shanty]",
    )


def test_of_a_build_that_fails_otherwise_nothing_is_said(explain: Explain) -> None:
    assert explain("#9 0.2 ERROR: process did not complete successfully: exit code: 1\n") is None


def test_on_a_terminal_the_reason_is_found_among_its_colours(explain: Explain) -> None:
    said = "\x1b[1A\x1b[31m => ERROR [dependencies 1/1] RUN uv\x1b[0m\n------\n" + PSYCOPG2.replace(
        "#14 ", ""
    )
    found = explain(said)
    assert found is not None
    assert found[0] == "psycopg2 2.9.13 needs pg_config to compile"
