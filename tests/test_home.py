"""The home of the caller, for what Docker's client keeps there; not everybody has one."""

import os
import tempfile
from pathlib import Path

import pytest

from shanty.errors import MachineError
from shanty.home import private_folder, settle_home


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return this user's own folder below that for temporary files, not there yet."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path / f"shanty-{os.getuid()}"


def test_a_home_that_can_be_written_to_stays_as_it_is(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    settle_home(environment)
    assert environment == {"HOME": str(tmp_path)}


@pytest.mark.parametrize("environment", [{}, {"HOME": ""}])
def test_who_has_no_variable_has_the_home_that_the_list_of_users_names(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    settle_home(environment)
    assert environment == {"HOME": str(tmp_path)}


def test_a_home_that_is_shut_is_somebody_else_s(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shut = tmp_path / "shut"
    shut.mkdir()
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != shut)
    environment = {"HOME": str(shut)}
    settle_home(environment)
    assert environment == {"HOME": str(tmp_path)}


def test_who_is_in_no_list_either_has_a_private_folder(
    private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    environment: dict[str, str] = {}
    settle_home(environment)
    assert environment == {"HOME": str(private)}
    assert private.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("others", "notes"),
    [
        ({}, "{private}/buildx"),
        ({"BUILDX_CONFIG": "/notes"}, "/notes"),
        ({"DOCKER_CONFIG": "{private}"}, None),
    ],
)
def test_notes_of_buildx_go_elsewhere_where_the_home_is_read_only(
    others: dict[str, str], notes: str | None, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _: Path(path).is_relative_to(private.parent))
    environment = {"HOME": "/", **{key: one.format(private=private) for key, one in others.items()}}
    settle_home(environment)
    assert environment.get("BUILDX_CONFIG") == (notes and notes.format(private=private))


def test_a_private_folder_that_others_may_write_to_is_refused(private: Path) -> None:
    private.mkdir()
    private.chmod(0o777)
    with pytest.raises(MachineError) as refused:
        private_folder()
    assert str(refused.value) == (
        f"{private} is not this user's alone\nfix: set XDG_CACHE_HOME and HOME to a folder that is"
    )
