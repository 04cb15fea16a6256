"""Faults of who one is, and of where one may write."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.fault import SERVE, by_hand, fault, paste
from tests.faults.place import Place
from tests.faults.tree_faults import BUILT_SECONDS, PASSES

# One that no list of users has.
UNKNOWN = 54321


def _run(*words: str | Path) -> None:
    subprocess.run([str(word) for word in words], check=True)


@contextmanager
def _as_user(place: Place, *, home: str | None = None, owned: bool = True) -> Iterator[None]:
    """Become a user without an entry, whose tree it is if `owned`; their server ends here."""
    place.become(UNKNOWN, [])
    if not owned:
        _run("chown", "-R", "0", place.root)
        _run("chmod", "-R", "u=rwX,go=rX", place.root)
    place.environment |= {"HOME": home, "XDG_CACHE_HOME": None}
    yield
    place.shanty("stop")


@fault(
    "read-only checkout",
    "dev --detach",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
    bare=SERVE,
)
def read_only_checkout(place: Place) -> Iterator[None]:
    """Serve a tree that is somebody else's."""
    with _as_user(place, home=str(place.root.parent), owned=False):
        yield


def _mine(place: Place) -> None:
    _run("chown", "-R", str(UNKNOWN), place.root)


@fault(
    "read-only checkout that is to be edited",
    "lock",
    code=3,
    cause=r"cannot be written to: Permission denied",
    mend=by_hand(r'sudo chown -R "\$USER"', _mine),
)
def read_only_checkout_to_be_edited(place: Place) -> Iterator[None]:
    """Have Poetry edit a tree that is somebody else's."""
    with _as_user(place, home=str(place.root.parent), owned=False):
        yield


@contextmanager
def _mounted_read_only(place: Place) -> Iterator[None]:
    _run("mount", "--bind", place.root, place.root)
    _run("mount", "-o", "remount,ro,bind", place.root)
    try:
        yield
        place.shanty("stop")
    finally:
        _run("umount", place.root)


@fault(
    "checkout on a read-only file system",
    "dev --detach",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
    bare=SERVE,
)
def checkout_on_a_read_only_file_system(place: Place) -> Iterator[None]:
    """Serve what is mounted read-only."""
    with _mounted_read_only(place):
        yield


@fault(
    "checkout on a read-only file system that is to be edited",
    "lock",
    code=3,
    cause=r"cannot be written to: Read-only file system",
    mend=paste,
)
def read_only_file_system_to_be_edited(place: Place) -> Iterator[None]:
    """Have Poetry edit what is mounted read-only."""
    place.command("sudo", 'exec "$@"')
    with _mounted_read_only(place):
        yield


for kind, home in {
    "a home that is read-only": "/proc",
    "a home that is not there": "/nowhere/at/all",
    "no home": None,
    "an empty home": "",
}.items():

    def _homeless(place: Place, home: str | None = home) -> Iterator[None]:
        """Be a user without an entry, and without a home of use."""
        with _as_user(place, home=home):
            yield

    fault(
        f"user without an entry and with {kind}",
        "dev --detach",
        code=0,
        cause="",
        seconds=BUILT_SECONDS,
        mend=PASSES,
        bare=SERVE,
    )(_homeless)


@fault(
    "user without an entry who has a home",
    "prod --detach",
    code=0,
    cause="",
    seconds=BUILT_SECONDS,
    mend=PASSES,
    bare=SERVE,
)
def user_without_an_entry(place: Place) -> Iterator[None]:
    """Be a user whom no list names."""
    with _as_user(place, home=str(place.root.parent)):
        yield
