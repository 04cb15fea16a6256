"""The git checkout that a project lies in: its commit, whether that is all, where it came from."""

import os
import subprocess
from pathlib import Path

import pytest

from shanty.checkout import is_committed, is_unmerged, read_checkout

GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
NOON = {"GIT_COMMITTER_DATE": "2026-05-04T12:00:00+02:00"}


def git(folder: Path, *words: str) -> str:
    """Run git in a folder at a time of its own and return what it prints."""
    done = subprocess.run(
        [*GIT, *words],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **NOON},
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkout of one commit with two folders, no settings of the person's in it."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    folder = tmp_path / "checkout"
    for name in ("app", "other"):
        (folder / name).mkdir(parents=True)
        (folder / name / "file").write_text("before", encoding="utf-8")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
    return folder


def test_a_checkout_has_a_commit_and_its_time(checkout: Path) -> None:
    found = read_checkout(checkout / "app", [checkout / "app"])
    assert found
    assert found.commit == git(checkout, "rev-parse", "HEAD")
    assert (found.time, found.is_dirty, found.origin) == (1777888800, False, "")


def test_a_checkout_tells_where_it_came_from(checkout: Path) -> None:
    git(checkout, "remote", "add", "origin", "git@harbour.example:mate/app.git")
    found = read_checkout(checkout, [checkout])
    assert found
    assert found.origin == "git@harbour.example:mate/app.git"


@pytest.mark.parametrize(
    ("name", "is_dirty"), [("app/file", True), ("app/new", True), ("other/file", False)]
)
def test_only_what_is_asked_about_makes_it_dirty(
    checkout: Path, name: str, *, is_dirty: bool
) -> None:
    (checkout / name).write_text("after", encoding="utf-8")
    found = read_checkout(checkout, [checkout / "app"])
    assert found
    assert found.is_dirty is is_dirty


def test_what_git_ignores_does_not_make_it_dirty(checkout: Path) -> None:
    (checkout / ".git/info/exclude").write_text("new\n", encoding="utf-8")
    (checkout / "app/new").touch()
    found = read_checkout(checkout, [checkout / "app"])
    assert found
    assert not found.is_dirty


def test_a_path_that_git_would_read_as_a_pattern_is_that_path(checkout: Path) -> None:
    (checkout / "app/new").touch()
    found = read_checkout(checkout, [checkout / "a*"])
    assert found
    assert not found.is_dirty


def test_what_no_commit_can_hold_makes_it_dirty(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    found = read_checkout(checkout, [checkout, tmp_path / "beside"])
    assert found
    assert found.is_dirty


def test_a_folder_that_is_no_checkout_has_none(tmp_path: Path) -> None:
    assert read_checkout(tmp_path, [tmp_path]) is None


def test_a_checkout_without_a_commit_has_none_yet(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    assert read_checkout(tmp_path, [tmp_path]) is None


def test_without_git_there_is_no_checkout(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    assert read_checkout(checkout, [checkout]) is None


def test_what_the_commit_has_is_known_though_it_is_gone(checkout: Path) -> None:
    file = checkout / "app" / "file"
    file.unlink()
    assert is_committed(file)
    assert not is_committed(checkout / "app" / "other")
    assert not is_unmerged(file)


def test_without_git_nothing_is_known_of_a_file(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    assert not is_committed(checkout / "app" / "file")
