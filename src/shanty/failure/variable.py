"""The variable that an app lacks, by what the libraries that read variables say of it."""

import re
from collections.abc import Callable

from shanty.failure.case import Case, Diagnosis
from shanty.failure.raised import Raised

NAME = r"[A-Za-z_]\w*"
# A name that no prose has.
CAPITALS = r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b"
# How the libraries say it: os, django-environ, python-decouple, environs, Django, any app itself.
SAID = (
    rf"Set the (?P<name>{NAME}) environment variable",
    rf"^\"?Config '(?P<name>{NAME})' is missing",
    rf"^(?P<name>{NAME}) not found\. Declare it as envvar",
    rf"^Environment variable \"(?P<name>{NAME})\" not set",
    rf"define the environment variable (?P<name>{NAME})",
    r"(?i:environment variables?|env ?vars?)\W+(?:\w+\W+){0,2}?(?P<name>[A-Z][A-Z0-9_]{2,})\b",
    r"(?P<name>\b[A-Z][A-Z0-9_]{2,})\W+(?i:environment variable|env ?var)",
    rf"(?P<name>{CAPITALS}).*(?i:must be set|not be empty|not set|required|missing|not defined)",
    rf"(?i:missing|required|set|define|provide)\W+(?:\w+\W+){{0,3}}?(?P<name>{CAPITALS})",
)
ENVIRON = re.compile(r"(?:<frozen os>|/os\.py)\", line \d+, in __getitem__")
READ = re.compile(rf"(?:getenv|environ(?:\.get)?)\s*[(\[]\s*['\"](?P<name>{NAME})")
# A constant that a line refuses to be empty is called as its variable by most.
ASSERTED = re.compile(r"^assert _*(?P<name>[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?: is not None)?$")
EMPTY = re.compile(r"The (?P<name>[A-Z_]+) setting must not be empty")
DEFERRED = re.compile(rf"['\"](?P<name>{NAME})['\"]: \[['\"](?P<said>[^'\"]+)")
FIELD = re.compile(r"^(?P<name>\w[\w.]*)\n[ \t]+(?P<said>.+?)(?: [\[(]type=.*)?$", re.MULTILINE)


def missing_variable(raised: Raised, case: Case) -> Diagnosis | None:
    """Explain an exception that says which variable is missing, or wrong."""
    if raised.name == "KeyError" and ENVIRON.search(raised.frames):
        return needed([raised.first_said.strip("'\"")])
    if raised.name == "ValidationError" and " validation error" in raised.message:
        return _fields(raised)
    if raised.name == "EnvValidationError":
        return _validated(raised)
    if raised.name == "ModuleNotFoundError" or _is_key(raised):
        return None
    if setting := EMPTY.match(raised.message):
        return _setting(setting["name"], case)
    found = (re.search(said, raised.message) for said in SAID)
    return next((needed([one["name"]]) for one in found if one), None)


def _is_key(raised: Raised) -> bool:
    """Tell whether an exception says no more than a key."""
    return raised.name == "KeyError" and " " not in raised.first_said


def likely_variable(raised: Raised, _case: Case) -> Diagnosis | None:
    """Explain an exception that hints at a variable: a key in capitals, a line that reads one."""
    if raised.name == "KeyError" and re.fullmatch(r"'[A-Z][A-Z0-9_]+'", raised.first_said):
        return needed([raised.first_said.strip("'")])
    if raised.name in {"AssertionError", "AttributeError", "TypeError"}:
        read = READ.search(raised.source_line) or ASSERTED.search(raised.source_line)
        return needed([read["name"]]) if read else None
    if raised.name == "ArgumentError" and "URL" in raised.message:
        # SQLAlchemy, of an address that is `None` or no address; it is called so by most.
        return Diagnosis("it was given no address of its database", _options(["DATABASE_URL"]))
    return None


def _setting(name: str, case: Case) -> Diagnosis:
    """Explain a setting of Django's that is empty: by the variable that it is read from, if any."""
    reads = re.compile(rf"^{name}\b.*?[(\[]\s*['\"](?P<variable>{NAME})['\"]", re.MULTILINE)
    for pattern in ("**/*settings*.py", "**/settings/*.py"):
        for file in sorted(case.project.root.glob(pattern)):
            if found := reads.search(file.read_text(encoding="utf-8", errors="replace")):
                return needed([found["variable"]])
    return Diagnosis(f"its setting {name} is empty", f"give {name} a value in its settings module")


def needed(names: list[str]) -> Diagnosis:
    """Return what there is to say of variables that are missing."""
    noun = "variable" if len(names) == 1 else "variables"
    return Diagnosis(f"it needs the {noun} {', '.join(names)}", _options(names))


def _options(names: list[str]) -> str:
    given = " ".join(f"--env {name}=…" for name in names)
    return f"give it with {given}, or in a file with --env-file"


def _fields(raised: Raised) -> Diagnosis | None:
    """Explain pydantic's list: a field a line, below it what is wrong.

    Only its settings come from the environment; their prefix is known to the app alone.
    """
    if "_settings" not in raised.frames and not re.search(
        r"for \w*(?:Settings|Config)\w*$", raised.first_line
    ):
        return None
    fields = [(one["name"], one["said"]) for one in FIELD.finditer(raised.message)]
    return _told(fields, lambda said: said.lower().startswith("field required"))


def _validated(raised: Raised) -> Diagnosis | None:
    """Explain what environs says of one variable that is wrong, or of several at once."""
    wrong = re.match(rf"Environment variable \"({NAME})\" invalid: (.+)", raised.first_said)
    if wrong:
        return _told([(wrong[1], wrong[2])], lambda _said: False)
    fields = [(one["name"], one["said"]) for one in DEFERRED.finditer(raised.message)]
    return _told(fields, lambda said: said.endswith("not set."))


def _told(fields: list[tuple[str, str]], is_missing: Callable[[str], bool]) -> Diagnosis | None:
    named = [(name.replace(".", "__").upper(), said) for name, said in fields]
    if missing := [name for name, said in named if is_missing(said)]:
        return needed(missing)
    for name, said in named:
        return Diagnosis(f"the variable {name} is wrong: {said}", _options([name]))
    return None
