"""`shanty init`: what it says, what it writes, and what it leaves alone."""

import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.dependencies.lock import check_fresh, read_lock
from shanty.dockerfile import shipped_docker
from shanty.project import Project, find_project
from tests.fakes import Fakes, Typing, contents, person, ready, refusal, write_project

MakeProject = Callable[..., Project]
PROJECTS = Path(__file__).parent / "projects"
ROOTS = sorted(lock.parent for lock in PROJECTS.rglob("poetry.lock"))
# Depended on by another, and no app itself.
LIBRARIES = {"monorepo/lib"}
BARE = """\
[project]
name = "harbour"
version = "1.0"
requires-python = ">=3.11,<4.0"

[build-system]
build-backend = "poetry.core.masonry.api"
"""
FOREIGN = "FROM python:3.13\n"


def name_of(root: Path) -> str:
    """Return a project's path below the folder of them all."""
    return root.relative_to(PROJECTS).as_posix()


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a machine that lacks nothing."""
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Typing:
    """Return a function that types words after `shanty`."""
    return person(monkeypatch, capfd)


@pytest.fixture
def project(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project that nobody has prepared for anything, entered."""
    project = write_project(make_project, BARE)
    monkeypatch.chdir(project.root)
    return project


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return what every file below a folder says, and when it was written."""
    return {
        name: (text, (folder / name).stat().st_mtime_ns) for name, text in contents(folder).items()
    }


WRITTEN = [
    *sorted(f"docker/{file.name}" for file in shipped_docker().iterdir() if file.is_file()),
    *("tasks.py", "noxfile.py", "tests/test_app.py"),
]


def test_what_will_be_written_is_said_first(project: Project, typing: Typing) -> None:
    before = state(project.root)
    answer = typing("--dry", "init")
    assert answer.code == 0
    assert answer.stdout.splitlines() == [
        *(f"write {name}" for name in WRITTEN),
        *("add to pyproject.toml", "  [tool.shanty]", '  app = "harbour:create_app()"'),
        *('  python-version = "3.14"', '  poetry-version = "2.5.1"'),
    ]
    assert state(project.root) == before


def test_a_project_owns_its_files_then(project: Project, typing: Typing) -> None:
    before = contents(project.root)
    answer = typing("init")
    end = "without Shanty: docker build --tag harbour --file docker/Dockerfile .\n"
    assert (answer.code, answer.stdout[-len(end) :]) == (0, end)
    after = contents(project.root)
    assert sorted(after) == sorted((*before, *WRITTEN))
    assert after["pyproject.toml"].startswith(before.pop("pyproject.toml"))
    assert {name: after[name] for name in before} == before
    for file in shipped_docker().iterdir():
        if file.is_file():
            mode = (project.root / "docker" / file.name).stat().st_mode
            assert stat.S_IMODE(mode) & 0o100 == stat.S_IMODE(file.stat().st_mode) & 0o100


def test_a_second_time_nothing_is_written(project: Project, typing: Typing) -> None:
    typing("init")
    before = state(project.root)
    answer = typing("init")
    assert answer.stdout.startswith("nothing to write: the project has it all\n")
    assert (answer.code, state(project.root)) == (0, before)


def test_a_file_that_is_there_is_kept(project: Project, typing: Typing) -> None:
    (project.root / "tasks.py").write_text("mine = 1\n", encoding="utf-8")
    answer = typing("init")
    said = "keep tasks.py (it is there, and differs: --force tasks.py overwrites it)"
    assert said in answer.stdout.splitlines()
    assert (project.root / "tasks.py").read_text(encoding="utf-8") == "mine = 1\n"
    again = typing("init").stdout.splitlines()
    assert again[:2] == [said, "nothing to write: the project has it all"]


def test_a_forced_file_is_overwritten_after_its_difference(
    project: Project, typing: Typing
) -> None:
    typing("init")
    for name in ("tasks.py", "noxfile.py"):
        (project.root / name).write_text("mine = 1\n", encoding="utf-8")
    answer = typing("init", "--force", "tasks.py")
    lines = answer.stdout.splitlines()
    assert lines[:5] == [
        *("overwrite tasks.py", "--- tasks.py", "+++ tasks.py", "@@ -1 +1,3 @@", "-mine = 1"),
    ]
    assert "from shanty import ns" in (project.root / "tasks.py").read_text(encoding="utf-8")
    assert (project.root / "noxfile.py").read_text(encoding="utf-8") == "mine = 1\n"


def test_a_forced_path_that_is_none_of_the_files_is_refused(
    project: Project, typing: Typing
) -> None:
    before = state(project.root)
    code = typing("init", "--force", "pyproject.toml")
    what = code.stderr.splitlines()[-2]
    assert (code.code, what) == (2, "--force pyproject.toml: init writes no such file")
    assert state(project.root) == before


def test_a_force_without_a_file_is_refused(project: Project, typing: Typing) -> None:
    before = contents(project.root)
    assert refusal(typing("init", "--force"), 2) == (
        "--force names no file",
        "shanty init --force FILE",
    )
    assert contents(project.root) == before


def test_a_dockerfile_of_somebody_else_s_stops_it(project: Project, typing: Typing) -> None:
    file = project.root / "docker" / "Dockerfile"
    file.parent.mkdir()
    file.write_text(FOREIGN, encoding="utf-8")
    before = state(project.root)
    answer = typing("init")
    assert answer.code == 2
    assert answer.stderr.splitlines()[-2:] == [
        "docker/Dockerfile is there, and was written for something else",
        "fix: move it, or have it overwritten: shanty init --force docker/Dockerfile",
    ]
    assert state(project.root) == before
    assert typing("init", "--force", "docker/Dockerfile").code == 0
    assert "AS staging" in file.read_text(encoding="utf-8")


def test_a_dockerfile_of_somebody_else_s_builds_nothing_here(
    project: Project, typing: Typing
) -> None:
    file = project.root / "docker" / "Dockerfile"
    file.parent.mkdir()
    file.write_text(FOREIGN, encoding="utf-8")
    answer = typing("build")
    assert "shanty: docker/Dockerfile is left aside: it was written for something else" in (
        answer.stderr.splitlines()
    )
    assert f"--build-context docker={shipped_docker()}" in answer.announced[0]


def test_an_owned_dockerfile_that_lost_a_stage_is_refused(project: Project, typing: Typing) -> None:
    typing("init")
    file = project.root / "docker" / "Dockerfile"
    text = file.read_text(encoding="utf-8").replace("AS production", "AS live")
    file.write_text(text, encoding="utf-8")
    answer = typing("build")
    assert (answer.code, answer.stderr.splitlines()[-2]) == (
        2,
        f"{file} has no stage 'production'",
    )


def test_a_table_that_is_there_is_the_person_s_own(
    make_project: MakeProject, typing: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = write_project(make_project, f"{BARE}\n[tool.shanty]\n")
    monkeypatch.chdir(project.root)
    before = project.pyproject_file.read_bytes()
    assert "pyproject" not in typing("init").stdout
    assert project.pyproject_file.read_bytes() == before


def test_what_the_environment_gives_is_written_down(
    project: Project, typing: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHANTY_BASE_IMAGE", "mirror/python:3.13")
    typing("init")
    assert find_project(project.root).settings["base-image"] == "mirror/python:3.13"
    dockerfile = (project.root / "docker" / "Dockerfile").read_text(encoding="utf-8")
    assert "ARG BASE_IMAGE=mirror/python:3.13\n" in dockerfile


def test_what_git_ignores_goes_before_what_never_goes(project: Project, typing: Typing) -> None:
    (project.root / ".gitignore").write_text("data/\n!.env\n", encoding="utf-8")
    typing("init")
    file = project.root / "docker" / "Dockerfile.dockerignore"
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["# From .gitignore", "**/data", "!**/.env"]
    assert lines.index("**/.env") > 2


def test_the_owned_file_of_a_workspace_is_found_and_kept(
    make_project: MakeProject, typing: Typing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project = write_project(make_project, BARE)
    (tmp_path / "pyproject.toml").write_text('[tool.shanty]\nproject = "harbour"\n', "utf-8")
    shutil.copytree(shipped_docker(), tmp_path / "docker")
    (tmp_path / "docker" / "Dockerfile.dockerignore").unlink()
    monkeypatch.chdir(tmp_path)
    said = typing("init").stdout.splitlines()
    assert said[0].startswith("keep docker/Dockerfile (")
    assert {"write tasks.py", "write harbour/tests/test_app.py"} < set(said)
    ignored = (tmp_path / "docker" / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    assert ignored.startswith("*\n!/harbour\n!/docker\n\n")
    assert not (project.root / "docker").exists()


@pytest.mark.parametrize(
    "root", [one for one in ROOTS if name_of(one) not in LIBRARIES], ids=name_of
)
def test_any_project_can_own_its_files_and_a_second_time_nothing_is_written(
    root: Path, tmp_path: Path, typing: Typing, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = PROJECTS / root.relative_to(PROJECTS).parts[0]
    shutil.copytree(top, tmp_path / top.name, ignore=shutil.ignore_patterns("__pycache__"))
    project = find_project(tmp_path / root.relative_to(PROJECTS))
    monkeypatch.chdir(project.root)
    assert typing("init").code == 0
    before = state(tmp_path / top.name)
    assert typing("init").stdout.startswith("nothing to write")
    assert state(tmp_path / top.name) == before

    after = find_project(project.root)
    check_fresh(after, read_lock(after))
    tool = dict(after.pyproject["tool"])
    settings = tool.pop("shanty") if "shanty" not in project.pyproject.get("tool", {}) else None
    assert {**after.pyproject, "tool": tool} == {
        **project.pyproject,
        "tool": project.pyproject.get("tool", {}),
    }
    assert settings is None or settings["poetry-version"]
    words = typing("--dry", "build").stdout.split(" --build-arg ")[1:]
    always = ["BASE_IMAGE", "PYTHON_VERSION", "POETRY_VERSION", "PROJECT_DIR", "APP"]
    assert [word.partition("=")[0].strip("'") for word in words] == always


def test_what_an_editor_wants_is_written_when_asked_for_and_then_kept(
    project: Project, typing: Typing
) -> None:
    asked = ("init", "--editor", "vscode", "--devcontainer")
    said = typing(*asked).stdout.splitlines()
    files = [".vscode/launch.json", ".devcontainer/devcontainer.json"]
    assert [line for line in said if "write ." in line] == [f"write {name}" for name in files]
    (project.root / files[0]).write_text("{}\n", encoding="utf-8")
    said = typing(*asked).stdout.splitlines()
    assert said[0].startswith(f"keep {files[0]} (it is there, and differs: ")
    assert (project.root / files[0]).read_text(encoding="utf-8") == "{}\n"
    typing(*asked, "--force", files[0])
    assert "debugpy" in (project.root / files[0]).read_text(encoding="utf-8")
