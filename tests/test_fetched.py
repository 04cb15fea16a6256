"""What is fetched beside the lock: the servers that `docker/` pins."""

from pathlib import Path

import pytest

from shanty.dockerfile import shipped_docker
from shanty.fetched import Fetched, fetched

PINS = """\
# Why.

Quay_Rope==2.0 ; python_version >= "3.10" \\
    --hash=sha256:aa \\
    --hash=sha256:bb
quay-rope==1.0 ; python_version < "3.10" \\
    --hash=sha256:cc
"""


@pytest.mark.parametrize(
    ("python_version", "version", "hashes"),
    [("3.13", "2.0", ("sha256:aa", "sha256:bb")), ("3.9", "1.0", ("sha256:cc",))],
)
def test_a_pin_counts_for_its_python(
    tmp_path: Path, python_version: str, version: str, hashes: tuple[str, ...]
) -> None:
    (tmp_path / "server-rope.txt").write_text(PINS, encoding="utf-8")
    assert fetched(tmp_path, ("rope",), python_version) == (
        Fetched("quay-rope", version, hashes, "docker/server-rope.txt"),
    )


def test_what_the_suite_ships_can_be_read() -> None:
    names = ("gunicorn", "setuptools")
    found = fetched(shipped_docker(), names, "3.13")
    assert tuple(one.name for one in found) == names
    assert all(hash_.startswith("sha256:") for one in found for hash_ in one.hashes)


def test_nothing_is_fetched_where_the_lock_has_all() -> None:
    assert fetched(shipped_docker(), (), "3.13") == ()
