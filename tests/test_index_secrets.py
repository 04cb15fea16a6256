"""What a build needs to reach the package indexes, and where it is taken from."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.errors import UsageError
from shanty.index_secrets import Secret, index_secrets
from shanty.project import Project

MakeProject = Callable[..., Project]
SOURCES = """\
[tool.poetry]
name = "harbour"
[[tool.poetry.source]]
name = "quay-side"
url = "https://quay.example/simple/"
[[tool.poetry.source]]
name = "pier"
url = "https://pier.example/simple/"
"""
MIRROR = "https://mirror.example/simple"


@pytest.fixture
def project(make_project: MakeProject) -> Project:
    """Return a project with two indexes of its own."""
    return make_project(pyproject=SOURCES)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home folder."""
    folder = tmp_path / "home"
    (folder / ".config" / "pip").mkdir(parents=True)
    (folder / ".config" / "pypoetry").mkdir()
    return folder


def pip_conf(project: Project, environment: dict[str, str]) -> str:
    """Return what a build is told as pip's configuration, empty where it is told nothing."""
    secrets = [one for one in index_secrets(project, environment) if one.id == "pip"]
    return secrets[0].content if secrets else ""


def auth(project: Project, environment: dict[str, str]) -> Secret | None:
    """Return what a build is told as Poetry's credentials."""
    secrets = [one for one in index_secrets(project, environment) if one.id == "poetry-auth"]
    return secrets[0] if secrets else None


def test_of_a_machine_that_says_nothing_a_build_is_told_nothing(project: Project) -> None:
    assert index_secrets(project, {}) == []


@pytest.mark.parametrize(
    ("environment", "lines"),
    [
        ({"PIP_INDEX_URL": MIRROR}, [f"index-url = {MIRROR}"]),
        ({"POETRY_PYPI_MIRROR_URL": MIRROR}, [f"index-url = {MIRROR}"]),
        (
            {"PIP_INDEX_URL": MIRROR, "POETRY_PYPI_MIRROR_URL": "https://other.example"},
            [f"index-url = {MIRROR}"],
        ),
        (
            {"PIP_EXTRA_INDEX_URL": f"{MIRROR}\n{MIRROR}/b", "PIP_TRUSTED_HOST": "mirror.example"},
            [f"extra-index-url = {MIRROR} {MIRROR}/b", "trusted-host = mirror.example"],
        ),
    ],
)
def test_a_mirror_in_a_variable_goes_along(
    project: Project, environment: dict[str, str], lines: list[str]
) -> None:
    assert pip_conf(project, environment).splitlines() == ["[global]", *lines]


def test_a_mirror_in_pips_own_files_goes_along_and_a_variable_beats_it(
    project: Project, home: Path
) -> None:
    file = home / ".config" / "pip" / "pip.conf"
    file.write_text(f"[install]\nindex-url = {MIRROR}\n[global]\nindex-url = x\n", "utf-8")
    environment = {"HOME": str(home)}
    assert pip_conf(project, environment) == f"[global]\nindex-url = {MIRROR}\n"
    other = environment | {"PIP_INDEX_URL": "https://other.example"}
    assert pip_conf(project, other) == "[global]\nindex-url = https://other.example\n"
    named = home / "own.conf"
    named.write_text(f"[global]\nextra-index-url = {MIRROR}/b\n", encoding="utf-8")
    assert pip_conf(project, {"PIP_CONFIG_FILE": str(named)}).endswith(f"{MIRROR}/b\n")
    assert pip_conf(project, environment | {"PIP_CONFIG_FILE": "/dev/null"}) == ""


@pytest.mark.parametrize(
    "environment",
    [{"PIP_INDEX_URL": "file:///srv/wheels"}, {"PIP_TRUSTED_HOST": "mirror.example"}],
)
def test_what_a_container_cannot_reach_or_use_alone_stays_here(
    project: Project, environment: dict[str, str]
) -> None:
    assert pip_conf(project, environment) == ""


def test_a_file_of_pips_that_cannot_be_read_is_told(project: Project, home: Path) -> None:
    (home / ".config" / "pip" / "pip.conf").write_text("index-url\n", encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        index_secrets(project, {"HOME": str(home)})
    assert refused.value.what.startswith("pip's configuration cannot be read: ")
    assert refused.value.fix == "pip config debug"


def test_credentials_in_variables_are_those_of_the_projects_own_indexes(project: Project) -> None:
    environment = {
        "POETRY_HTTP_BASIC_QUAY_SIDE_USERNAME": "mate",
        "POETRY_HTTP_BASIC_QUAY_SIDE_PASSWORD": "s3cret",
        "POETRY_HTTP_BASIC_ELSEWHERE_PASSWORD": "other",
    }
    found = auth(project, environment)
    assert found
    assert found.file is None
    credentials = {"username": "mate", "password": "s3cret"}
    assert tomllib.loads(found.content) == {"http-basic": {"quay-side": credentials}}


@pytest.mark.parametrize("variable", ["HOME", "XDG_CONFIG_HOME", "POETRY_CONFIG_DIR"])
def test_credentials_in_poetrys_own_file_go_along_as_that_file(
    project: Project, home: Path, variable: str
) -> None:
    file = home / ".config" / "pypoetry" / "auth.toml"
    file.write_text('[http-basic.pier]\nusername = "mate"\npassword = "x"\n', encoding="utf-8")
    folders = {
        "HOME": home,
        "XDG_CONFIG_HOME": home / ".config",
        "POETRY_CONFIG_DIR": home / ".config" / "pypoetry",
    }
    environment = {variable: str(folders[variable])}
    assert auth(project, environment) == Secret("poetry-auth", file)
    both = auth(project, environment | {"POETRY_HTTP_BASIC_QUAY_SIDE_PASSWORD": "y"})
    assert both
    assert tomllib.loads(both.content)["http-basic"] == {
        "pier": {"username": "mate", "password": "x"},
        "quay-side": {"username": "", "password": "y"},
    }


def test_credentials_for_others_stay_here(make_project: MakeProject, home: Path) -> None:
    file = home / ".config" / "pypoetry" / "auth.toml"
    file.write_text('[http-basic.elsewhere]\nusername = "mate"\n', encoding="utf-8")
    assert auth(make_project(pyproject=SOURCES), {"HOME": str(home)}) is None
    assert auth(make_project(), {"HOME": str(home)}) is None


def test_a_mac_keeps_them_elsewhere(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    folder = tmp_path / "Library/Application Support/pypoetry"
    folder.mkdir(parents=True)
    (folder / "auth.toml").write_text('[http-basic.pier]\npassword = "x"\n', encoding="utf-8")
    assert auth(project, {"HOME": str(tmp_path)}) == Secret("poetry-auth", folder / "auth.toml")
