"""`add`, `remove`, `update` and `lock` as a person types them, in front of a recording `docker`."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.editing.container import POETRY
from shanty.project import Project
from tests.fakes import (
    LOCK,
    NO_ENGINE,
    PYPROJECT,
    Fakes,
    Typing,
    container,
    contents,
    listed,
    no_server,
    person,
    ready,
    refusal,
    reply,
    write_project,
)

PACKAGE = '[[package]]\nname = "rope"\nversion = "1.2"\n'
EDITED = (("pyproject.toml", f"{PYPROJECT}# edited\n"), ("poetry.lock", PACKAGE))
AS_IT_WAS = "nothing changed: pyproject.toml and poetry.lock are as they were\n"


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine, with no way to others that is not straight."""
    for name in os.environ:
        if name.startswith(("PIP_", "POETRY_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture(autouse=True)
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project, with the person in its folder."""
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


@pytest.fixture
def shanty(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Typing:
    """Return a function that types a task."""
    return person(monkeypatch, capfd)


def typed(fakes: Fakes) -> list[str]:
    """Return the words that Poetry was given."""
    words = next(call for call in fakes.calls if call[:2] == ["docker", "run"])
    assert words[words.index("-euc") + 1 :][:2] == [POETRY, "sh"]
    return words[words.index("-euc") + 3 :]


def left_over(tmp_path: Path) -> list[Path]:
    """Return what is left of the copies."""
    return list((tmp_path / "tmp").iterdir())


def test_an_edit_is_made_in_the_staging_image_and_told(
    shanty: Typing, fakes: Fakes, project: Project, tmp_path: Path
) -> None:
    fakes.answer(reply("docker run", "Writing lock file\n", edits=EDITED))
    answer = shanty("add", "rope", "--group", "test")
    assert (answer.code, answer.stdout.splitlines()) == (
        0,
        [
            "Writing lock file",
            "pyproject.toml and poetry.lock changed: rope 1.2 added, gunicorn 27.0.1 removed",
        ],
    )
    build, run = fakes.changes
    assert answer.announced == [build, run]
    assert "--target staging --tag harbour:staging" in build
    assert f"target={project.root}" in run
    assert typed(fakes) == ["add", "--lock", "rope", "--group", "test"]
    assert project.lock_file.read_text("utf-8") == PACKAGE
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("task", ["add", "remove", "update", "lock"])
def test_what_fails_changes_nothing_and_says_why(
    task: str, shanty: Typing, fakes: Fakes, project: Project, tmp_path: Path
) -> None:
    before = contents(project.root)
    fakes.answer(reply("docker run", stderr="It cannot be.\n", code=17, edits=EDITED))
    answer = shanty(task, "rope")
    assert (answer.code, answer.stdout) == (1, "")
    assert answer.stderr.splitlines()[-3:] == [
        "It cannot be.",
        f"poetry {task} failed, and changed nothing: It cannot be.",
        "fix: mend what Poetry names above, then try again",
    ]
    assert (contents(project.root), left_over(tmp_path)) == (before, [])


def test_an_index_without_pages_of_releases_is_asked_for_its_lists(
    shanty: Typing, fakes: Fakes, project: Project
) -> None:
    said = "Resolving dependencies...\n\nPackage rope (1.2) not found.\n"
    again = reply("docker run", edits=EDITED)
    fakes.answer(reply("docker run", stderr=said, code=1, then=(again,)))
    answer = shanty("add", "rope")
    assert answer.code == 0
    assert "shanty: the index has no page of a release: once more" in answer.stderr
    first, second = (line for line in fakes.changes if line.startswith("docker run"))
    assert "plugin" not in first
    assert "poetry-plugin-pypi-mirror>=0.6.2,<0.7" in second
    assert project.lock_file.read_text("utf-8") == PACKAGE


@pytest.mark.parametrize("variable", ["", "POETRY_PYPI_MIRROR_URL"])
def test_an_index_is_asked_twice_at_most_and_a_mirror_once(
    variable: str, shanty: Typing, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    if variable:
        monkeypatch.setenv(variable, "https://mirror.example/simple/")
    fakes.answer(reply("docker run", stderr="Package rope (1.2) not found.\n", code=1))
    answer = shanty("add", "rope")
    assert answer.code == 1
    assert answer.stderr.splitlines()[-2:] == [
        "poetry add failed, and changed nothing: Package rope (1.2) not found.",
        "fix: mend what Poetry names above, then try again",
    ]
    runs = [line for line in fakes.changes if line.startswith("docker run")]
    assert len(runs) == (1 if variable else 2)


def test_what_changes_nothing_says_so(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(reply("docker run"))
    answer = shanty("update")
    assert (answer.code, answer.stdout) == (0, AS_IT_WAS)
    assert typed(fakes) == ["update", "--lock"]


def test_a_question_is_answered_and_no_more(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(reply("docker run", "Usage\n"))
    assert shanty("add", "--help").stdout == "Usage\n"
    assert typed(fakes) == ["add", "--lock", "--help"]


@pytest.mark.parametrize(
    ("removed", "how"), [(True, "by itself"), (False, "with: shanty dev --port 8888 --detach")]
)
def test_a_development_server_that_runs_is_told_of(
    shanty: Typing, fakes: Fakes, how: str, *, removed: bool
) -> None:
    name = "harbour-dev-8888"
    running = container(name, removed=removed)
    fakes.answer(reply("docker run", edits=EDITED), listed([name], ""), running)
    assert f"shanty: {name} is running, and takes this up {how}\n" in shanty("lock").stderr


def test_a_production_server_takes_nothing_up(shanty: Typing, fakes: Fakes) -> None:
    name = "harbour-prod-8888"
    fakes.answer(reply("docker run", edits=EDITED), listed([name], ""), container(name))
    assert "takes this up" not in shanty("lock").stderr


def test_a_dry_run_says_both_lines_and_touches_nothing(
    shanty: Typing, fakes: Fakes, project: Project, tmp_path: Path
) -> None:
    before = contents(project.root)
    build, run = shanty("--dry", "add", "rope").stdout.splitlines()
    assert build.startswith("shanty > docker buildx build ")
    # Pasted, it edits the files themselves.
    assert f"--mount type=bind,source={project.root},target={project.root} " in run
    assert (fakes.changes, contents(project.root), left_over(tmp_path)) == ([], before, [])


def test_a_lock_that_is_stale_or_missing_is_no_hindrance(
    shanty: Typing, fakes: Fakes, project: Project
) -> None:
    fakes.answer(reply("docker run", edits=EDITED))
    project.lock_file.write_text(LOCK.format(hash="0" * 64), encoding="utf-8")
    assert shanty("lock").code == 0
    project.lock_file.unlink()
    assert shanty("lock").code == 0
    assert project.lock_file.read_text("utf-8") == PACKAGE


def test_a_lock_that_cannot_be_read_is_written_anew_or_refused(
    shanty: Typing, fakes: Fakes, project: Project
) -> None:
    fakes.answer(reply("docker run", edits=EDITED))
    project.lock_file.write_text("<<<<<<< ours\n", encoding="utf-8")
    assert refusal(shanty("lock"), 2)[0].endswith("the lock holds the marks of a merge conflict")
    assert fakes.changes == []
    assert shanty("lock", "--regenerate").code == 0


def test_a_project_without_an_app_is_edited_too(
    shanty: Typing, fakes: Fakes, project: Project
) -> None:
    (project.root / "src/harbour/__init__.py").write_text("", encoding="utf-8")
    fakes.answer(reply("docker run", edits=EDITED))
    assert shanty("add", "flask").code == 0


@pytest.mark.parametrize("option", ["-C", "--directory=../other", "--project"])
def test_another_project_is_edited_from_there(
    shanty: Typing, fakes: Fakes, project: Project, option: str
) -> None:
    what, fix = refusal(shanty("lock", option), 2)
    assert what == f"{option} leads Poetry elsewhere: it edits {project.root}"
    assert fix == "cd to the other project, and there: shanty lock"
    assert fakes.changes == []


def test_without_an_engine_nothing_is_done(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(no_server(), reply("docker system info", stderr=NO_ENGINE, code=1))
    assert refusal(shanty("add", "rope"), 3)[1] == "shanty setup"


def test_a_dry_run_needs_no_engine(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(no_server(), reply("docker system info", stderr=NO_ENGINE, code=1))
    assert len(shanty("--dry", "add", "rope").stdout.splitlines()) == 2


def test_what_is_locked_for_no_python_may_be_updated(
    shanty: Typing, fakes: Fakes, project: Project
) -> None:
    """Of a package with wheels for others alone, and no source, a build says just that."""
    package = f'{PACKAGE}groups = ["main"]\nfiles = [{{ file = "rope-1.2-cp27-cp27m-any.whl" }}]\n'
    text = project.lock_file.read_text("utf-8")
    project.lock_file.write_text(text.replace("[metadata]", f"{package}\n[metadata]"), "utf-8")
    pyproject = project.pyproject_file.read_text("utf-8")
    pyproject = pyproject.replace('python-version = "3.13"', "")
    pyproject = pyproject.replace("[tool.shanty]", 'dependencies = ["rope"]\n[tool.shanty]')
    project.pyproject_file.write_text(pyproject, "utf-8")
    fakes.answer(reply("docker run", edits=EDITED))
    assert refusal(shanty("build"), 2)[1] == "shanty update rope"
    assert shanty("update", "rope").code == 0


def test_a_path_dependency_is_there_and_one_that_is_built_is_a_copy(
    shanty: Typing, fakes: Fakes, project: Project
) -> None:
    for name in ("lib", "inner/built", "../beside"):
        (project.root / name).mkdir(parents=True)
    backend = '[build-system]\nbuild-backend = "poetry.core.masonry.api"\n'
    (project.root / "lib" / "pyproject.toml").write_text(backend, encoding="utf-8")
    (project.root / "a.whl").touch()
    fakes.answer(reply("docker run"))
    assert shanty("add", "./lib", "./inner/built", "./a.whl", "../beside").code == 0
    run = fakes.changes[-1]
    for name in ("lib", "a.whl"):
        path = project.root / name
        assert f"--mount type=bind,source={path},target={path},readonly " in run
    assert f"/0,target={project.root.parent}/beside " in run
    assert f"/1,target={project.root}/inner/built " in run


def test_a_path_dependency_that_is_gone_may_be_taken_out(
    shanty: Typing, fakes: Fakes, project: Project
) -> None:
    package = '[[package]]\nname = "lib"\nversion = "1"\n[package.source]\ntype = "directory"\n'
    text = project.lock_file.read_text("utf-8")
    lib = f'{package}url = "../lib"\n\n'
    project.lock_file.write_text(text.replace("[metadata]", f"{lib}[metadata]"), encoding="utf-8")
    fakes.answer(reply("docker run", edits=EDITED))
    assert shanty("remove", "lib").code == 0


def test_what_is_fetched_over_ssh_has_git_and_a_user_to_be(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(reply("docker run"))
    assert shanty("add", "git+ssh://git@forge.example/rope.git").code == 0
    build, run = fakes.changes
    assert "--build-arg 'BUILD_SYSTEM_PACKAGES=git openssh-client'" in build
    assert "/passwd,target=/etc/passwd,readonly " in run


def test_a_mirror_in_the_lock_is_refused(
    shanty: Typing, fakes: Fakes, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/simple")
    before = contents(project.root)
    lock = f'{PACKAGE}[package.source]\nurl = "https://mirror.example/simple"\n'
    fakes.answer(reply("docker run", edits=(("poetry.lock", lock),)))
    answer = shanty("lock")
    assert (answer.code, contents(project.root)) == (1, before)
    assert answer.stderr.splitlines()[-2].startswith("Poetry wrote the mirror's address into ")
    environment = fakes.environment("docker run")
    assert environment["POETRY_PYPI_MIRROR_URL"] == "https://mirror.example/simple"
    # What reads that variable may be docker itself.
    assert "HOME" in environment


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_takes_the_container_away_and_leaves_both_files(
    fakes: Fakes, project: Project, tmp_path: Path, sent: signal.Signals
) -> None:
    before = contents(project.root)
    fakes.answer(reply("docker run", edits=EDITED, holds=True))
    process = subprocess.Popen(
        [sys.executable, "-m", "shanty", "add", "rope"], process_group=0, stderr=subprocess.PIPE
    )
    fakes.wait_for("holding")
    os.killpg(process.pid, sent)
    _, said = process.communicate()
    assert (process.returncode, said.splitlines()[-1]) == (130, b"interrupted")
    assert fakes.changes[-1].startswith("docker rm --force --volumes harbour-poetry-")
    assert (contents(project.root), left_over(tmp_path)) == (before, [])


def test_a_kill_leaves_both_files(fakes: Fakes, project: Project) -> None:
    before = contents(project.root)
    fakes.answer(reply("docker run", edits=EDITED, holds=True))
    process = subprocess.Popen([sys.executable, "-m", "shanty", "add", "x"], process_group=0)
    fakes.wait_for("holding")
    os.killpg(process.pid, signal.SIGKILL)
    assert (process.wait(), contents(project.root)) == (-signal.SIGKILL, before)


def test_the_words_arrive_through_a_file_of_tasks_too(fakes: Fakes, project: Project) -> None:
    (project.root / "tasks.py").write_text('"""x"""\n\nfrom shanty import ns\n', encoding="utf-8")
    fakes.answer(reply("docker run"))
    words = [sys.executable, "-m", "invoke", "add", "build", "--group=test", "--", "a b"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, AS_IT_WAS)
    assert typed(fakes) == ["add", "--lock", "build", "--group=test", "--", "a b"]
