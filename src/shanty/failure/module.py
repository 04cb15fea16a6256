"""The module that an image lacks, and which package of the lock has it."""

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from shanty.dependencies.declared import MAIN
from shanty.dependencies.holders import holders
from shanty.door import door
from shanty.failure.case import Case, Diagnosis
from shanty.failure.raised import Raised

# Where a package is not called as what one imports.
DISTRIBUTIONS = {
    "Crypto": ("pycryptodome",),
    "MySQLdb": ("mysqlclient",),
    "OpenSSL": ("pyopenssl",),
    "PIL": ("pillow",),
    "allauth": ("django-allauth",),
    "attr": ("attrs",),
    "bs4": ("beautifulsoup4",),
    "corsheaders": ("django-cors-headers",),
    "crispy_forms": ("django-crispy-forms",),
    "cv2": ("opencv-python-headless", "opencv-python", "opencv-contrib-python"),
    "dateutil": ("python-dateutil",),
    "debug_toolbar": ("django-debug-toolbar",),
    "decouple": ("python-decouple",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "environ": ("django-environ",),
    "fitz": ("pymupdf",),
    "git": ("gitpython",),
    "jose": ("python-jose",),
    "jwt": ("pyjwt",),
    "ldap": ("python-ldap",),
    "magic": ("python-magic",),
    "multipart": ("python-multipart",),
    "nacl": ("pynacl",),
    "psycopg2": ("psycopg2-binary", "psycopg2"),
    "rest_framework": ("djangorestframework",),
    "serial": ("pyserial",),
    "sklearn": ("scikit-learn",),
    "slugify": ("python-slugify",),
    "socketio": ("python-socketio",),
    "storages": ("django-storages",),
    "yaml": ("pyyaml",),
    "zmq": ("pyzmq",),
}
# What a newer release of a package no longer has, and the last ones that have it.
FORMER = {"pkg_resources": "setuptools<82"}
UVICORN = re.compile(r"Error loading ASGI app\. Could not import module \"(?P<name>[\w.]+)\"")


def missing_module(raised: Raised, case: Case) -> Diagnosis | None:
    """Explain an exception that names a module which is not there."""
    found = re.search(r"No module named '(?P<name>[\w.]+)'", raised.message)
    return _module(found["name"], case) if found else None


def not_imported(case: Case) -> Diagnosis | None:
    """Explain the line in which uvicorn says that the app's module is not there."""
    found = UVICORN.search(case.log)
    return _module(found["name"], case) if found else None


def _module(name: str, case: Case) -> Diagnosis:
    what = f"there is no module {name}"
    return _of_project(name, what, case) or _of_others(name.partition(".")[0], what, case)


def _of_project(name: str, what: str, case: Case) -> Diagnosis | None:
    """Explain a module of the project's own, in its package or beside it."""
    module = name.partition(".")[0]
    if module in _packaged(case):
        if not _is_written(name, case):
            return Diagnosis(f"{what}: no file of the project is called so", "mend the import")
        return Diagnosis(f"{what} in the wheel", "see [tool.poetry] packages, include and exclude")
    own = next(_own(module, case), None)
    if own is None:
        return None
    return Diagnosis(f"{what}: {own} is not in the wheel", '[tool.shanty] ship = "both"')


def _of_others(module: str, what: str, case: Case) -> Diagnosis:
    """Explain a module that some package has, one of the lock or none of them."""
    if former := FORMER.get(module):
        return Diagnosis(f"{what}: it left setuptools with release 82", f'{door()} add "{former}"')
    names = _distributions(module)
    for candidate in names:
        if fix := distribution_advice(candidate, case):
            return Diagnosis(f"{what}: the lock has {candidate}, and not for this image", fix)
    locked = next((candidate for candidate in names if candidate in case.lock.versions), None)
    if locked:
        return Diagnosis(f"{what}, although the lock has {locked}", f"{door()} update {locked}")
    fix = f"mend the import; or, if the package is the one that you mean: {door()} add {names[0]}"
    return Diagnosis(f"{what}, and the lock has no {names[0]}", fix)


def _is_written(name: str, case: Case) -> bool:
    """Tell whether the project has a file or a folder for a module of its own package."""
    path = name.replace(".", "/")
    roots = {package.import_root for package in case.project.packages}
    return any((root / f"{path}{end}").exists() for root in roots for end in (".py", ""))


def distribution_advice(name: str, case: Case) -> str:
    """Return the edit that brings a package of the lock into the image, empty where none does."""
    held = holders(case.project, case.lock, canonicalize_name(name))
    if not held or MAIN in held:
        return ""
    kind, _, holder = held[0].partition(" ")
    if kind == "extra":
        return case.packages_setting("extras", [holder])
    return case.packages_setting("groups", [holder])


def _distributions(module: str) -> tuple[str, ...]:
    """Return the packages that may have a module, the likeliest first."""
    return DISTRIBUTIONS.get(module, (canonicalize_name(module),))


def _packaged(case: Case) -> set[str]:
    project = case.project
    return {place.path.stem for place in project.packages} if project.has_package else set()


def _own(module: str, case: Case) -> Iterator[str]:
    """Yield the module's file or folder where the project has one."""
    for folder in ("", "src/"):
        for name in (f"{folder}{module}.py", f"{folder}{module}"):
            if (case.project.root / name).exists():
                yield name
