"""The ignore file that Shanty writes; what Docker makes of one is shown in `tests/engine`."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shanty.context import Context, read_context
from shanty.dependencies.lock import read_lock
from shanty.errors import MachineError, UsageError
from shanty.ignore_file import NEVER, check_ignore_file, ignored_by_git, write_dockerfile
from shanty.project import Project

MakeProject = Callable[..., Project]
PYPROJECT = '[tool.poetry]\nname = "harbour"\n'
SHIPPED = "# comment\n\ndist\n**/.DS_Store\n!**/.env.example\n"


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """Return a folder with the two files that Shanty ships."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\n", encoding="utf-8")
    (folder / "Dockerfile.dockerignore").write_text(SHIPPED, encoding="utf-8")
    return folder


def check_out(folder: Path) -> None:
    """Make a folder a git checkout."""
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)


def patterns(context: Context, shipped: Path, *, wheel: bool = False) -> list[str]:
    """Return the lines written for a context, without what no image wants in any case."""
    file = write_dockerfile(context, shipped, wheel=wheel)
    lines = file.with_name("Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    assert set(NEVER) <= set(lines)
    return [line for line in lines if line not in NEVER]


def locking(*folders: str) -> str:
    """Return a lock with packages from folders."""
    packages = (
        f'[[package]]\nname = "lib"\nversion = "1"\n'
        f'[package.source]\ntype = "directory"\nurl = "{folder}"\n'
        for folder in folders
    )
    return "".join(packages) + '[metadata]\nlock-version = "2.1"\n'


def test_the_dockerfile_is_copied_into_the_cache_and_the_project_stays_as_it_is(
    make_project: MakeProject, shipped: Path, cache_folder: Path
) -> None:
    project = make_project()
    file = write_dockerfile(read_context(project, None), shipped, wheel=False)
    assert file == cache_folder / "shanty" / project.id / "Dockerfile"
    assert file.read_text(encoding="utf-8") == "FROM scratch\n"
    assert [path.name for path in project.root.iterdir()] == ["pyproject.toml"]


def test_a_file_that_says_so_already_is_not_written_again(
    make_project: MakeProject, shipped: Path
) -> None:
    context = read_context(make_project(), None)
    file = write_dockerfile(context, shipped, wheel=False)
    before = file.stat().st_ino
    assert write_dockerfile(context, shipped, wheel=False).stat().st_ino == before
    file.write_text("FROM other\n", encoding="utf-8")
    assert write_dockerfile(context, shipped, wheel=False).read_text() == "FROM scratch\n"
    assert len(list(file.parent.iterdir())) == 2


def test_without_a_checkout_the_shipped_patterns_count_without_exceptions(
    make_project: MakeProject, shipped: Path
) -> None:
    assert patterns(read_context(make_project(), None), shipped) == ["dist", "**/.DS_Store"]


def test_in_a_checkout_what_git_ignores_counts_instead(
    make_project: MakeProject, shipped: Path
) -> None:
    project = make_project({".gitignore": "*.log\n/out/\n", "a.log": "", "out/x": "", "b.txt": ""})
    check_out(project.root)
    assert patterns(read_context(project, None), shipped) == ["/a.log", "/out"]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("a*b?[c]^d\\e", "/a\\*b\\?\\[c\\]\\^d\\\\e"),
        (" a b  ", "/?a b??"),
        ("!a!", "/\\!a!"),
        ("#a", "/#a"),
        ("-a", "/-a"),
        ("größe", "/größe"),
        ("a\nb", "/a?b"),
        (os.fsdecode(b"a\xffb"), "/a?b"),
    ],
)
def test_a_name_becomes_a_pattern_for_it_alone(
    make_project: MakeProject, shipped: Path, name: str, pattern: str
) -> None:
    project = make_project({".gitignore": "*\n!/.gitignore\n!/pyproject.toml\n"})
    (project.root / name).touch()
    check_out(project.root)
    assert patterns(read_context(project, None), shipped) == [pattern]


@pytest.mark.parametrize("ignored", ["/harbour/", "/harbour/vendor/"])
def test_a_project_in_an_ignored_folder_is_built_all_the_same(
    make_project: MakeProject, ignored: str
) -> None:
    """Git 2.39 calls the second one an internal error."""
    project = make_project({"vendor/lib/x": ""})
    check_out(project.root.parent)
    (project.root.parent / ".gitignore").write_text(f"{ignored}\n", encoding="utf-8")
    assert ignored_by_git(project.root / "vendor" / "lib") == []


def test_without_git_there_is_no_checkout(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project()
    assert ignored_by_git(project.root) is None
    check_out(project.root)
    assert ignored_by_git(project.root) == []
    monkeypatch.setenv("PATH", "/nowhere")
    assert ignored_by_git(project.root) is None


# A larger context


def test_of_a_larger_context_the_others_are_left_out_and_the_patterns_count_from_each_part(
    make_project: MakeProject, shipped: Path
) -> None:
    project = make_project({"poetry.lock": locking("../lib[1]"), "../lib[1]/x": ""}, PYPROJECT)
    assert patterns(read_context(project, read_lock(project)), shipped) == [
        *("*", "!/harbour", "!/lib\\[1\\]"),
        *("/harbour/dist", "/harbour/**/.DS_Store"),
        *("/lib\\[1\\]/dist", "/lib\\[1\\]/**/.DS_Store"),
    ]


def test_what_lies_in_an_ignored_folder_is_taken_back_where_the_lock_asks_for_it(
    make_project: MakeProject, shipped: Path
) -> None:
    files = {"poetry.lock": locking("vendor/lib"), "vendor/lib/x": "", "vendor/lib/y.log": ""}
    project = make_project({**files, ".gitignore": "/vendor/\n"}, PYPROJECT)
    check_out(project.root)
    found = patterns(read_context(project, read_lock(project)), shipped)
    assert found == ["/vendor", "!/vendor/lib"]


def test_a_project_may_depend_on_the_folder_around_it(
    make_project: MakeProject, shipped: Path
) -> None:
    project = make_project({"poetry.lock": locking("..")}, PYPROJECT)
    check_out(project.root.parent)
    assert patterns(read_context(project, read_lock(project)), shipped) == []


# A wheel alone


@pytest.mark.parametrize(
    ("pyproject", "left"),
    [
        (PYPROJECT, ["/assets", "/data", "/docs", "/tests"]),
        (f'{PYPROJECT}readme = "docs/README.md"\n', ["/assets", "/data", "/tests"]),
        (f'{PYPROJECT}include = ["d*/**/*.csv"]\n', ["/assets", "/tests"]),
        (f'{PYPROJECT}include = [{{ path = "tests", format = "sdist" }}]\n', None),
        (f'{PYPROJECT}include = ["**/*.csv"]\n', []),
        (f'{PYPROJECT}build = "build.py"\n', []),
    ],
)
def test_a_wheel_needs_no_folder_that_it_is_not_made_of(
    make_project: MakeProject, shipped: Path, pyproject: str, left: list[str] | None
) -> None:
    names = ("assets", "data", "docs", "tests", "harbour")
    files = {f"{name}/x": "" for name in names} | {"docs/README.md": ""}
    project = make_project(files, pyproject)
    check_out(project.root)
    expected = ["/assets", "/data", "/docs", "/tests"] if left is None else left
    found = patterns(read_context(project, None), shipped, wheel=True)
    assert [line for line in found if line != "/.git"] == expected


def test_of_a_larger_context_too(make_project: MakeProject, shipped: Path) -> None:
    files = {"harbour/x": "", "tests/x": "", "libs/a/x": "", "../lib/tests/x": ""}
    lock = {"poetry.lock": locking("../lib", "libs/a")}
    project = make_project(files | lock, PYPROJECT)
    check_out(project.root.parent)
    found = patterns(read_context(project, read_lock(project)), shipped, wheel=True)
    expected = ["*", "!/harbour", "/harbour/tests", "!/harbour/libs/a", "!/lib"]
    assert [line for line in found if line != "/harbour/.git"] == expected


# The folder for what may be lost


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CACHE_HOME": "{tmp}/own"}, "own/shanty"),
        ({"XDG_CACHE_HOME": "", "HOME": "{tmp}/home"}, "home/.cache/shanty"),
        ({"XDG_CACHE_HOME": "relative", "HOME": "{tmp}/home"}, "home/.cache/shanty"),
        ({"XDG_CACHE_HOME": "", "HOME": "/proc/nowhere"}, "temporary/shanty-{uid}"),
        ({"XDG_CACHE_HOME": "", "HOME": "relative"}, "temporary/shanty-{uid}"),
    ],
)
def test_the_cache_is_where_the_specification_says_else_a_temporary_one(  # noqa: PLR0913, PLR0917
    make_project: MakeProject,
    shipped: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: Mapping[str, str],
    folder: str,
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(os, "access", lambda path, _mode: str(path).startswith(str(tmp_path)))
    for name, value in environment.items():
        monkeypatch.setenv(name, value.format(tmp=tmp_path))
    project = make_project()
    file = write_dockerfile(read_context(project, None), shipped, wheel=False)
    assert file.parents[1] == tmp_path / folder.format(uid=os.getuid())


def test_a_cache_that_cannot_be_written_is_told_with_the_variable_that_moves_it(
    make_project: MakeProject, shipped: Path, cache_folder: Path
) -> None:
    cache_folder.write_text("a file", encoding="utf-8")
    project = make_project()
    with pytest.raises(MachineError) as refused:
        write_dockerfile(read_context(project, None), shipped, wheel=False)
    assert str(refused.value) == (
        f"{cache_folder / 'shanty' / project.id} cannot be written: Not a directory\n"
        "fix: set XDG_CACHE_HOME to a folder that can be"
    )


@pytest.mark.parametrize(
    ("lines", "is_refused"),
    [
        ("*\n!/services/api\n!/libs/greet\n**/.git\n", True),
        ("*\n!/harbour\n!/libs/greet\n", False),
        ("!/services/api\n**/.git\n", False),
        ("*\n!src\n", False),
        ("**/.git\n", False),
        (None, False),
    ],
)
def test_an_ignore_file_that_was_written_for_a_larger_context_is_refused(
    lines: str | None, make_project: MakeProject, *, is_refused: bool
) -> None:
    """As when a dependency by path is taken out after `init`."""
    files = {"docker/Dockerfile": "", "harbour/__init__.py": ""}
    if lines is not None:
        files["docker/Dockerfile.dockerignore"] = lines
    project = make_project(files, PYPROJECT)
    context, dockerfile = read_context(project, None), project.root / "docker" / "Dockerfile"
    if not is_refused:
        check_ignore_file(context, dockerfile)
        return
    with pytest.raises(UsageError) as refused:
        check_ignore_file(context, dockerfile)
    file = f"{dockerfile}.dockerignore"
    assert refused.value.what.startswith(f"{file} leaves out all of {project.root}: it keeps ")
    assert refused.value.fix.endswith(f" init --force {file}")
