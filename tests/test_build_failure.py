"""From what a build said to one sentence on why it failed, and a fix."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from shanty.dependencies.lock import read_lock
from shanty.dependencies.locked_package import LockedPackage
from shanty.dependencies.marker import machine
from shanty.door import door
from shanty.failure.build_failure import diagnose_build
from shanty.failure.case import Case, Diagnosis
from shanty.project import Project
from shanty.settings import DEFAULTS
from tests.fakes import write_project

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


def test_what_no_package_is_to_blame_for_comes_first(explain: Explain) -> None:
    said = "#24 1.2 error: failed to write: No space left on device (os error 28)\n"
    told = explain(said)
    assert told
    assert told[0] == "the engine's disk is full"
    said = "ERROR: open /home/ann/.docker/buildx/activity/default: permission denied\n"
    assert explain(said) == (
        (
            "/home/ann/.docker/buildx/activity/default is another user's, "
            "as a docker command by sudo leaves it"
        ),
        'sudo chown -R "$(id -u)" /home/ann/.docker',
    )


def test_a_cache_that_the_engine_does_not_export_is_told_with_what_it_does(
    explain: Explain,
) -> None:
    told = explain("ERROR: Cache export is not supported for the docker driver.\nSwitch to …\n")
    assert told
    assert told[0] == "this engine exports its cache neither to a registry nor to a folder"
    assert told[1].startswith(f"{door()} build --cache-to type=inline  # ")


def test_a_cache_that_a_registry_does_not_take_is_told_with_its_reason(explain: Explain) -> None:
    head = "------\n > exporting cache to registry:\n------\n"
    told = explain(f"{head}ERROR: failed to solve: error writing layer blob: denied\n")
    assert told == (
        "the cache was not exported to registry: error writing layer blob: denied",
        f"{door()} build  # without --cache-to, until that is mended",
    )
    assert explain(head) == (
        "the cache was not exported to registry: it does not say why",
        f"{door()} build  # without --cache-to, until that is mended",
    )


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (
            "  - Either [project.version] or [tool.poetry.version] is required in package mode.",
            "pyproject.toml gives the project no version",
        ),
        (
            (
                "  `pyproject.toml` is using the `[project]` table, but the required "
                "`project.version` field is neither set nor present in the list"
            ),
            "pyproject.toml gives the project no version",
        ),
        (
            "  - project.version must match pattern ^v?([0-9]+)$",
            "the version in pyproject.toml is none that Poetry reads",
        ),
        (
            "  expected version to start with a number, but no leading ASCII digits were found",
            "the version in pyproject.toml is none that Poetry reads",
        ),
        (
            "  - project.urls must be object",
            "Poetry refuses pyproject.toml: project.urls must be object",
        ),
    ],
)
def test_what_poetry_refuses_is_told(
    said: str, what: str, explain: Explain, make_project: Callable[..., Project]
) -> None:
    told = explain(f"0.7 \n0.7 The Poetry configuration is invalid:\n0.7 {said}\n0.7 \n")
    assert told == (what, f"mend that in {make_project().pyproject_file}")


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
        (
            LXML,
            "lxml 6.1.3 needs libxml2",
            ("build-essential", "libxml2-dev", "libxslt1-dev"),
        ),
        (CFFI, "cffi 2.1.1 needs ffi.h", ("libffi-dev",)),
        (PYTHON_H, "cffi 2.1.1 needs Python.h", ("python3-dev",)),
        (PILLOW, "pillow 13.0.0 needs jpeg", ("libjpeg-dev",)),
        (
            XMLSEC,
            "xmlsec 1.3.17 needs xmlsec1",
            ("build-essential", "libxmlsec1-dev", "pkg-config"),
        ),
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


@pytest.mark.parametrize(
    ("said", "what", "needed", "loaded"),
    [
        (
            PSYCOPG2,
            "psycopg2 2.9.13 needs pg_config",
            ("build-essential", "libpq-dev"),
            "libpq5",
        ),
        (
            MYSQLCLIENT,
            "mysqlclient 2.3.1 needs the MySQL client",
            ("build-essential", "default-libmysqlclient-dev", "pkg-config"),
            "libmariadb3",
        ),
    ],
)
def test_what_production_loads_of_it_is_named_at_once(
    said: str, what: str, needed: tuple[str, ...], loaded: str, explain: Explain
) -> None:
    assert explain(said) == (
        f"{what} to compile",
        f'{packages(*needed)} and system-packages = ["{loaded}"]',
    )


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
    project = write_project(make_project)
    has = {**DEFAULTS, "build-system-packages": ("gcc",)}
    found = diagnose_build(Case(project, read_lock(project), CFFI, has), debian_python=False)
    assert found is not None
    assert found.fix == packages("gcc", "libffi-dev")


def test_a_package_that_does_not_say_what_it_is_built_with_is_named(explain: Explain) -> None:
    said = (
        "error: Failed to build `harbour==1.0`\n"
        "         ModuleNotFoundError: No module named 'Cython'\n"
    )
    assert explain(said) == (
        "harbour 1.0 needs the module Cython to be built, and does not say so",
        "invoke update harbour, to a release that does",
    )


def test_a_package_that_fails_for_another_reason_is_named(explain: Explain) -> None:
    assert explain("error: Failed to build `harbour==1.0`\n  no such luck\n") == (
        "harbour 1.0 cannot be built",
        "see what its build says above",
    )


# What uv printed of packages that a trial on public projects met.
JSMIN = """\
5.254 error: Failed to build `jsmin==2.2.2`
5.254   cause: The build backend returned an error
5.254   cause: Call to `setuptools.build_meta:__legacy__.get_requires_for_build_wheel` failed
5.254          error in jsmin setup command: use_2to3 is invalid.
"""
HTTPTOOLS = """\
error: Failed to build `httptools==0.6.1`
  cause: The build backend returned an error
         httptools/parser/parser.c:9938:27: error: too few arguments to function
         error: Command '['x86_64-linux-gnu-gcc', '-fno-strict-overflow', '-Wsign-compare']'
"""
ORJSON = """\
2.951 error: Failed to download and build `orjson==3.9.15`
2.951   cause: Failed to parse: /root/.cache/uv/sdists-v11/pypi/orjson/3.9.15/src/pyproject.toml
2.951   cause: TOML parse error at line 1, column 1
"""
URLLIB3 = """\
1.501 The `urllib3` package has the following compatible candidates `[Package('urllib3', \
'1.26.20')]`;  but, the exporter dependency walker previously elected `urllib3 (2.0.7)` which is \
not compatible with the dependency `urllib3 (>=1.25.4,<1.27)`. Please contribute to \
`poetry-plugin-export` to solve this problem.
"""


def test_a_package_that_asks_for_what_setuptools_has_no_more_is_named(explain: Explain) -> None:
    assert explain(JSMIN) == (
        "jsmin 2.2.2 cannot be built: it asks for use_2to3, which setuptools has no more",
        "invoke update jsmin, to a release that does not",
    )


def test_a_lock_that_cannot_be_exported_is_to_be_written_anew(explain: Explain) -> None:
    assert explain(URLLIB3) == (
        (
            "the lock cannot be exported: it has urllib3 1.26.20 and 2.0.7, "
            "and does not say which is for whom"
        ),
        "SHANTY_POETRY_VERSION=2.5.1 invoke lock",
    )


@pytest.mark.parametrize(
    ("said", "name", "version", "wheels", "what", "fix"),
    [
        (
            HTTPTOOLS,
            "httptools",
            "0.6.1",
            "cp312-cp312",
            "httptools 0.6.1 does not compile on Python 3.13; it has wheels up to 3.12",
            (
                '[tool.shanty] python-version = "3.12"; '
                "or invoke update httptools, to a release with newer ones"
            ),
        ),
        (
            ORJSON,
            "orjson",
            "3.9.15",
            "cp38-cp38",
            "orjson 3.9.15 does not compile on Python 3.13; it has wheels up to 3.8",
            "invoke update orjson, to a release with newer ones",
        ),
        (
            ORJSON,
            "orjson",
            "3.9.15",
            "cp313-cp313",
            "orjson 3.9.15 cannot be built",
            "see what its build says above",
        ),
    ],
)
def test_a_package_too_old_for_the_python_is_named_with_one_it_has_wheels_for(  # noqa: PLR0913
    make_project: Callable[..., Project],
    *,
    said: str,
    name: str,
    version: str,
    wheels: str,
    what: str,
    fix: str,
) -> None:
    project = write_project(make_project)
    files = (
        f"{name}-{version}.tar.gz",
        f"{name}-{version}-{wheels}-manylinux_2_17_{machine()}.whl",
    )
    locked = LockedPackage(name, version, files)
    lock = replace(read_lock(project), packages=(locked,))
    case = Case(project, lock, said, {**DEFAULTS, "python-version": "3.13"})
    found = diagnose_build(case, debian_python=True)
    assert found == Diagnosis(what, fix)


def test_a_package_that_debian_has_not_is_named(explain: Explain) -> None:
    assert explain("#6 2.120 E: Unable to locate package no-such-package\n") == (
        "Debian has no package no-such-package",
        "mend system-packages or build-system-packages under [tool.shanty]",
    )


def test_a_red_test_behind_a_build_s_margin_is_named(explain: Explain) -> None:
    said = (
        "#21 1.250 FAILED tests/test_x.py::test_it - assert 1 == 2\n"
        "#21 1.250 \x1b[31m=== \x1b[1m1 failed\x1b[0m, 3 passed in 0.07s ===\x1b[0m\n"
        "#21 1.251 test gate: pytest ended with exit code 1\n"
    )
    found = explain(said)
    assert found
    assert found[0] == "the tests failed (1 failed, 3 passed): tests/test_x.py::test_it"


def test_of_a_build_that_fails_otherwise_nothing_is_said(explain: Explain) -> None:
    assert explain("#9 0.2 ERROR: process did not complete successfully: exit code: 1\n") is None


def test_on_a_terminal_the_reason_is_found_among_its_colours(explain: Explain) -> None:
    said = "\x1b[1A\x1b[31m => ERROR [dependencies 1/1] RUN uv\x1b[0m\n------\n" + PSYCOPG2.replace(
        "#14 ", ""
    )
    found = explain(said)
    assert found is not None
    assert found[0] == "psycopg2 2.9.13 needs pg_config to compile"
