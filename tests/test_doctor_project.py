"""What is found of a project, each finding on a project that has it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from shanty.dependencies.lock import content_hash
from shanty.doctor.finding import Finding
from shanty.doctor.project import project_checks
from shanty.doctor.subject import Subject
from shanty.project import Project
from shanty.pyproject import read_toml
from tests.doctoring import finding, findings, told
from tests.fakes import LOCK, PYPROJECT, write_project

MakeProject = Callable[..., Project]
FILES = ("lock", "settings", "package", "readme", "build")


@pytest.fixture(autouse=True)
def door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Come through the door that fixes are written for here."""
    monkeypatch.setattr("sys.argv", ["shanty"])


@pytest.fixture
def project(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project that lacks nothing, with the person in its folder."""
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


def look(folder: Path, name: str, environment: Mapping[str, str] | None = None) -> Finding:
    """Return what is found by the look of a name."""
    return finding(project_checks(Subject(folder, environment or {})), name)


def rewrite(project: Project, text: str, *, more: str = "") -> None:
    """Write a project's `pyproject.toml` anew, with a lock that is up to date."""
    project.pyproject_file.write_text(text, encoding="utf-8")
    lock = LOCK.format(hash=content_hash(read_toml(project.pyproject_file)))
    project.lock_file.write_text(lock + more, encoding="utf-8")


def test_a_project_that_lacks_nothing_is_fine(project: Project) -> None:
    looks = project_checks(Subject(project.root, {}))
    assert [finding(looks, name).what for name in ("project", *FILES)] == [
        f"harbour, in {project.root}",
        "poetry.lock is fresh: 1 package, by Poetry 2.5.1",
        "[tool.shanty] has python-version",
        "src/harbour",
        "none is named",
        "by Shanty's own Dockerfile: the project has none",
    ]
    assert {finding(looks, name).state for name in FILES} == {"fine"}


def test_no_project_is_worth_a_note_and_its_files_are_not_looked_at(tmp_path: Path) -> None:
    assert told(look(tmp_path, "project")) == (
        "note",
        f"no pyproject.toml in {tmp_path} or above it",
        "go to the folder of a Poetry project, or make one here with: poetry init",
    )
    for name in FILES:
        assert told(look(tmp_path, name)) == ("skipped", "not looked at: no project is here", "")


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        (
            '[build-system]\nbuild-backend = "hatchling.build"\n',
            "is not a Poetry project: it has hatchling.build and no [tool.poetry]",
            "go to the folder of a Poetry project, or make one here with: poetry init",
        ),
        ("[tool.poetry\n", "pyproject.toml:1:13: invalid TOML", "mend line 1"),
        ("[tool.poetry]\n", "gives the project no name", 'write name = "…" under [project]'),
    ],
)
def test_what_is_no_project_of_poetrys_is_a_problem(
    text: str, what: str, fix: str, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    state, found, way = told(look(tmp_path, "project"))
    assert (state, way) == ("problem", fix)
    assert what in found


@pytest.mark.parametrize(
    ("change", "what", "fix"),
    [
        (
            lambda lock: lock.replace('content-hash = "', 'content-hash = "0'),
            "is stale: the dependencies in pyproject.toml have changed",
            "shanty lock",
        ),
        (
            lambda _: "",
            "is damaged: it has no [metadata], which Poetry writes last",
            "shanty lock --regenerate",
        ),
        (
            lambda lock: f"<<<<<<< ours\n{lock}",
            "holds the marks of a merge conflict",
            "shanty lock --regenerate",
        ),
        (lambda lock: lock[:120], "invalid TOML", "shanty lock --regenerate"),
        (lambda lock: lock.replace("27.0.1", "?"), "is damaged", "shanty lock --regenerate"),
    ],
)
def test_a_lock_that_no_build_takes_is_a_problem(
    change: Callable[[str], str], what: str, fix: str, project: Project
) -> None:
    text = project.lock_file.read_text(encoding="utf-8")
    project.lock_file.write_text(change(text), encoding="utf-8")
    found = look(project.root, "lock")
    assert found.state == "problem"
    assert what in found.what
    assert found.fix.startswith(fix)


def test_without_a_lock_that_is_said_once(project: Project) -> None:
    project.lock_file.unlink()
    assert told(look(project.root, "lock")) == (
        "problem",
        f"{project.lock_file} is missing: an image is built from what the lock says",
        "shanty lock",
    )
    assert told(look(project.root, "build")) == (
        "skipped",
        "not looked at: there is no lock that can be read",
        "",
    )


def test_a_lock_that_nobody_signed_is_fine(project: Project) -> None:
    text = project.lock_file.read_text(encoding="utf-8")
    project.lock_file.write_text(text.split("\n", 1)[1], encoding="utf-8")
    assert look(project.root, "lock").what == "poetry.lock is fresh: 1 package"


def test_every_setting_that_cannot_be_is_told(project: Project) -> None:
    rewrite(project, PYPROJECT.replace('"3.13"', '"3.13"\nport = 0\nship = "boat"'))
    looks = project_checks(Subject(project.root, {"SHANTY_TEST_GATE": "maybe"}))
    assert [(one.state, one.what, one.fix) for one in findings(looks, "settings")] == [
        (
            "problem",
            f"{project.pyproject_file}: port = '0' is no port",
            "give a whole number from 1 to 65535",
        ),
        (
            "problem",
            f"{project.pyproject_file}: ship = 'boat' cannot be",
            "use one of wheel, files, both",
        ),
        ("problem", "SHANTY_TEST_GATE: test-gate = 'maybe' cannot be", "use true or false"),
    ]


def test_a_key_that_nobody_knows_is_told_once(project: Project) -> None:
    rewrite(project, PYPROJECT.replace("python-version", "pyton-version"))
    assert told(look(project.root, "settings")) == (
        "problem",
        f"{project.pyproject_file}: [tool.shanty] knows no key 'pyton-version'",
        "write python-version",
    )


def test_an_environment_file_that_is_not_there_is_a_problem(project: Project) -> None:
    found = look(project.root, "settings", {"SHANTY_ENV_FILE": "prod.env"})
    assert found.what == f"there is no environment file {project.root / 'prod.env'}"


def test_a_project_without_a_table_has_the_defaults(project: Project) -> None:
    rewrite(project, PYPROJECT.replace('[tool.shanty]\npython-version = "3.13"', ""))
    assert look(project.root, "settings").what == "all as they are by default"


@pytest.mark.parametrize(
    ("more", "what", "fix"),
    [
        (
            '[tool.poetry]\nname = "haven"\n',
            "has two names: 'harbour' under [project], 'haven' under [tool.poetry]",
            "take the name out of [tool.poetry]",
        ),
        (
            '[tool.poetry]\npackages = [{ include = "haven" }]\n',
            "packages names haven, and there is no such folder or module",
            (
                'name the one that there is: packages = [{ include = "harbour", from = "src" }], '
                "or set package-mode = false"
            ),
        ),
    ],
)
def test_a_package_that_is_not_where_it_is_said_to_be_is_a_problem(
    more: str, what: str, fix: str, project: Project
) -> None:
    rewrite(project, PYPROJECT + more)
    state, found, way = told(look(project.root, "package"))
    assert (state, way) == ("problem", fix)
    assert found.endswith(what)


def test_a_link_that_leads_nowhere_is_a_problem(project: Project) -> None:
    link = project.root / "src/harbour/buoy.py"
    link.symlink_to("gone.py")
    assert look(project.root, "package").fix == f"rm {link}"


def test_without_packages_there_are_the_files(project: Project) -> None:
    rewrite(project, PYPROJECT + "[tool.poetry]\npackage-mode = false\n")
    assert look(project.root, "package").what == (
        "package-mode = false: production holds the project's files"
    )
    assert look(project.root, "readme").what == (
        "not looked at: package-mode = false, so Poetry reads none"
    )


def test_a_package_that_is_nowhere_is_worth_a_note(make_project: MakeProject) -> None:
    project = make_project({"app.py": "app = 1\n"})
    state, what, fix = told(look(project.root, "package"))
    assert (state, fix) == ("note", "name the folder under [tool.poetry] packages")
    assert "no package found (looked for harbour, harbour.py, src/harbour" in what


def test_readme_and_licences_are_told_together(project: Project) -> None:
    keys = 'version = "1.0"\nreadme = "README.md"\nlicense-files = ["COPYING*"]\n'
    rewrite(project, PYPROJECT.replace('version = "1.0"\n', keys))
    looks = project_checks(Subject(project.root, {}))
    assert [one.what.partition(": ")[2].partition(",")[0] for one in findings(looks, "readme")] == [
        "[project] readme = 'README.md'",
        "[project] license-files = 'COPYING*'",
    ]
    for name in ("README.md", "COPYING"):
        (project.root / name).touch()
    assert look(project.root, "readme").what == "README.md"


def test_what_only_a_build_would_refuse_is_told_by_the_build(project: Project) -> None:
    assert told(look(project.root, "build", {"SHANTY_TEST_GATE": "true"})) == (
        "problem",
        f"test-gate = true, and no group of {project.lock_file} has pytest",
        "shanty add --group test pytest",
    )


@pytest.mark.parametrize(
    ("text", "state", "what"),
    [
        (
            "".join(
                f"FROM scratch AS {one}\n"
                for one in ("staging", "development", "build", "production")
            ),
            "fine",
            "by docker/Dockerfile",
        ),
        ("FROM scratch AS staging\n", "problem", "has no stage 'development'"),
    ],
)
def test_a_dockerfile_of_the_projects_own_has_every_stage(
    text: str, state: str, what: str, project: Project
) -> None:
    (project.root / "docker").mkdir()
    (project.root / "docker/Dockerfile").write_text(text, encoding="utf-8")
    found = look(project.root, "build")
    assert found.state == state
    assert found.what.endswith(what)


def test_a_build_waits_for_settings_that_can_be(project: Project) -> None:
    found = look(project.root, "build", {"SHANTY_PORT": "none"})
    assert found.what == "not looked at: the settings are not settled"
