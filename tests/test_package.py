"""The wheel and the sdist: exactly which files they hold, and that the installed suite has them."""

import os
import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from poetry.core.masonry.api import build_sdist, build_wheel

from shanty.dockerfile import shipped_docker

ROOT = Path(__file__).parents[1]
VERSION = version("shanty")
DOCKER = {
    "Dockerfile",
    "Dockerfile.dockerignore",
    "debug.py",
    "develop.py",
    "development-tools.txt",
    "docker-entrypoint.sh",
    "gunicorn.conf.py",
    "healthcheck.py",
    "requirements.py",
    "server-gunicorn.txt",
    "server-setuptools.txt",
    "settle.py",
    "wheel.py",
    "with-secrets.sh",
}
SCRIPTS = {"docker-entrypoint.sh", "with-secrets.sh"}
SOURCE = ROOT / "src/shanty"
MODULES = {str(file.relative_to(SOURCE)) for file in SOURCE.rglob("*.py")} | {"py.typed"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder / build_wheel(str(folder))


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sdist, built from the checkout."""
    folder = tmp_path_factory.mktemp("sdist")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        return folder / build_sdist(str(folder))


def test_the_wheel_holds_the_modules_the_docker_files_and_nothing_else(wheel: Path) -> None:
    metadata = f"shanty-{VERSION}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert sorted(names) == sorted(
        [f"shanty/{name}" for name in MODULES]
        + [f"shanty/docker/{name}" for name in DOCKER]
        + [f"{metadata}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")]
        + [f"{metadata}/licenses/LICENSE"]
    )


def test_the_wheel_is_for_every_system(wheel: Path) -> None:
    assert wheel.name == f"shanty-{VERSION}-py3-none-any.whl"


def test_the_scripts_in_the_wheel_can_be_executed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        modes = {Path(info.filename).name: info.external_attr >> 16 for info in archive.infolist()}
    assert {name for name in DOCKER if modes[name] & 0o111} == SCRIPTS


def test_the_wheel_holds_the_files_as_they_are(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for name in DOCKER:
            assert archive.read(f"shanty/docker/{name}") == (ROOT / "docker" / name).read_bytes()


def test_the_sdist_holds_what_a_wheel_is_built_from_and_nothing_else(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = archive.getnames()
    assert sorted(names) == sorted(
        f"shanty-{VERSION}/{name}"
        for name in (
            *(f"src/shanty/{module}" for module in MODULES),
            *(f"docker/{name}" for name in DOCKER),
            *("LICENSE", "PKG-INFO", "README.md", "pyproject.toml"),
        )
    )


def test_the_scripts_in_the_sdist_can_be_executed(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        modes = {Path(member.name).name: member.mode for member in archive.getmembers()}
    assert {name for name in DOCKER if modes[name] & 0o111} == SCRIPTS


def test_the_wheel_of_the_sdist_is_the_wheel_of_the_checkout(
    wheel: Path, sdist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    monkeypatch.chdir(tmp_path / f"shanty-{VERSION}")
    again = tmp_path / build_wheel(str(tmp_path))
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())


def test_a_checkout_has_the_docker_files_in_its_own_folder() -> None:
    assert shipped_docker() == ROOT / "docker"
    assert {file.name for file in shipped_docker().iterdir()} >= DOCKER


def test_an_installed_suite_finds_the_docker_files_beside_its_modules(
    wheel: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)  # noqa: S202 - our own
    code = "from shanty.dockerfile import shipped_docker; print(shipped_docker())"
    # Measured are the sources; a copy of them would be measured as well.
    environment = {key: value for key, value in os.environ.items() if "COVERAGE" not in key}
    found = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    assert Path(found) == tmp_path / "shanty/docker"
    assert {file.name for file in Path(found).iterdir()} == DOCKER
