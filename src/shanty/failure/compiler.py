"""What a build asked for in vain: a compiler, a header, a library, a program."""

import re

from shanty.failure.debian_package import development_packages, header_packages, program_package

NAME = r"(?:\w+-linux-gnu-)?(?:gcc|g\+\+|cc|c\+\+)"
COMPILER_MISSING = (
    rf"Unknown compiler\(s\)|(?:No such file or directory:|unable to execute) '?{NAME}'"
    rf"|{NAME}: (?:command )?not found|command '{NAME}' failed: No such file"
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
        (),
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
# What is asked for before anything is compiled: where it is missing, the compiler is missing too.
FROM_SCRATCH = ("a compiler", "pg_config", "the MySQL client", "libxml2", "xmlsec1")
COMPILER = ("build-essential",)
# Where Python is Debian's, its headers are in a package of their own.
PYTHON_HEADERS = ("python3-dev",)
# What is loaded in production of what was compiled with.
RUNTIME = {"libpq-dev": "libpq5", "default-libmysqlclient-dev": "libmariadb3"}


def wanted(said: str) -> tuple[str, tuple[str, ...]] | None:
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
