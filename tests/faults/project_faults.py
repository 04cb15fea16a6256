"""Faults of `pyproject.toml`, and of the files that it names."""

import shutil
from collections.abc import Iterator

from tests.faults.fault import by_hand, fault, paste
from tests.faults.lock_faults import git
from tests.faults.place import Outcome, Place

NAME = 'name = "coach-planner"\n'


@fault(
    "pyproject.toml missing",
    "build",
    code=2,
    cause=r"no pyproject\.toml in .*, only poetry\.lock",
    mend=paste,
)
def pyproject_missing(place: Place) -> Iterator[None]:
    """Take the file away that git has still."""
    git(place, "init")
    git(place, "add", ".")
    git(place, "commit", "--message", "Begin")
    place.pyproject.unlink()
    yield


def _go_there(place: Place, outcome: Outcome, task: tuple[str, ...]) -> tuple[str, ...]:
    assert outcome.fix_command == "cd coach_planner", outcome.fix
    place.here = place.root
    return task


@fault(
    "above the project",
    "build",
    code=2,
    cause=r"no pyproject\.toml in \S+ or above it",
    mend=_go_there,
)
def above_the_project(place: Place) -> Iterator[None]:
    """Stand in the folder above the project's."""
    place.here = place.root.parent
    yield


@fault(
    "pyproject.toml invalid",
    "build",
    code=2,
    cause=r"pyproject\.toml:2:\d+: invalid TOML",
    mend=by_hand(
        r"mend line 2", lambda place: place.write("pyproject.toml", NAME.replace("=", ""), NAME)
    ),
)
def pyproject_invalid(place: Place) -> Iterator[None]:
    """Leave an equals sign out."""
    place.write("pyproject.toml", NAME, NAME.replace("=", ""))
    yield


def _as_utf8(place: Place) -> None:
    text = place.pyproject.read_bytes().decode("latin-1")
    place.pyproject.write_bytes(text.encode("utf-8"))


@fault(
    "pyproject.toml not UTF-8",
    "build",
    code=2,
    cause=r"pyproject\.toml:4: byte 0xe9 is not UTF-8",
    mend=by_hand(r"UTF-8", _as_utf8),
)
def pyproject_not_utf8(place: Place) -> Iterator[None]:
    """Save an accent as Latin-1."""
    content = place.pyproject.read_bytes().replace(b"A week's", b"A caf\xe9's")
    place.pyproject.write_bytes(content)
    yield


@fault(
    "pyproject.toml with a byte order mark",
    "build",
    code=2,
    cause=r"pyproject\.toml begins with a byte order mark",
    mend=by_hand(
        r"without a byte order mark",
        lambda place: place.pyproject.write_bytes(place.pyproject.read_bytes()[3:]),
    ),
)
def pyproject_with_a_byte_order_mark(place: Place) -> Iterator[None]:
    """Save the file as some editors do."""
    place.pyproject.write_bytes(b"\xef\xbb\xbf" + place.pyproject.read_bytes())
    yield


@fault(
    "pyproject.toml without a name",
    "build",
    code=2,
    cause=r"pyproject\.toml gives the project no name",
    mend=by_hand(
        r'name = "…" under \[project\]',
        lambda place: place.write("pyproject.toml", "[project]\n", f"[project]\n{NAME}"),
    ),
)
def pyproject_without_a_name(place: Place) -> Iterator[None]:
    """Take the name out."""
    place.write("pyproject.toml", NAME, "")
    yield


VERSION = 'version = "0.1.0"\n'


@fault(
    "pyproject.toml without a version",
    "build",
    code=1,
    cause=r"the build of production failed: pyproject\.toml gives the project no version",
    mend=by_hand(
        "mend that in .*pyproject.toml",
        lambda place: place.write("pyproject.toml", NAME, f"{NAME}{VERSION}"),
    ),
    afterwards=True,
)
def pyproject_without_a_version(place: Place) -> Iterator[None]:
    """Take the version out."""
    place.write("pyproject.toml", VERSION, "")
    yield


@fault(
    "version that is none",
    "build",
    code=1,
    cause=r"failed: the version in pyproject\.toml is none that Poetry reads",
    mend=by_hand(
        "mend that in .*pyproject.toml",
        lambda place: place.write("pyproject.toml", "banana", "0.1.0"),
    ),
    afterwards=True,
)
def version_that_is_none(place: Place) -> Iterator[None]:
    """Write a word where the version is."""
    place.write("pyproject.toml", VERSION, VERSION.replace("0.1.0", "banana"))
    yield


@fault(
    "package folder missing",
    "build",
    code=2,
    cause=r"packages names src/coach_planner, and there is no such",
    mend=by_hand(
        r'\[\{ include = "planner", from = "src" \}\]',
        lambda place: place.write("pyproject.toml", '"coach_planner", from', '"planner", from'),
    ),
)
def package_folder_missing(place: Place) -> Iterator[None]:
    """Give the folder another name, and what is imported of it."""
    shutil.move(place.root / "src" / "coach_planner", place.root / "src" / "planner")
    for file in (place.root / "src").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("from coach_planner", "from planner"), encoding="utf-8")
    yield


@fault(
    "setting unknown",
    "build",
    code=2,
    cause=r"\[tool\.shanty\].*prot",
    mend=by_hand(r"\bport\b", lambda place: place.write("pyproject.toml", "prot =", "port =")),
)
def setting_unknown(place: Place) -> Iterator[None]:
    """Misspell a setting."""
    place.write("pyproject.toml", "[tool.shanty]\n", "[tool.shanty]\nprot = 8888\n")
    yield


@fault(
    "readme missing",
    "build",
    code=2,
    cause=r"readme = 'README\.md', and there is no such file",
    mend=by_hand(r"write README\.md", lambda place: (place.root / "README.md").touch()),
)
def readme_missing(place: Place) -> Iterator[None]:
    """Take the readme away that is named."""
    (place.root / "README.md").unlink()
    yield
