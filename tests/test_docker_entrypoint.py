"""The entrypoint of the images, as a real shell reads it."""

import subprocess
from pathlib import Path

import pytest

from tests.entrypoint import SCRIPT, started


@pytest.mark.parametrize(
    ("serve", "folder", "variable"),
    [
        ("gunicorn a 'b  c'", "", ""),
        ("exec gunicorn a 'b  c'", "", ""),
        ("A=1 gunicorn a 'b  c'", "", "1"),
        ("cd / && gunicorn a 'b  c'", "/", ""),
        ("cd / &&  exec gunicorn a 'b  c'", "/", ""),
        ("test -d / && cd / && A=1 gunicorn a 'b  c'", "/", "1"),
    ],
)
def test_a_command_of_one_s_own_may_do_something_first(
    tmp_path: Path, serve: str, folder: str, variable: str
) -> None:
    found = started(serve, tmp_path)
    assert found == (folder or str(tmp_path), variable, ["a", "b  c"])


def test_a_variable_in_a_command_is_the_container_s(tmp_path: Path) -> None:
    found = started('gunicorn "$APP" $APP', tmp_path, APP="a b; c $(d)")
    assert found.words == ["a b; c $(d)", "a", "b;", "c", "$(d)"]


def test_words_that_are_given_are_run_untouched() -> None:
    words = ["printf", "%s\n", "a b", "$(c)", "(d)", ""]
    answer = subprocess.run(["sh", str(SCRIPT), *words], capture_output=True, text=True, check=True)
    assert answer.stdout.splitlines() == words[2:]


def test_what_fails_before_the_start_stops_it_and_is_named(tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "SERVE": "touch started", "PRESTART": "false; true"}
    answer = subprocess.run(
        ["sh", str(SCRIPT)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stderr == "prestart failed with exit code 1: false; true\n"
    assert not (tmp_path / "started").exists()
