"""What git ignores, as Docker is told."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shanty.context import read_context
from shanty.init.gitignore import patterns_of, translate
from shanty.project import Project

MakeProject = Callable[..., Project]


def git(folder: Path, *words: str) -> None:
    """Run a git command."""
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("data", "**/data"),
        ("data/", "**/data"),
        ("/data/", "data"),
        ("a/b", "a/b"),
        ("a/**/b/", "a/**/b"),
        ("**/logs", "**/logs"),
        ("*.py[cod]", "**/*.py[cod]"),
        ("!keep.txt", "!**/keep.txt"),
        ("!/data/keep.txt", "!data/keep.txt"),
        ("data/*", "data/*"),
    ],
)
def test_a_simple_pattern_is_said_in_docker_s_words(line: str, pattern: str) -> None:
    assert translate(line) == pattern


def test_a_pattern_counts_from_where_its_file_lies() -> None:
    assert translate("data/", "app/") == "app/**/data"
    assert translate("!/data", "app/") == "!app/data"


@pytest.mark.parametrize("line", ["*/", "!*/", "/", "\\#a", "a\\ ", "[!a]b", " a", "a\t", "\ufffd"])
def test_what_docker_understands_otherwise_is_left_out(line: str) -> None:
    assert translate(line) is None


def test_without_git_the_file_of_the_project_is_read(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project({".gitignore": "# mine\r\n\r\ndata/  \r\n*/\r\n[!x]\n"})
    monkeypatch.setenv("PATH", "")
    assert patterns_of(read_context(project, None)) == [
        "**/data",
        "# Left out, for Docker reads them otherwise: */  [!x]",
    ]


def test_a_project_that_ignores_nothing_has_no_pattern(make_project: MakeProject) -> None:
    assert patterns_of(read_context(make_project(), None)) == []


def test_what_git_tracks_or_a_build_needs_is_taken_in_again(make_project: MakeProject) -> None:
    files = {".gitignore": "*.lock\ndocker/\nlib/\n", "lib/a[1].py": "", "lib/new.py": ""}
    project = make_project({**files, "poetry.lock": ""})
    git(project.root, "init", "--quiet")
    git(project.root, "add", "--force", "lib/a[[]1].py")
    context = replace(read_context(project, None), owner=project.root)
    assert patterns_of(context) == [
        *("**/*.lock", "**/docker", "**/lib"),
        *("# Needed, or tracked all the same", "!/poetry.lock", "!/docker", "!/lib/a\\[1\\].py"),
    ]


def test_the_files_of_folders_above_and_below_count_as_git_has_them(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project({".gitignore": "/own", "data/.gitignore": "*\n!.gitignore"})
    (tmp_path / ".gitignore").write_text("*.log\n/harbour/cache\nother/x\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    assert patterns_of(read_context(project, None)) == [
        *("**/*.log", "own", "data/**/*", "!data/**/.gitignore"),
    ]


def test_in_a_wider_context_each_pattern_says_where_it_holds(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project({".gitignore": "/own\nany"})
    for name in ("lib", "stranger"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".gitignore").write_text(f"{name}.txt\n", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("/top\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    context = replace(
        read_context(project, None),
        root=tmp_path,
        project_dir="harbour",
        path_dependencies=("lib",),
    )
    assert patterns_of(context) == ["top", "harbour/own", "harbour/**/any", "lib/**/lib.txt"]
