"""The distributions of an image."""

from pathlib import Path

import pytest

from shanty.image.distribution import distributions, owners, source_of
from tests.images import SITE, Entry, distribution, image

FLASK = distribution("Flask", "3.1.3", {"flask/app.py": b"app"}, "License-Expression: BSD-3-Clause")
SCRIPT = distribution("gunicorn", "27.0.1", {"../../../bin/gunicorn": b"#!", "gunicorn.py": b""})


def test_each_is_known_by_its_normalized_name_and_its_version(tmp_path: Path) -> None:
    with image(tmp_path, [*SCRIPT, *FLASK]) as found:
        flask, gunicorn = distributions(found)
    assert (flask.name, flask.version) == ("flask", "3.1.3")
    assert flask.metadata["License-Expression"] == "BSD-3-Clause"
    assert flask.folder == f"/{SITE}/Flask-3.1.3.dist-info"
    assert [row.path for row in gunicorn.rows][:2] == [
        "/opt/venv/bin/gunicorn",
        f"/{SITE}/gunicorn.py",
    ]


def test_what_the_base_brings_is_not_counted_nor_what_debian_does(tmp_path: Path) -> None:
    debian = distribution("six", "1", {}, site="usr/lib/python3/dist-packages")
    with image(tmp_path, FLASK, [*SCRIPT, *debian], below=1) as found:
        assert [one.name for one in distributions(found)] == ["gunicorn"]


def test_one_without_a_record_lists_nothing(tmp_path: Path) -> None:
    old = Entry(f"{SITE}/old.egg-info/PKG-INFO", b"Name: old\nVersion: 1\n")
    with image(tmp_path, [old]) as found:
        assert [(one.name, one.rows) for one in distributions(found)] == [("old", ())]


def test_a_record_may_be_as_short_as_its_writer_liked(tmp_path: Path) -> None:
    folder = f"{SITE}/old-1.dist-info"
    entries = [
        Entry(f"{folder}/METADATA", b"Name: old\nVersion: 1\n"),
        Entry(f"{folder}/RECORD", b"\nold.py\n"),
    ]
    with image(tmp_path, entries) as found:
        assert [(row.path, row.hash) for row in distributions(found)[0].rows] == [
            (f"/{SITE}/old.py", "")
        ]


def test_a_file_is_owned_by_what_lists_it_and_so_is_its_bytecode(tmp_path: Path) -> None:
    bytecode = f"/{SITE}/flask/__pycache__/app.cpython-313.pyc"
    with image(tmp_path, FLASK) as found:
        files = [*found.files, bytecode, f"/{SITE}/stray.py"]
        owned = owners(distributions(found), files)
    assert owned[bytecode].name == "flask"
    assert f"/{SITE}/stray.py" not in owned


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("/a/__pycache__/b.cpython-313.pyc", "/a/b.py"),
        ("/a/__pycache__/b.cpython-313.opt-1.pyc", "/a/b.py"),
        ("/a/b.pyc", "/a/b.pyc"),
        ("/a/b.py", "/a/b.py"),
    ],
)
def test_bytecode_belongs_to_its_source(path: str, source: str) -> None:
    assert source_of(path) == source
