"""The checks of what should not be in an image: tools, tests, keys, caches."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from packaging.utils import canonicalize_name

from shanty.ignore_file import SECRET_FILES
from shanty.image.file import File
from shanty.verify.check import Check, judged
from shanty.verify.known_secrets import EXAMPLES
from shanty.verify.subject import Subject

BINARIES = re.compile(r"(?:/usr|/usr/local|/opt/[^/]+|/root/\.local)?/s?bin/(?P<name>[^/]+)")
TOOLS = re.compile(
    r"(?:poetry|git|curl|wget|uv|uvx|make|cmake|rustc|cargo|go|as|ld|clang(?:\+\+)?(?:-\d+)?"
    r"|(?:[\w]+-linux-\w+-)?(?:cc|c\+\+|cpp|gcc|g\+\+)(?:-\d+)?)"
)
INSTALLERS = {"pip", "poetry", "poetry-core", "pipx", "uv", "virtualenv"}
TESTS = re.compile(r"tests?|conftest\.py|test_\w+\.py|\w+_test\.py")
PRIVATE = (".git", ".env", ".env.*", *SECRET_FILES)
# Where Debian keeps certificates, one a file.
PUBLIC = ("/etc/ssl/certs/", "/usr/share/ca-certificates/")
PRIVATE_KEY = re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----")
CACHES = (
    *("/root/.cache/*", "/home/*/.cache/*", "/var/lib/apt/lists/*", "/var/cache/apt/*"),
    *("*/.mypy_cache/*", "*/.pytest_cache/*", "*/.ruff_cache/*", "*/.nox/*", "*/.tox/*"),
    *("*/.hypothesis/*", "*/.coverage", "*/htmlcov/*"),
)


def tools(subject: Subject) -> Check:
    """Look for programs that build, fetch or install, wherever programs are found."""
    faults = [
        f"{path} is there"
        for path, file in subject.image.files.items()
        if file.kind != "folder"
        and (found := BINARIES.fullmatch(path))
        and TOOLS.fullmatch(found["name"])
    ]
    return judged("contents/tools", faults, "no Poetry, compiler, git or curl")


def installer(subject: Subject) -> Check:
    """Look for what installs packages in the app's environment."""
    faults = [
        f"{one.name} {one.version} is in {one.folder.rpartition('/')[0]}"
        for one in subject.distributions
        if one.name in INSTALLERS
    ]
    return judged("contents/installer", faults, f"no pip in {subject.folders[0]}")


def tests(subject: Subject) -> Check:
    """Look for the project's own tests, among its files and in its wheel."""
    places = (subject.manifest.recipe.context.app_dir, *_sites(subject))
    found = [
        f"{place}/{first}"
        for path, file in _own(subject)
        for place in places
        if file.kind != "folder" and path.startswith(f"{place}/")
        if TESTS.fullmatch(first := path.removeprefix(f"{place}/").split("/")[0])
    ]
    faults = [f"{path} is there" for path in dict.fromkeys(found)]
    return judged("contents/tests", faults, "no tests of the project's")


def private_files(subject: Subject) -> Check:
    """Look for git's folder, files of variables, and keys, whatever they are called."""
    own = list(_own(subject))
    faults = [
        f"{path} is there" for path in dict.fromkeys(_private(path) for path, _ in own) if path
    ]
    faults += [
        f"{path} holds a private key"
        for path, file in own
        if file.kind == "file" and PRIVATE_KEY.search(subject.image.read(file))
    ]
    return judged("contents/private-files", faults, "no .git, .env or key")


def caches(subject: Subject) -> Check:
    """Look for what tools keep to be faster the next time."""
    faults = [
        f"{path} is there"
        for path, file in subject.image.added.items()
        if file.kind == "file" and file.size and _is_cached(path)
    ]
    return judged("contents/caches", faults, "no cache of a tool's")


def _is_cached(path: str) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in CACHES)


def _own(subject: Subject) -> Iterator[tuple[str, File]]:
    """Yield the added files but those of distributions that the lock has: they are as it wants."""
    name = canonicalize_name(subject.project.name)
    for path, file in subject.image.added.items():
        owner = subject.owned.get(path)
        if owner is None or owner.name == name:
            yield path, file


def _sites(subject: Subject) -> set[str]:
    """Return the folders that distributions are installed in."""
    return {one.folder.rpartition("/")[0] for one in subject.distributions}


def _private(path: str) -> str:
    """Return the outermost part of a path that no image should hold, empty for none."""
    if path.startswith(PUBLIC):
        return ""
    parts = path.split("/")
    for number, part in enumerate(parts):
        if part not in EXAMPLES and any(fnmatchcase(part, pattern) for pattern in PRIVATE):
            return "/".join(parts[: number + 1])
    return ""
