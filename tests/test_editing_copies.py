"""The copies that Poetry edits: private, and back in place both or not at all."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from stat import S_IMODE

import pytest

from shanty.editing.copies import check_writable, copied
from shanty.errors import MachineError, RunError
from shanty.project import Project
from shanty.replacement import replace_files
from tests.fakes import contents

MakeProject = Callable[..., Project]


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    """Return a project with a lock and settings for Poetry."""
    return make_project({"poetry.lock": "x = 1\n", "poetry.toml": "[installer]\n", "app.py": ""})


def test_the_copies_are_private_and_gone_at_the_end(project: Project) -> None:
    with copied(project) as copies:
        assert S_IMODE(copies.folder.parent.stat().st_mode) == 0o700
        names = {file.name for file in copies.folder.iterdir()}
        assert names == {"pyproject.toml", "poetry.lock", "poetry.toml"}
        assert copies.changed == {}
    assert not copies.folder.parent.exists()


def test_what_changed_is_handed_back(project: Project) -> None:
    with copied(project) as copies:
        (copies.folder / "poetry.lock").write_text("x = 2\n", encoding="utf-8")
        (copies.folder / "poetry.toml").write_text("[solver]\n", encoding="utf-8")
        before = contents(project.root)
        assert copies.hand_back() == ["poetry.lock"]
    assert contents(project.root) == {**before, "poetry.lock": b"x = 2\n"}


def test_where_nothing_changed_nothing_is_written(project: Project) -> None:
    before = [(file.stat().st_ino, file.stat().st_mtime_ns) for file in project.root.iterdir()]
    with copied(project) as copies:
        assert copies.hand_back() == []
    assert before == [
        (file.stat().st_ino, file.stat().st_mtime_ns) for file in project.root.iterdir()
    ]


def test_a_lock_that_was_not_there_is_made(make_project: MakeProject) -> None:
    project = make_project()
    with copied(project) as copies:
        (copies.folder / "poetry.lock").write_text("x = 2\n", encoding="utf-8")
        assert copies.hand_back() == ["poetry.lock"]
    assert project.lock_file.read_text("utf-8") == "x = 2\n"


def test_a_file_that_somebody_else_changed_stays_as_it_is(project: Project) -> None:
    with copied(project) as copies:
        (copies.folder / "poetry.lock").write_text("x = 2\n", encoding="utf-8")
        project.pyproject_file.write_text("y = 3\n", encoding="utf-8")
        before = contents(project.root)
        with pytest.raises(RunError, match="was changed by somebody else while Poetry ran"):
            copies.hand_back()
    assert contents(project.root) == before


def test_what_is_no_toml_is_not_handed_back(project: Project) -> None:
    with copied(project) as copies:
        before = contents(project.root)
        (copies.folder / "poetry.lock").write_bytes(b"\xff")
        with pytest.raises(RunError, match=r"Poetry left a poetry.lock that is no TOML"):
            copies.hand_back()
    assert contents(project.root) == before


def test_a_file_that_poetry_took_away_stays(project: Project) -> None:
    with copied(project) as copies:
        (copies.folder / "poetry.lock").unlink()
        assert copies.hand_back() == []
    assert project.lock_file.is_file()


def test_a_folder_that_may_not_be_written_to_is_named_before_anything_is_done(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(MachineError) as refused, copied(project):
        pass
    assert str(refused.value) == (
        f"{project.root} cannot be written to: Permission denied\n"
        f'fix: make it yours: sudo chown -R "$USER" {project.root}'
    )


def test_a_file_system_that_takes_nothing_is_named_with_the_command_that_mounts_it_anew(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted, above = project.root.parent, project.root.parent.parent
    said = os.statvfs(project.root)

    class ReadOnly:
        f_flag = said.f_flag | os.ST_RDONLY

    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(os, "statvfs", lambda one: ReadOnly if one != above else said)
    with pytest.raises(MachineError) as refused:
        check_writable(project)
    assert str(refused.value) == (
        f"{project.root} cannot be written to: Read-only file system\n"
        f"fix: sudo mount -o remount,rw {mounted}"
    )


def test_a_lock_that_is_no_text_is_not_copied_for_poetry_stops_at_it(project: Project) -> None:
    project.lock_file.write_bytes(b"\xff")
    with copied(project) as copies:
        assert not (copies.folder / "poetry.lock").exists()
        (copies.folder / "poetry.lock").write_text("x = 1\n", encoding="utf-8")
        assert copies.hand_back() == ["poetry.lock"]
    assert project.lock_file.read_text(encoding="utf-8") == "x = 1\n"


def test_a_disk_that_is_full_leaves_both_files(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with copied(project) as copies:
        (copies.folder / "poetry.lock").write_text("x = 2\n", encoding="utf-8")
        before = contents(project.root)
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(
            MachineError, match=r"No space left on device\nfix: make room, as told by: df "
        ):
            copies.hand_back()
    assert contents(project.root) == before


def interrupt_before(monkeypatch: pytest.MonkeyPatch, error: OSError | None) -> None:
    """Let an interrupt come while the files are replaced, which may fail then."""

    def interrupted(files: dict[Path, bytes]) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        if error:
            raise error
        replace_files(files)

    monkeypatch.setattr("shanty.editing.copies.replace_files", interrupted)


def test_an_interrupt_between_the_files_is_too_late(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_before(monkeypatch, None)
    with copied(project) as copies:
        for name in copies.before:
            (copies.folder / name).write_text("x = 2\n", encoding="utf-8")
        assert copies.hand_back() == ["pyproject.toml", "poetry.lock"]
    assert project.lock_file.read_text("utf-8") == "x = 2\n"
    assert project.pyproject_file.read_text("utf-8") == "x = 2\n"


def test_an_interrupt_of_what_fails_is_one(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_before(monkeypatch, OSError(28, "No space left on device"))
    # Whoever runs tests in the background of a shell has interrupts ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with copied(project) as copies, pytest.raises(KeyboardInterrupt):
            copies.hand_back()
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_system_without_signal_masks_has_its_files_too(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(signal, "pthread_sigmask")
    with copied(project) as copies:
        (copies.folder / "poetry.lock").write_text("x = 2\n", encoding="utf-8")
        assert copies.hand_back() == ["poetry.lock"]


def test_a_neighbour_is_copied_without_what_is_large(project: Project, tmp_path: Path) -> None:
    lib = tmp_path / "lib"
    for name in ("src/lib.py", ".venv/bin/python", "node_modules/a.js"):
        (lib / name).parent.mkdir(parents=True)
        (lib / name).touch()
    (lib / "link").symlink_to("nowhere")
    with copied(project, [lib]) as copies:
        names = {path.name for path in copies.places[lib].iterdir()}
    assert names == {"src", "link"}
