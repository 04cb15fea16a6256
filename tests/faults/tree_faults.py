"""Faults of the tree that a project lies in: its size, its links, its names, its line ends."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.engine.support import inside
from tests.faults.fault import SERVE, by_hand, fault, paste
from tests.faults.place import Place

GIGABYTE = 10**9
# What a build and the start of a server take on a machine that is at work.
BUILT_SECONDS = 40
PACKAGE = "src/coach_planner"


def _nothing(_place: Place) -> None:
    """Mend nothing: it passes."""


PASSES = by_hand("", _nothing)


@fault(
    "context with a gigabyte of data",
    "build",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
)
def context_with_a_gigabyte_of_data(place: Place) -> Iterator[None]:
    """Put a data folder beside the package: sent, it would take longer than the build."""
    data = place.root / "data"
    data.mkdir()
    with (data / "week.bin").open("wb") as file:
        file.truncate(GIGABYTE)
    yield
    assert inside(f"{place.image}:production", "ls", "/opt/app") == ""


def _link(place: Place, name: str, target: str | Path) -> None:
    (place.root / name).symlink_to(target)


@fault(
    "link that dangles in the package",
    "build",
    code=2,
    cause=r"src/coach_planner/gone\.py is a link to nowhere\.py, and there is nothing",
    mend=paste,
)
def link_that_dangles_in_the_package(place: Place) -> Iterator[None]:
    """Link to what has gone."""
    _link(place, f"{PACKAGE}/gone.py", "nowhere.py")
    yield


@fault(
    "link that loops in the package",
    "build",
    code=2,
    cause=r"src/coach_planner/round is a link to round, .*circle",
    mend=paste,
)
def link_that_loops_in_the_package(place: Place) -> Iterator[None]:
    """Link a name to itself."""
    _link(place, f"{PACKAGE}/round", "round")
    yield


@fault(
    "link to its own folder in the package",
    "build",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
)
def link_to_its_own_folder(place: Place) -> Iterator[None]:
    """Link a folder into itself."""
    _link(place, f"{PACKAGE}/again", ".")
    yield


@fault(
    "absolute link in the package",
    "build",
    code=2,
    cause=r"src/coach_planner/days\.py is a link to /\S+/plan\.py, .*absolute",
    mend=paste,
)
def absolute_link_in_the_package(place: Place) -> Iterator[None]:
    """Link to a file of the project by its path on this machine."""
    _link(place, f"{PACKAGE}/days.py", place.root / PACKAGE / "plan.py")
    yield


@fault(
    "link out of the project in the package",
    "build",
    code=2,
    cause=r"src/coach_planner/notes\.md is a link to \.\./\.\./\.\./notes\.md, .*outside",
    mend=paste,
)
def link_out_of_the_project(place: Place) -> Iterator[None]:
    """Link to a file beside the project."""
    (place.root.parent / "notes.md").write_text("Rest.\n", encoding="utf-8")
    _link(place, f"{PACKAGE}/notes.md", "../../../notes.md")
    yield


@fault(
    "links of every kind beside the package",
    "dev --detach",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
    bare=SERVE,
)
def links_of_every_kind_beside_the_package(place: Place) -> Iterator[None]:
    """Link to nothing, to itself, to the folder above and to the machine's own files."""
    for name, target in {"gone": "nowhere", "round": "round", "up": "..", "etc": "/etc"}.items():
        _link(place, name, target)
    yield


def _named(name: str) -> Callable[[Place], Iterator[None]]:
    def inject(place: Place) -> Iterator[None]:
        """Give the project's folder another name."""
        root = place.root.parent / name
        shutil.move(place.root, root)
        place.root = root
        yield

    return inject


for kind, name in {
    "blanks": "coach  planner ",
    "quotes": 'coach\'s "planner"',
    "a dollar sign": "coach$HOME",
    "letters of other scripts": "trénink-训练",
    "a leading dash": "-coach",
    "a comma": "coach,planner=1",
    "a line end": "coach\nplanner",
    "a colon": "coach:planner",
    "a hash and a percent sign": "#coach%20",
}.items():
    fault(
        f"folder with {kind}",
        "dev --detach",
        code=0,
        cause="",
        seconds=BUILT_SECONDS,
        mend=PASSES,
        bare=SERVE,
    )(_named(name))


@fault(
    "project name with capitals, dots and underscores",
    "prod --detach",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
    bare=SERVE,
)
def project_name_with_capitals(place: Place) -> Iterator[None]:
    """Name the project as no image may be named; the image follows it."""
    place.write("pyproject.toml", '"coach-planner"', f'"{place.image.title()}.Coach_Planner"')
    place.environment["SHANTY_IMAGE"] = None
    place.image = f"{place.image}-coach-planner"
    yield
    assert inside(f"{place.image}:production", "id", "-u") == "10001"


@fault(
    "file name that is no text beside the package",
    "dev --detach",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
    bare=SERVE,
)
def file_name_that_is_no_text(place: Place) -> Iterator[None]:
    """Give a file a name in Latin-1."""
    folder = place.root / "notes"
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.md")).touch()
    yield


@fault(
    "file name that is no text in the package",
    "build",
    code=2,
    cause=r"src/coach_planner/caf.*\.md.*not UTF-8",
    mend=paste,
)
def file_name_that_is_no_text_in_the_package(place: Place) -> Iterator[None]:
    """Give a file of the wheel a name in Latin-1."""
    Path(os.fsdecode(os.fsencode(place.root / PACKAGE) + b"/caf\xe9.md")).touch()
    yield


def _with_crlf(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            file.write_bytes(file.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


@fault(
    "CRLF in every file",
    "prod --detach",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
    bare=SERVE,
)
def crlf_in_every_file(place: Place) -> Iterator[None]:
    """Check the project out as git does on Windows."""
    _with_crlf(place.root)
    yield


@fault(
    "CRLF in its own Docker files",
    "prod --detach",
    code=2,
    cause=r"docker/docker-entrypoint\.sh .*CRLF",
    mend=paste,
    bare=SERVE,
)
def crlf_in_its_own_docker_files(place: Place) -> Iterator[None]:
    """Check a project with files of `init` out as git does on Windows."""
    assert place.shanty("init").code == 0
    _with_crlf(place.root)
    yield
