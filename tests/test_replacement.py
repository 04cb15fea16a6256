"""Files written in the place of others: all of them or none, each as it was but for its content."""

import os
from pathlib import Path
from stat import S_IMODE

import pytest

from shanty import replacement
from shanty.replacement import replace_file, replace_files


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file with a mode that is not the usual one."""
    file = tmp_path / "pyproject.toml"
    file.write_text("before", encoding="utf-8")
    file.chmod(0o640)
    return file


def test_the_file_keeps_its_mode_and_its_owner(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that belongs to somebody else is given back to them, when root changes it."""
    given_to: list[tuple[int, int]] = []
    monkeypatch.setattr(replacement, "_owner", lambda path: (1, 2) if path == file else (0, 0))
    monkeypatch.setattr(os, "chown", lambda _, user, group: given_to.append((user, group)))
    replace_file(file, "after")
    assert (file.read_text("utf-8"), S_IMODE(file.stat().st_mode)) == ("after", 0o640)
    assert given_to == [(1, 2)]


def test_a_new_file_has_the_usual_mode_and_its_folders_owner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_to: list[tuple[int, int]] = []
    monkeypatch.setattr(replacement, "_owner", lambda path: (1, 2) if path == tmp_path else (0, 0))
    monkeypatch.setattr(os, "chown", lambda _, user, group: given_to.append((user, group)))
    mask = os.umask(0o027)
    replace_files({tmp_path / "poetry.lock": b"new"})
    os.umask(mask)
    assert S_IMODE((tmp_path / "poetry.lock").stat().st_mode) == 0o640
    assert given_to == [(1, 2)]


def test_who_may_not_give_files_away_keeps_them(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(replacement, "_owner", lambda path: (1, 2) if path == file else (0, 0))
    monkeypatch.setattr(os, "chown", refuse)
    replace_file(file, "after")
    assert file.read_text("utf-8") == "after"


def test_a_symbolic_link_stays_one(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file.name)
    replace_files({link: b"after"})
    assert (link.is_symlink(), file.read_text("utf-8")) == (True, "after")


def test_a_second_that_cannot_be_written_leaves_the_first_as_it_was(
    file: Path, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError):
        replace_files({file: b"after", tmp_path / "gone" / "poetry.lock": b"new"})
    assert file.read_text("utf-8") == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_third_that_cannot_take_its_place_takes_the_others_back(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, last = tmp_path / "poetry.lock", tmp_path / "last"
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target == last:
            raise PermissionError
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(PermissionError):
        replace_files({file: b"after", new: b"new", last: b"new"})
    assert (file.read_text("utf-8"), S_IMODE(file.stat().st_mode)) == ("before", 0o640)
    assert list(tmp_path.iterdir()) == [file]


def test_a_disk_that_is_full_leaves_nothing_behind(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(file, "after")
    assert (file.read_text("utf-8"), list(tmp_path.iterdir())) == ("before", [file])
