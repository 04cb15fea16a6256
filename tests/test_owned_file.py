"""A file that a project is given: what is in the way, and never half of it."""

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.errors import MachineError, UsageError
from shanty.init.owned_file import OwnedFile

TEXT = "one\ntwo\n"
Make = Callable[..., OwnedFile]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a function that makes the file, in a folder that has been entered."""
    root = tmp_path / "harbour"
    root.mkdir()
    monkeypatch.chdir(root)
    return lambda name="docker/run.sh", **how: OwnedFile(root / name, TEXT, root, **how)


def test_a_file_that_is_not_there_is_written_with_its_folder(make: Make) -> None:
    file = make()
    assert file.found() is None
    file.write()
    assert file.found() == TEXT
    assert [one.name for one in file.path.parent.iterdir()] == ["run.sh"]


@pytest.mark.parametrize(("executable", "mode"), [(True, 0o750), (False, 0o640)])
def test_a_new_file_has_the_mode_that_the_person_s_files_have(
    make: Make, *, executable: bool, mode: int
) -> None:
    before = os.umask(0o027)
    try:
        make(executable=executable).write()
    finally:
        os.umask(before)
    assert stat.S_IMODE(make().path.stat().st_mode) == mode


def test_a_file_that_is_there_is_overwritten_with_its_difference_told(make: Make) -> None:
    file = make("tasks.py")
    file.path.write_bytes(b"one\n\xff\n")
    assert list(file.difference()) == [
        *("--- tasks.py", "+++ tasks.py", "@@ -1,2 +1,2 @@", " one", "-\ufffd", "+two")
    ]
    file.write()
    assert file.found() == TEXT


def test_a_link_inside_the_project_stays_a_link(make: Make) -> None:
    file = make("tasks.py")
    (file.root / "own.py").write_text("mine\n", encoding="utf-8")
    file.path.symlink_to("own.py")
    assert file.found() == "mine\n"
    file.write()
    assert file.path.is_symlink()
    assert (file.root / "own.py").read_text(encoding="utf-8") == TEXT


def refused(file: OwnedFile) -> str:
    """Return what is said of something in the way of a file."""
    with pytest.raises(UsageError) as error:
        file.found()
    return error.value.what


def test_a_link_to_nothing_or_in_a_circle_is_refused(make: Make) -> None:
    file = make()
    file.path.parent.mkdir()
    file.path.symlink_to("nowhere")
    assert refused(file) == "docker/run.sh is a link to nothing"
    file.path.unlink()
    file.path.symlink_to("run.sh")
    assert refused(file) == "docker/run.sh is a link to nothing"


def test_a_link_out_of_the_project_is_refused(make: Make, tmp_path: Path) -> None:
    file = make()
    (tmp_path / "other").mkdir()
    (file.root / "docker").symlink_to(tmp_path / "other")
    assert refused(file) == f"docker is a link to {tmp_path / 'other'}, outside {file.root}"


def test_a_folder_or_a_file_in_the_way_is_refused(make: Make) -> None:
    make("docker/run.sh/more").path.parent.mkdir(parents=True)
    assert refused(make()) == "docker/run.sh is a folder"
    make("tests").path.touch()
    assert refused(make("tests/test_app.py")) == "tests is a file"


@pytest.mark.parametrize("name", ["docker/run.sh", "tasks.py"])
def test_what_cannot_be_written_is_said_and_nothing_is_left(
    make: Make, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make(name)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MachineError) as error:
        file.write()
    assert error.value.what == f"{file.path} cannot be written: No space left on device"
    assert [one.name for one in file.path.parent.iterdir()] == []


def test_a_file_that_cannot_be_overwritten_is_as_it_was(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make("tasks.py")
    file.path.write_text("mine\n", encoding="utf-8")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        file.write()
    assert file.found() == "mine\n"
    assert [one.name for one in file.root.iterdir()] == ["tasks.py"]


def test_a_file_that_cannot_be_read_is_said(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make("tasks.py")
    file.path.touch()

    def deny(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", deny)
    with pytest.raises(MachineError, match=r"tasks\.py cannot be read: Permission denied"):
        file.found()
