"""Paths that are fine here and no good in an image: links that lead astray, names in bytes."""

import subprocess
from pathlib import Path

import pytest

from shanty.path_fault import link_fault


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder that links may lead about in, with a file; another one lies beside it."""
    (tmp_path / "in side").mkdir()
    (tmp_path / "in side" / "file").write_text("within", encoding="utf-8")
    (tmp_path / "file").write_text("without", encoding="utf-8")
    return tmp_path / "in side"


def linked(folder: Path, target: Path | str) -> Path:
    """Return a new link."""
    link = folder / "link"
    link.symlink_to(target)
    return link


@pytest.mark.parametrize("target", ["file", ".", "/etc/passwd"])
def test_a_link_within_the_folder_or_to_the_system_is_fine(folder: Path, target: str) -> None:
    assert link_fault(linked(folder, target), folder) is None


@pytest.mark.parametrize(
    ("target", "why", "text"),
    [
        ("{folder}/file", "an absolute path, which is another in the image", "within"),
        ("../file", "outside of {folder}: no wheel can be built with it", "without"),
    ],
)
def test_another_is_told_with_the_command_that_mends_it(
    folder: Path, target: str, why: str, text: str
) -> None:
    link = linked(folder, target.format(folder=folder))
    fault = link_fault(link, folder)
    assert fault
    assert fault.what == f"{link} is a link to {link.readlink()}, {why.format(folder=folder)}"
    subprocess.run(["/bin/sh", "-euc", fault.fix], check=True)
    assert link.read_text(encoding="utf-8") == text
    assert not link.is_symlink() or link_fault(link, folder) is None
