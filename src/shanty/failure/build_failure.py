"""From what a build said to one sentence on why it failed, and a fix."""

import re

from shanty.failure.case import Case, Diagnosis
from shanty.failure.debian_package import development_packages, header_packages, program_package
from shanty.failure.fetch import not_fetched

# Before each line: the number of the step and the time, and the colours of a terminal.
MARGIN = re.compile(r"\x1b\[[\d;?]*[a-zA-Z]|^(?:#\d+ )?\d+\.\d+ |^#\d+ ", re.MULTILINE)
# How uv names the package, before and after what its build says.
FAILED = re.compile(
    r"(?:Failed to build|that provides `[^`]+` for) `(?P<name>[\w.-]+)"
    r"(?: @ [^`]*|(?:==|@)(?P<version>[^`]+))?`"
)
BUILD_MODULE = re.compile(r"ModuleNotFoundError: No module named '(?P<name>\w+)'")
UNKNOWN_TO_DEBIAN = re.compile(r"^E: Unable to locate package (?P<name>\S+)", re.MULTILINE)
KEY = "build-system-packages"
COMPILER = r"(?:\w+-linux-gnu-)?(?:gcc|g\+\+|cc|c\+\+)"
COMPILER_MISSING = (
    rf"Unknown compiler\(s\)|(?:No such file or directory:|unable to execute) '?{COMPILER}'"
    rf"|{COMPILER}: (?:command )?not found|command '{COMPILER}' failed: No such file"
)

# What build scripts say that names no file: each with what is needed, and where it is.
SAID = (
    (r"(?:pg_config) executable not found", "pg_config", ("libpq-dev",)),
    (
        r"pkg-config --exists mysqlclient|mysql_config(?:: command)? not found",
        "the MySQL client",
        header_packages("mysql"),
    ),
    (r"libxml2 and libxslt development packages", "libxml2", header_packages("libxml")),
    (r"xmlsec1 is not installed", "xmlsec1", header_packages("xmlsec")),
    (
        r"Rust not found|can't find Rust compiler|[Cc]argo\b.*not (?:found|installed|be found)",
        "Rust",
        ("cargo", "rustc"),
    ),
    (
        COMPILER_MISSING,
        "a compiler",
        ("build-essential",),
    ),
    (r"CMake must be installed|CMake\W.*not found", "cmake", ("cmake",)),
    (r"Git executable not found", "git", ("git",)),
)
HEADER = r"fatal error: (?P<name>\S+): No such file or directory"
LIBRARIES = (
    r"headers or library files could not be found for (?P<name>\w+)",
    r"cannot find -l(?P<name>[\w.-]+?)(?::|$)",
    r"Dependency \"(?P<name>[\w.+-]+)\" not found",
    r"No package '(?P<name>[\w.+-]+)' found",
    r"Package '?(?P<name>[\w.+-]+)'? was not found in the pkg-config",
    r"lib(?P<name>\w+)\.so[\w.]*: cannot open shared object file",
)
PROGRAMS = (
    r"sh: (?:line )?\d+: (?P<name>[\w.+-]+): (?:command )?not found",
    r"\[Errno 2\] No such file or directory: '(?P<name>[\w.+-]+)'",
)


def diagnose_build(case: Case, *, debian_python: bool) -> Diagnosis | None:
    """Return the reason that a build's output gives, `None` where it gives none that is known.

    The headers of a Python of Debian's are in a package of their own.
    """
    said = MARGIN.sub("", case.log)
    if unknown := UNKNOWN_TO_DEBIAN.search(said):
        return Diagnosis(
            f"Debian has no package {unknown['name']}",
            f"mend system-packages or {KEY} under [tool.shanty]",
        )
    return not_fetched(said) or _compilation(said, case, debian_python=debian_python)


def _compilation(said: str, case: Case, *, debian_python: bool) -> Diagnosis | None:
    failed = list(FAILED.finditer(said))
    name, version = (failed[-1]["name"], failed[-1]["version"]) if failed else ("", "")
    package = f"{name} {version or ''}".strip() or "a package"
    if needed := _needed(said):
        what, packages = needed
        if what == "a compiler" and debian_python:
            packages = (*packages, "python3-dev")
        return Diagnosis(f"{package} needs {what} to compile", _edit(case, what, packages))
    if not failed:
        return None
    if module := BUILD_MODULE.search(said):
        return Diagnosis(
            f"{package} needs the module {module['name']} to be built, and does not say so",
            f"poetry update {name}, to a release that does",
        )
    return Diagnosis(f"{package} cannot be built", "see what its build says above")


def _needed(said: str) -> tuple[str, tuple[str, ...]] | None:
    """Return what was missing, and the likely packages; none for what is not known."""
    if found := re.search(HEADER, said):
        return found["name"], header_packages(found["name"])
    for pattern, what, packages in SAID:
        if re.search(pattern, said):
            return what, packages
    for pattern in LIBRARIES:
        if found := re.search(pattern, said, re.MULTILINE):
            packages = development_packages(found["name"])
            # Where it was asked, it was maybe not there to answer.
            config = ("pkg-config",) if packages and "pkg-config" in said else ()
            return found["name"], (*packages, *config)
    for pattern in PROGRAMS:
        if found := re.search(pattern, said):
            return found["name"], (program_package(found["name"]),)
    return None


def _edit(case: Case, what: str, packages: tuple[str, ...]) -> str:
    if packages:
        return case.packages_setting(KEY, packages)
    return f'name the Debian package that has {what}: [tool.shanty] {KEY} = ["…"]'
