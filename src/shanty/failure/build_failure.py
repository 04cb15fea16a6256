"""From what a build said to one sentence on why it failed, and a fix."""

import re

from packaging.utils import canonicalize_name

from shanty.dependencies.poetry_version import RELEASES
from shanty.dependencies.python_version import KNOWN, is_admitted
from shanty.dependencies.wheels import has_wheel, newest_before
from shanty.door import door
from shanty.failure.cache import not_exported, not_kept
from shanty.failure.case import Case, Diagnosis
from shanty.failure.compiler import COMPILER, FROM_SCRATCH, PYTHON_HEADERS, RUNTIME, wanted
from shanty.failure.disk import disk_full
from shanty.failure.fetch import not_fetched
from shanty.failure.gate import red_tests
from shanty.failure.notes import notes_refused
from shanty.failure.registry import not_pushed

# Before each line: the number of the step and the time, and the colours of a terminal.
MARGIN = re.compile(r"\x1b\[[\d;?]*[a-zA-Z]|^(?:#\d+ )?\d+\.\d+ |^#\d+ ", re.MULTILINE)
# How uv names the package, before and after what its build says.
FAILED = re.compile(
    r"(?:Failed to (?:download and )?build|that provides `[^`]+` for) `(?P<name>[\w.-]+)"
    r"(?: @ [^`]*|(?:==|@)(?P<version>[^`]+))?`"
)
BUILD_MODULE = re.compile(r"ModuleNotFoundError: No module named '(?P<name>\w+)'")
UNKNOWN_TO_DEBIAN = re.compile(r"^E: Unable to locate package (?P<name>\S+)", re.MULTILINE)
# How Poetry's exporter says that markers do not keep two versions of a package apart.
NOT_EXPORTED = re.compile(
    r"The `(?P<name>[\w.-]+)` package has .*'(?P<first>[^']+)'\).*previously elected\s+"
    r"`[\w.-]+ \((?P<second>[^)]+)\)`"
)
# What Poetry says of keys that it has no use for, or misses; uv may come first.
INVALID = re.compile(r"The Poetry configuration is invalid:\s*\n\s*- (?P<reason>.+)")
NO_VERSION = r"required `project\.version` field is neither set|Either \[project\.version\] or"
BAD_VERSION = r"project\.version must match pattern|expected version to start"
KEY = "build-system-packages"


def diagnose_build(case: Case, *, debian_python: bool) -> Diagnosis | None:
    """Return the reason that a build's output gives, `None` where it gives none that is known.

    The headers of a Python of Debian's are in a package of their own.
    """
    said = MARGIN.sub("", case.log)
    if outside := _outside(said):
        return outside
    if unknown := UNKNOWN_TO_DEBIAN.search(said):
        return Diagnosis(
            f"Debian has no package {unknown['name']}",
            f"mend system-packages or {KEY} under [tool.shanty]",
        )
    if two := NOT_EXPORTED.search(said):
        return Diagnosis(
            f"the lock cannot be exported: it has {two['name']} {two['first']} and "
            f"{two['second']}, and does not say which is for whom",
            f"SHANTY_POETRY_VERSION={RELEASES[0]} {door()} lock",
        )
    if refused := _refused_project(said):
        return Diagnosis(refused, f"mend that in {case.project.pyproject_file}")
    if red := red_tests(said):
        return red
    return not_fetched(said) or _compilation(said, case, debian_python=debian_python)


def _outside(said: str) -> Diagnosis | None:
    """Explain what no package is to blame for."""
    told = disk_full(said) or notes_refused(said) or not_exported(said)
    return told or not_kept(said) or not_pushed(said)


def _refused_project(said: str) -> str:
    """Return what Poetry, or uv before it, has against `pyproject.toml`; empty for nothing."""
    if re.search(NO_VERSION, said):
        return "pyproject.toml gives the project no version"
    if re.search(BAD_VERSION, said):
        return "the version in pyproject.toml is none that Poetry reads"
    invalid = INVALID.search(said)
    return f"Poetry refuses pyproject.toml: {invalid['reason'].strip()}" if invalid else ""


def _compilation(said: str, case: Case, *, debian_python: bool) -> Diagnosis | None:
    failed = list(FAILED.finditer(said))
    name, version = (failed[-1]["name"], failed[-1]["version"]) if failed else ("", "")
    package = f"{name} {version or ''}".strip() or "a package"
    if needed := wanted(said):
        what, packages = needed
        if what in FROM_SCRATCH:
            headers = PYTHON_HEADERS if debian_python else ()
            packages = tuple(dict.fromkeys((*COMPILER, *headers, *packages)))
        return Diagnosis(f"{package} needs {what} to compile", _edit(case, what, packages))
    if not failed:
        return None
    return _not_built(said, name, package, case)


def _not_built(said: str, name: str, package: str, case: Case) -> Diagnosis:
    """Explain a package that nothing is missing for, and that is not built all the same."""
    if "use_2to3 is invalid" in said:
        return Diagnosis(
            f"{package} cannot be built: it asks for use_2to3, which setuptools has no more",
            f"{door()} update {name}, to a release that does not",
        )
    if module := BUILD_MODULE.search(said):
        return Diagnosis(
            f"{package} needs the module {module['name']} to be built, and does not say so",
            f"{door()} update {name}, to a release that does",
        )
    return _without_wheel(name, package, case) or Diagnosis(
        f"{package} cannot be built", "see what its build says above"
    )


def _without_wheel(name: str, package: str, case: Case) -> Diagnosis | None:
    """Explain a package that older releases of Python need not build, `None` for any other."""
    python = str(case.settings.get("python-version", ""))
    locked = [one for one in case.lock.packages if one.name == canonicalize_name(name)]
    if len(locked) != 1 or python not in KNOWN:
        return None
    newest = newest_before(locked[0], python)
    if has_wheel(locked[0], python) or newest is None:
        return None
    what = f"{package} does not compile on Python {python}; it has wheels up to {newest}"
    if newest in KNOWN and is_admitted(newest, case.project.requires_python):
        other = f"or {door()} update {name}, to a release with newer ones"
        return Diagnosis(what, f'[tool.shanty] python-version = "{newest}"; {other}')
    return Diagnosis(what, f"{door()} update {name}, to a release with newer ones")


def _edit(case: Case, what: str, packages: tuple[str, ...]) -> str:
    if not packages:
        return f'name the Debian package that has {what}: [tool.shanty] {KEY} = ["…"]'
    edit = case.packages_setting(KEY, packages)
    if loaded := [RUNTIME[name] for name in packages if name in RUNTIME]:
        both = case.packages_setting("system-packages", loaded).partition(" ")[2]
        return f"{edit} and {both}"
    return edit
