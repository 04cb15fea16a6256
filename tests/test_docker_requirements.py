"""The script in docker/ that sorts what Poetry exported, run as the images run it."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path

import pytest
from poetry.core.factory import Factory

from shanty.dependencies.lock import content_hash

SCRIPT = Path(__file__).parents[1] / "docker" / "requirements.py"
HASHED = (
    "click==8.1 ; python_version >= '3.11' \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n",
    "tide @ https://files.example/tide-1.whl \\\n    --hash=sha256:cc\n",
    "flask==3.1 \\\n    --hash=sha256:dd\n",
)
FOLDERS = (
    "lib @ file:///opt/app/lib ; python_version >= '3.11'\n",
    "wheel @ file:///opt/app/w.whl \\\n    --hash=sha256:ee\n",
    "-e file:///opt/app/edit\n",
)
DIRECT = (
    "quay @ git+https://forge.example/quay.git@0123abc\n",
    "-e git+https://forge.example/pier.git@4567def#egg=pier\n",
)
SOURCES = """\
[tool.poetry]
name = "harbour"
[[tool.poetry.source]]
name = "pier"
url = "https://pier.example:8443/simple/"
[[tool.poetry.source]]
name = "PyPI"
priority = "primary"
[[tool.poetry.source]]
name = "the dock"
url = "https://dock.example/simple/"
"""
AUTH = """\
[http-basic.pier]
username = "anna"
password = "s3cret"
[http-basic."the dock"]
username = "token"
[http-basic.elsewhere]
username = "x"
password = "y"
"""
Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Return a function that runs the script in a project, where the secret is a file there."""
    text = SCRIPT.read_text(encoding="utf-8")
    place = "/run/secrets/poetry-auth"
    assert place in text
    script = tmp_path / "requirements.py"
    script.write_text(text.replace(place, str(tmp_path / "auth.toml")), encoding="utf-8")

    def run_script(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, str(script), *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    return run_script


def split(run: Run, folder: Path, exported: str, pyproject: str = SOURCES) -> dict[str, str]:
    """Return the lists, by name, that the script makes of what Poetry exported."""
    (folder / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    (folder / "lists").mkdir()
    (folder / "lists" / "all.txt").write_text(exported, encoding="utf-8")
    assert run("split", "lists", "lib:edit") == ""
    lists = ("hashed", "direct", "folders", "indexes")
    return {name: (folder / "lists" / f"{name}.txt").read_text("utf-8") for name in lists}


def test_what_has_hashes_and_what_has_none_are_told_apart_and_keep_their_order(
    run: Run, tmp_path: Path
) -> None:
    exported = "--extra-index-url https://pier.example:8443/simple/\n\n"
    for several in zip_longest(HASHED, DIRECT, FOLDERS, fillvalue=""):
        exported += "".join(several)
    lists = split(run, tmp_path, exported)
    assert lists["direct"] == "".join(DIRECT)
    assert lists["folders"] == "".join(FOLDERS)
    assert lists["hashed"].endswith("".join(HASHED))
    assert lists["hashed"].startswith("--extra-index-url ")


def test_folders_that_no_path_leads_to_end_the_build(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "all.txt").write_text(FOLDERS[0], encoding="utf-8")
    with pytest.raises(subprocess.CalledProcessError) as fault:
        run("split", "lists", "")
    assert fault.value.stderr == f"PATH_DEPENDENCIES is empty, and the lock has\n{FOLDERS[0]}\n"


def test_an_empty_lock_makes_empty_lists(run: Run, tmp_path: Path) -> None:
    lists = split(run, tmp_path, "", "[project]\n")
    assert lists == {"hashed": "", "direct": "", "folders": "", "indexes": ""}


def test_each_source_with_an_address_is_listed(run: Run, tmp_path: Path) -> None:
    assert split(run, tmp_path, "")["indexes"] == (
        "pier https://pier.example:8443/simple/\nthe dock https://dock.example/simple/\n"
    )


def test_the_credentials_of_the_project_s_own_sources_become_a_netrc(
    run: Run, tmp_path: Path
) -> None:
    split(run, tmp_path, "")
    (tmp_path / "auth.toml").write_text(AUTH, encoding="utf-8")
    assert run("netrc", "lists/indexes.txt") == (
        "machine pier.example login anna password s3cret\n"
        "machine dock.example login token password \n"
    )


@pytest.mark.parametrize("auth", ["", "[pypi-token]\npypi = 'x'\n"])
def test_a_secret_without_credentials_for_them_makes_an_empty_one(
    run: Run, tmp_path: Path, auth: str
) -> None:
    (tmp_path / "auth.toml").write_text(auth, encoding="utf-8")
    (tmp_path / "indexes.txt").write_text("pier https://pier.example/\nlocal file:///srv/\n")
    assert run("netrc", "indexes.txt") == "\n"


@pytest.mark.parametrize(
    ("pyproject", "groups"),
    [
        ('[tool.poetry]\nname = "harbour"\n', ""),
        ('[tool.poetry.dev-dependencies]\npytest = "*"\n', "dev"),
        (
            '[tool.poetry.group.lint.dependencies]\nruff = "*"\n[dependency-groups]\nci = []\n',
            "ci,lint",
        ),
    ],
)
def test_every_group_is_named_wherever_it_stands(
    tmp_path: Path, pyproject: str, groups: str
) -> None:
    """Releases before 2.0 cannot be asked to export all groups: each has to be named."""
    (tmp_path / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    words = [sys.executable, str(SCRIPT), "groups"]
    answer = subprocess.run(words, cwd=tmp_path, capture_output=True, check=True, text=True)
    assert answer.stdout == f"{groups}\n"


PROJECT = """\
[project]
name = "harbour"
version = "1.0"
description = "A quay."
dynamic = ["classifiers", "dependencies"]
requires-python = ">=3.11"
dependencies = ["flask (>=3,<4)"]
optional-dependencies = { tide = ["click"] }

[project.scripts]
harbour = "harbour:main"

[dependency-groups]
test = ["pytest"]

[tool.ruff]
line-length = 100
"""
POETRY = """\
[tool.poetry]
name = "harbour"
version = "1.0"
description = "A quay."
authors = ["Anna <anna@harbour.example>"]
packages = [{ include = "harbour", from = "src" }]

[tool.poetry.dependencies]
python = "^3.11"
flask = { version = "^3", source = "pier" }

[tool.poetry.group.test.dependencies]
pytest = "*"

[tool.poetry.extras]
tide = ["click"]

[[tool.poetry.source]]
name = "pier"
url = "https://pier.example:8443/simple/"
"""


def describe(run: Run, folder: Path, pyproject: str) -> str:
    """Return what the script makes of a project, once it has handed on the lock."""
    shutil.rmtree(folder / "described", ignore_errors=True)
    (folder / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    (folder / "poetry.lock").write_bytes(b"# A lock.\r\n")
    assert run("describe", "described") == ""
    assert (folder / "described" / "poetry.lock").read_bytes() == b"# A lock.\r\n"
    return (folder / "described" / "pyproject.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("pyproject", [PROJECT, POETRY], ids=["project", "poetry"])
def test_what_decides_about_packages_is_as_it_was(pyproject: str, run: Run, tmp_path: Path) -> None:
    said = tomllib.loads(describe(run, tmp_path, pyproject))
    assert content_hash(said) == content_hash(tomllib.loads(pyproject))


@pytest.mark.parametrize("pyproject", [PROJECT, POETRY], ids=["project", "poetry"])
def test_a_bump_or_another_tool_changes_nothing(pyproject: str, run: Run, tmp_path: Path) -> None:
    before = describe(run, tmp_path, pyproject)
    after = pyproject.replace('"1.0"', '"1.1"').replace("A quay.", "Two quays.")
    assert describe(run, tmp_path, f"{after}\n[tool.mypy]\nstrict = true\n") == before


@pytest.mark.parametrize("pyproject", [PROJECT, POETRY], ids=["project", "poetry"])
def test_poetry_takes_it_for_a_project(pyproject: str, run: Run, tmp_path: Path) -> None:
    describe(run, tmp_path, pyproject)
    package = Factory().create_poetry(tmp_path / "described").package
    assert (package.name, str(package.version)) == ("harbour", "0")
    assert "flask" in {one.name for one in package.requires}


def test_a_project_that_is_no_package_stays_one(run: Run, tmp_path: Path) -> None:
    text = '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.11"\n'
    said = tomllib.loads(describe(run, tmp_path, text))
    assert said == tomllib.loads(text)
