"""The program or the shared library that an image lacks."""

import re

from shanty.failure.case import Case, Diagnosis
from shanty.failure.debian_package import library_package, program_package
from shanty.failure.module import distribution_advice
from shanty.failure.raised import Raised

# How shells say it: dash, bash, and dash of what it was to become.
SHELL = re.compile(
    r"^(?:/bin/)?(?:da|ba)?sh: (?:\d+|line \d+): (?:exec: )?(?P<name>[\w./+-]+): "
    r"(?:command )?not found$",
    re.MULTILINE,
)
LIBRARY = (
    r"(?P<name>lib[\w.+-]+\.so[\w.]*): cannot open shared object file",
    r"cannot load library '(?P<name>[\w.+-]+)'",
    r"failed to find (?P<name>lib\w+)\.",
    r"Unable to find (?P<name>\w+) shared library",
)
# WeasyPrint loads them one by one, and stops at the first that is missing.
WEASYPRINT = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")


def missing_program(raised: Raised, case: Case) -> Diagnosis | None:
    """Explain an exception that names a program which could not be started."""
    if "Bad git executable" in raised.message:
        return _program("git", case)
    if raised.name == "FileNotFoundError" and "_execute_child" in raised.frames:
        found = re.search(r"'(?P<name>[^'/ ]+)'$", raised.first_said)
        return _program(found["name"], case) if found else None
    if raised.name == "CalledProcessError" and raised.first_said.endswith("exit status 127."):
        return unknown_to_shell(case)
    return None


def unknown_to_shell(case: Case) -> Diagnosis | None:
    """Explain the last line in which a shell says that it knows no such program."""
    found = [one["name"] for one in SHELL.finditer(case.log)]
    return _program(found[-1], case) if found else None


def missing_library(raised: Raised, case: Case) -> Diagnosis | None:
    """Explain an exception that names a shared library which could not be loaded."""
    found = next((one for said in LIBRARY if (one := re.search(said, raised.message))), None)
    if not found:
        return None
    name = found["name"]
    packages = WEASYPRINT if "/weasyprint/" in raised.frames else (library_package(name),)
    return Diagnosis(
        f"it needs the shared library {name}, which the image has not",
        case.packages_setting("system-packages", packages),
    )


def _program(name: str, case: Case) -> Diagnosis:
    what = f"it runs the program {name}, which the image has not"
    # Servers and other programs come with Python packages too.
    fix = distribution_advice(name, case)
    return Diagnosis(what, fix or case.packages_setting("system-packages", [program_package(name)]))
