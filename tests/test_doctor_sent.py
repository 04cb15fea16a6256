"""What of a project goes to the builder, and what of that should not."""

import os
import subprocess
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from shanty.dockerfile import shipped_docker
from shanty.doctor import sent
from shanty.doctor.finding import Check, Finding
from shanty.doctor.leaks import leak_check
from shanty.doctor.scripts import script_check
from shanty.doctor.sent import Sent, is_private
from shanty.doctor.subject import Subject
from shanty.project import Project, find_project
from tests.doctoring import finding, findings, told
from tests.fakes import write_project

SECRET = "s3cret-and-long"  # noqa: S105 - made up
IGNORE = "docker/Dockerfile.dockerignore"


@pytest.fixture(autouse=True)
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project without Docker files, with the person in its folder."""
    monkeypatch.setattr("sys.argv", ["shanty"])
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


def own(project: Project, ignore: str | None) -> None:
    """Give a project a Dockerfile of its own, with an ignore file or none."""
    write(project, {"docker/Dockerfile": "FROM scratch AS staging\n"})
    if ignore is not None:
        write(project, {IGNORE: ignore})


def write(project: Project, files: Mapping[str, str]) -> None:
    """Write files of a project."""
    for name, text in files.items():
        file = project.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())


def sent_checks(subject: Subject) -> tuple[Check, ...]:
    """Return the looks at what a project sends."""
    read = cache(partial(Sent.of, subject))
    return leak_check(subject, read), script_check(read)


def look(project: Project, name: str, environment: Mapping[str, str] | None = None) -> Finding:
    """Return what is found by the look of a name."""
    return finding(sent_checks(Subject(project.root, environment or {})), name)


def leaks(project: Project) -> dict[str, str]:
    """Return what leaks, with what mends it."""
    found = findings(sent_checks(Subject(project.root, {})), "ignore file")
    assert {one.state for one in found} == {"problem"}
    return {one.what.partition(" goes ")[0]: one.fix for one in found}


def test_of_a_project_without_docker_files_nothing_private_is_sent(project: Project) -> None:
    write(project, {".env": "A=b", "src/harbour/server.key": "", ".git/config": "", "id_rsa": ""})
    assert told(look(project, "ignore file")) == (
        "fine",
        "nothing private is among the 3 files that go to the builder",
        "",
    )


def test_an_ignore_file_that_lets_private_files_through_is_a_problem(project: Project) -> None:
    own(project, "*.key")
    write(
        project,
        {".env": "", ".env.example": "", "server.key": "", "certs/a.pem": "", ".git/HEAD": ""},
    )
    assert leaks(project) == {
        ".env": f"printf '\\n%s\\n' '**/.env' >> {IGNORE}",
        ".git": f"printf '\\n%s\\n' '**/.git' >> {IGNORE}",
        "certs/a.pem": f"printf '\\n%s\\n' '**/a.pem' >> {IGNORE}",
    }


def test_the_fix_for_a_leak_mends_it_as_it_stands(project: Project) -> None:
    own(project, "*.key")
    write(project, {".env": "", "a folder/id_rsa": "", "id_rsa [old]*": ""})
    for fix in leaks(project).values():
        subprocess.run(["/bin/sh", "-c", fix], check=True, cwd=project.root)
    assert look(project, "ignore file").state == "fine"


def test_without_an_ignore_file_the_one_of_the_context_counts(project: Project) -> None:
    own(project, None)
    write(project, {".env": ""})
    assert leaks(project) == {".env": "shanty init"}
    write(project, {".dockerignore": ".env\n"})
    assert look(project, "ignore file").state == "fine"


def test_the_ignore_file_that_init_gives_leaks_nothing(project: Project) -> None:
    own(project, (shipped_docker() / "Dockerfile.dockerignore").read_text(encoding="utf-8"))
    write(project, {".env": "", "a/b/.env.local": "", "key.pem": "", ".git/HEAD": ""})
    assert look(project, "ignore file").state == "fine"


def test_what_a_line_keeps_in_a_folder_that_is_left_out_is_looked_at(project: Project) -> None:
    own(project, "*\n!secrets/id_rsa\n")
    write(project, {"secrets/id_rsa": "", "secrets/other.key": ""})
    assert list(leaks(project)) == ["secrets/id_rsa"]


def test_a_secret_of_this_machine_in_what_is_sent_is_worth_a_note(project: Project) -> None:
    write(project, {"src/harbour/settings.py": f"KEY = '{SECRET}'\n"})
    found = look(project, "ignore file", {"APP_SECRET": SECRET})
    assert told(found) == (
        "note",
        "src/harbour/settings.py holds the value of APP_SECRET",
        "take it out of src/harbour/settings.py, and have the app read it from its environment",
    )
    assert SECRET not in repr(found)


def test_a_file_that_is_private_as_a_whole_is_told_once(project: Project) -> None:
    own(project, "")
    write(project, {".env": f"APP_SECRET={SECRET}\n"})
    assert list(leaks(project)) == [".env"]


def test_what_cannot_be_read_is_passed_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(project.root / "src/harbour/pipe")
    (project.root / "src/harbour/gone.py").symlink_to("nowhere")
    folder = project.root / "src/harbour/shut"
    folder.mkdir()
    scandir = os.scandir

    def shut(path: Path) -> object:
        if path == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr("os.scandir", shut)
    own(project, "")
    (project.root / ".git").mkdir()
    assert look(project, "scripts").state == "fine"
    write(project, {IGNORE: ".git\n"})
    assert look(project, "scripts").state == "fine"
    assert look(project, "ignore file", {"APP_SECRET": SECRET}).state == "fine"


def test_a_file_that_is_gone_by_now_is_passed_over(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, {"src/harbour/gone.sh": "#!/bin/sh\r\n"})
    opened = Path.open

    def gone(path: Path, *how: Any, **more: Any) -> Any:  # noqa: ANN401
        if path.name == "gone.sh":
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return opened(path, *how, **more)

    monkeypatch.setattr(Path, "open", gone)
    assert finding(sent_checks(Subject(project.root, {})), "scripts").state == "fine"


def test_no_more_is_looked_at_than_a_look_is_worth(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sent, "MOST", 1)
    assert "among the 1 files" in look(project, "ignore file").what


@pytest.mark.parametrize(
    ("name", "text", "mode", "state"),
    [
        ("docker/docker-entrypoint.sh", "#!/bin/sh\r\nset -eu\r\n", 0o644, "problem"),
        ("start.sh", "#!/usr/bin/env bash\nexec app\r\n", 0o755, "problem"),
        ("tool.py", "#!/usr/bin/env python\r\nprint()\r\n", 0o755, "problem"),
        ("manage.py", "#!/usr/bin/env python\r\nprint()\r\n", 0o644, "note"),
        ("tool.py", "#!/usr/bin/env python\nprint()\r\n", 0o755, "fine"),
        ("text.py", "print()\r\n", 0o755, "fine"),
        ("start.sh", "#!/bin/sh\nset -eu\n", 0o755, "fine"),
        ("odd", "#!", 0o755, "fine"),
    ],
)
def test_a_script_with_the_line_ends_of_windows_is_told_and_mended_by_its_fix(
    name: str, text: str, mode: int, state: str, project: Project
) -> None:
    own(project, "")
    write(project, {name: text})
    (project.root / name).chmod(mode)
    found = look(project, "scripts")
    assert found.state == state
    if state != "fine":
        assert found.what == f"{name} has the line ends of Windows"
        assert found.fix == f"sed -i 's/\\r$//' {name}"
        subprocess.run(["/bin/sh", "-c", found.fix], check=True, cwd=project.root)
        assert look(project, "scripts").what == "none has the line ends of Windows"


def test_a_context_that_is_not_known_is_not_looked_at(project: Project) -> None:
    text = project.lock_file.read_text(encoding="utf-8")
    package = (
        '[[package]]\nname = "lib"\nversion = "1"\n'
        '[package.source]\ntype = "directory"\nurl = "../lib"\n\n'
    )
    project.lock_file.write_text(text.replace("[metadata]", f"{package}[metadata]"), "utf-8")
    for name in ("ignore file", "scripts"):
        found = look(find_project(project.root), name)
        assert found.what == "not looked at: the context is not known"


def test_of_a_project_that_cannot_be_built_yet_the_files_are_looked_at(project: Project) -> None:
    project.lock_file.unlink()
    own(project, "*.key")
    write(project, {".env": "", "docker/docker-entrypoint.sh": "#!/bin/sh\r\n"})
    assert list(leaks(project)) == [".env"]
    assert look(project, "scripts").state == "problem"


def test_what_git_has_of_private_names_is_an_example() -> None:
    assert is_private("a/.env.local")
    assert not is_private("a/.env.example")
