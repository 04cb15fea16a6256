"""The words after a task's name: every one arrives, as it was typed, through both doors."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invoke.collection import Collection
from invoke.context import Context
from invoke.exceptions import ParseError
from invoke.program import Program
from invoke.tasks import task

from shanty.words import WordTask, typed_after

TASKS = '''\
"""Two tasks, one of which hands on its words."""

from invoke.collection import Collection
from invoke.tasks import task

from shanty.words import WordTask


@task(klass=WordTask)
def add(c, words):
    """Print the words."""
    print(c.config.run.dry, words)


@task
def build(c, tag="none"):
    """Print the tag."""
    print("built", tag)


ns = Collection(add, build)
'''

LINES = [
    (["flask"], ("flask",)),
    ([], ()),
    (["--group", "test", "pytest>=9"], ("--group", "test", "pytest>=9")),
    (["--group=test", "-vvv", "a b"], ("--group=test", "-vvv", "a b")),
    (["--help"], ("--help",)),
    (["-h"], ("-h",)),
    (["--dry", "--list", "--version"], ("--dry", "--list", "--version")),
    (["build"], ("build",)),
    (["add", "build"], ("add", "build")),
    (["--", "--group", "test", "x"], ("--group", "test", "x")),
    (["-G", "test", "--", "x", "--", "y"], ("-G", "test", "--", "x", "--", "y")),
    (["--markers=a=-bc", "-xyz=-abc", "-", ""], ("--markers=a=-bc", "-xyz=-abc", "-", "")),
]


def parsed(monkeypatch: pytest.MonkeyPatch, *words: str) -> list[tuple[str, Any]]:
    """Run a line through Invoke and return what each task was given."""
    given_to: list[tuple[str, Any]] = []

    @task(klass=WordTask)
    def add(_c: Context, words: tuple[str, ...]) -> None:
        given_to.append(("add", words))

    @task
    def build(_c: Context, tag: str = "none") -> None:
        given_to.append(("build", tag))

    monkeypatch.setattr(sys, "argv", ["invoke", *words])
    Program(namespace=Collection(add, build)).run(exit=False)
    return given_to


@pytest.mark.parametrize(("typed", "meant"), LINES)
def test_every_word_arrives_as_it_was_typed(
    monkeypatch: pytest.MonkeyPatch, typed: list[str], meant: tuple[str, ...]
) -> None:
    assert parsed(monkeypatch, "add", *typed) == [("add", meant)]


@given(
    st.lists(st.text(st.sampled_from("-=abuild "), max_size=6).filter(lambda one: one != "--words"))
)
def test_no_word_is_one_that_invoke_makes_something_else_of(words: list[str]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        meant = tuple(words[1:] if words[:1] == ["--"] else words)
        assert parsed(monkeypatch, "add", *words) == [("add", meant)]


def test_another_task_may_come_before(monkeypatch: pytest.MonkeyPatch) -> None:
    line = ("build", "--tag", "x", "add", "flask", "build")
    assert parsed(monkeypatch, *line) == [("build", "x"), ("add", ("flask", "build"))]


def test_a_task_that_is_not_named_has_no_words() -> None:
    assert typed_after("add", ["invoke", "build", "--", "add"]).parsed == ()


def test_options_of_invokes_own_come_before_the_task() -> None:
    line = ["invoke", "--dry", "-r", "add", "--collection=add", "add", "add", "x"]
    assert typed_after("add", line).words == ("add", "x")


def test_an_option_without_its_value_is_still_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["invoke", "-r"])
    with pytest.raises(ParseError, match="needed value"):
        typed_after("add", sys.argv)


@pytest.mark.parametrize(("typed", "meant"), LINES)
def test_the_words_arrive_through_a_file_of_tasks_too(
    tmp_path: Path, typed: list[str], meant: tuple[str, ...]
) -> None:
    """Invoke makes a collection of its own from such a file, of the tasks alone."""
    (tmp_path / "tasks.py").write_text(TASKS, encoding="utf-8")
    command = [sys.executable, "-m", "invoke", "--dry", "-r", str(tmp_path), "add", *typed]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"True {meant}\n", "")


def test_the_help_of_the_task_says_where_to_look(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert parsed(monkeypatch, "--help", "add") == []
    assert "Poetry's own, as they are: `add --help` lists them" in capsys.readouterr().out
