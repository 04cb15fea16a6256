"""The path that an app could not write to, or did not find."""

import re
from fnmatch import fnmatchcase

from shanty.failure.case import Case, Diagnosis
from shanty.failure.raised import Raised
from shanty.ignore_file import SECRET_FILES

SQLITE = ("unable to open database file", "attempt to write a readonly database")
SETTING = re.compile(r"\bsettings\.([a-z]\w*(?:path|dir|directory|folder|file|root))\b")


def unwritable_path(raised: Raised, _case: Case) -> Diagnosis | None:
    """Explain a write that the file system, or its permissions, did not let happen."""
    writable = f"let it write below /tmp{_by_setting(raised)}, or add --writable to what you typed"
    if any(said in raised.message for said in SQLITE):
        return Diagnosis("it cannot write its SQLite database where it is", writable)
    found = re.search(
        r"\[Errno (?P<number>1|13|30)\] [^:]+: b?'(?P<path>[^']+)'", raised.first_said
    )
    if not found:
        return None
    if found["number"] == "30":
        return Diagnosis(
            f"it writes to {found['path']}, and the file system is read-only", writable
        )
    if found["number"] == "1":
        return Diagnosis(
            f"it may not change whose {found['path']} is, or who may use it",
            "leave that as it is: a production container has no capability",
        )
    return Diagnosis(f"it may not open or make {found['path']}: permission denied", writable)


def missing_file(raised: Raised, case: Case) -> Diagnosis | None:
    """Explain a file or a folder that is not in the image, though maybe in the project."""
    found = re.search(
        r"(?:No such file or directory: |[Dd]irectory )'(?P<path>[^']+)'", raised.message
    )
    if not found or "_execute_child" in raised.frames:
        return None
    path = found["path"]
    if (below := _beside_wheel(path)) and (case.project.root / below).exists():
        return Diagnosis(
            f"it looks for {below} of the project beside its wheel, which has not got it",
            '[tool.shanty] ship = "files"',
        )
    if (own := case.own_path(path)) and (reason := _not_shipped(own, case)):
        return reason
    below = f"let it make what it needs below /tmp{_by_setting(raised)}"
    return Diagnosis(f"there is no {path} in the image", f"{below}, or add the file to the project")


def _not_shipped(own: str, case: Case) -> Diagnosis | None:
    """Explain a file of the project that the image does not hold, by its path in the project."""
    mount = f"mount it: docker run --volume ./{own}:{case.app_dir}/{own}"
    name = own.rpartition("/")[2]
    if name.startswith(".env"):
        return Diagnosis(f"it reads {own}, which no image holds", f"--env-file {own}")
    if any(fnmatchcase(name, pattern) for pattern in SECRET_FILES):
        what = f"it reads {own}, and key files are left out of images on purpose"
        return Diagnosis(what, f"give its content with --env, or {mount}")
    if not (case.project.root / own).exists():
        return None
    if not case.project.has_package or case.settings["ship"] in {"files", "both"}:
        what = f"{own} of the project is left out of the image: git or an ignore file says so"
        return Diagnosis(what, f"no longer ignore it, or {mount}")
    return Diagnosis(
        f"it needs {own} of the project, which is not in the wheel", '[tool.shanty] ship = "both"'
    )


def unopened_script(case: Case) -> Diagnosis | None:
    """Explain the line in which Python says that the script it is to run is not there."""
    found = re.search(r"can't open file '(?P<path>[^']+)': \[Errno 2\]", case.log)
    if not found:
        return None
    path = found["path"]
    name = path.rpartition("/")[2]
    what = f"there is no {path} to run"
    places = (case.project.root, case.project.root / "src")
    if place := next((one for one in places if (one / name).is_file()), None):
        relative = (place / name).relative_to(case.project.root).as_posix()
        if case.own_path(path) == relative:
            return Diagnosis(f"{what}: it is not in the wheel", '[tool.shanty] ship = "both"')
        return Diagnosis(f"{what}: it is {relative} of the project", f"call it {relative}")
    return Diagnosis(what, "name a script that the project has")


def _by_setting(raised: Raised) -> str:
    """Say how to give the path, where a line takes it from a setting of pydantic's."""
    found = SETTING.findall(raised.frames)
    return f" with --env {found[-1].upper()}=/tmp/…" if found else ""


def _beside_wheel(path: str) -> str:
    """Return what follows `site-packages`, where an app in a wheel sees the project's folder."""
    return path.partition("/site-packages/")[2]
