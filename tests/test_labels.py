"""The labels of a production image: what it was made from, in the OCI's own words."""

import hashlib
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from shanty.checkout import Checkout, read_checkout
from shanty.dependencies.lock import Lock
from shanty.labels import image_labels, origin, project_licence
from shanty.project import Project
from tests.harbour import DOCKERFILE, context, recipe

MakeProject = Callable[..., Project]
GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
OCI = "org.opencontainers.image."
DIGEST = f"sha256:{'0a' * 32}"
FULL = """\
[project]
name = "harbour"
version = "1.0"
description = "Ships\\n  and piers."
license = "mit"

[project.urls]
Homepage = "https://harbour.example"
Source-Code = "https://mate:t0ken@git.example/harbour.git"

[tool.poetry]
"""


def classified(name: str) -> str:
    """Return the classifier of a licence as a line."""
    return f'classifiers = ["License :: OSI Approved :: {name}"]'


def checkout(project: Project) -> Checkout | None:
    """Return the checkout of what a project is made from."""
    return read_checkout(project.root, context(project).sources)


def labels(
    project: Project, base_image: str = "python:3.13-slim", digest: str | None = None
) -> Mapping[str, str]:
    """Return the labels by the ends of their names, the lock's left out."""
    lock = Lock(project.lock_file, None, "", {})
    lock.path.touch()
    found = image_labels(recipe(project), lock, checkout(project), base_image, digest)
    return {name.removeprefix(OCI): value for name, value in found.items() if name != "shanty.lock"}


def commit(project: Project) -> str:
    """Make a checkout of the project's folder and return its commit."""
    for words in (
        ("init", "--quiet"),
        ("add", "--all"),
        ("-c", "commit.gpgsign=false", "commit", "--quiet", "--message", "Begin"),
    ):
        subprocess.run(
            [*GIT, *words],
            cwd=project.root,
            check=True,
            env={"GIT_COMMITTER_DATE": "2026-05-04T12:00:00+02:00", "PATH": "/usr/bin:/bin"},
        )
    asked = ["git", "rev-parse", "HEAD"]
    return subprocess.check_output(asked, cwd=project.root, text=True).strip()


def test_an_image_says_what_its_project_says(make_project: MakeProject) -> None:
    assert labels(make_project(pyproject=FULL)) == {
        "title": "harbour",
        "description": "Ships and piers.",
        "version": "1.0",
        "licenses": "MIT",
        "source": "https://git.example/harbour.git",
    }


def test_what_poetry_s_own_table_says_counts_too(make_project: MakeProject) -> None:
    poetry = (
        '[tool.poetry]\nname = "harbour"\nversion = "2"\ndescription = "Ships."\n'
        'license = "Apache-2.0"\nrepository = "https://git.example/harbour"\n'
    )
    assert labels(make_project(pyproject=poetry)) == {
        "title": "harbour",
        "description": "Ships.",
        "version": "2",
        "licenses": "Apache-2.0",
        "source": "https://git.example/harbour",
    }


def test_nothing_is_said_where_there_is_nothing_to_say(make_project: MakeProject) -> None:
    bare = make_project(pyproject='[tool.poetry]\nname = "harbour"\npackage-mode = false\n')
    assert labels(bare) == {"title": "harbour"}


def test_a_version_from_git_s_tags_is_the_image_s(make_project: MakeProject) -> None:
    project = make_project()
    lock = Lock(project.pyproject_file, None, "", {})
    found = image_labels(replace(recipe(project), version="1.2.post1"), lock, None, "python", None)
    assert found[f"{OCI}version"] == "1.2.post1"


def test_the_lock_is_told_by_its_bytes(make_project: MakeProject) -> None:
    project = make_project({"poetry.lock": "# locked\r\n"})
    found = image_labels(
        recipe(project), Lock(project.lock_file, None, "", {}), None, "python", None
    )
    assert found["shanty.lock"] == hashlib.sha256(b"# locked\r\n").hexdigest()


def test_a_commit_is_the_revision_and_gives_the_time(make_project: MakeProject) -> None:
    project = make_project({"poetry.lock": ""})
    revision = commit(project)
    found = labels(project)
    assert (found["revision"], found["created"]) == (revision, "2026-05-04T10:00:00Z")
    assert "source" not in found


def test_a_revision_is_marked_where_the_sources_hold_more_and_tells_no_time(
    make_project: MakeProject,
) -> None:
    project = make_project({"poetry.lock": ""})
    revision = commit(project)
    (project.root / "new.py").touch()
    found = labels(project)
    assert found["revision"] == f"{revision}-dirty"
    assert "created" not in found


def test_docker_files_of_one_s_own_are_sources_too(make_project: MakeProject) -> None:
    project = make_project({"poetry.lock": "", "docker/Dockerfile": DOCKERFILE})
    revision = commit(project)
    assert context(project).owner
    (project.root / "docker/Dockerfile").write_text("FROM scratch AS staging\n", encoding="utf-8")
    assert labels(project)["revision"] == f"{revision}-dirty"


def test_the_remote_is_the_source_where_the_project_names_none(make_project: MakeProject) -> None:
    project = make_project({"poetry.lock": ""})
    commit(project)
    remote = "https://mate:t0ken@git.example/harbour.git"
    subprocess.run(["git", "remote", "add", "origin", remote], cwd=project.root, check=True)
    assert labels(project)["source"] == "https://git.example/harbour.git"


@pytest.mark.parametrize(
    ("base_image", "digest", "said"),
    [
        ("python:3.13-slim", DIGEST, ("docker.io/library/python:3.13-slim", DIGEST)),
        ("python:3.13-slim", None, (None, None)),
        (f"quay.example/base:1@{DIGEST}", None, ("quay.example/base:1", DIGEST)),
        ("shanty/python:3.13", "sha256:1", ("shanty/python:3.13", "sha256:1")),
    ],
)
def test_the_base_is_said_where_its_digest_is_known(
    make_project: MakeProject, base_image: str, digest: str | None, said: tuple[str | None, ...]
) -> None:
    found = labels(make_project(), base_image, digest)
    assert (found.get("base.name"), found.get("base.digest")) == said


@pytest.mark.parametrize(
    ("pyproject", "licence"),
    [
        ('[project]\nlicense = { text = "MIT" }', "MIT"),
        ('[project]\nlicense = { text = "As you like" }', ""),
        ('[project]\nlicense = { file = "LICENSE" }', ""),
        (f'[project]\nlicense = {{ file = "LICENSE" }}\n{classified("MIT License")}', "MIT"),
        (f'[tool.poetry]\nlicense = "As you like"\n{classified("ISC License (ISCL)")}', "ISC"),
    ],
)
def test_a_licence_is_an_expression_or_none(
    make_project: MakeProject, pyproject: str, licence: str
) -> None:
    project = make_project(pyproject=f"{pyproject}\n[tool.poetry.dependencies]\n")
    assert project_licence(project) == licence


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("git@git.example:mate/app.git", "https://git.example/mate/app.git"),
        ("git.example:mate/app.git", "https://git.example/mate/app.git"),
        ("ssh://git@git.example:2222/mate/app.git", "https://git.example/mate/app.git"),
        ("git://git.example/app", "https://git.example/app"),
        ("https://mate:t0ken@git.example:8443/app", "https://git.example:8443/app"),
        ("https://git.example/app?private_token=t0ken#t0ken", "https://git.example/app"),
        ("http://git.example/app", "http://git.example/app"),
        ("file:///srv/app", ""),
        ("/srv/app", ""),
        ("../app", ""),
        ("C:\\srv\\app", ""),
        ("ssh://[::1/app", ""),
        ("", ""),
    ],
)
def test_a_remote_is_told_as_anybody_may_read_it(address: str, read: str) -> None:
    assert origin(address) == read


def test_a_path_of_the_context_is_looked_at_where_it_lies(
    make_project: MakeProject, tmp_path: Path
) -> None:
    """A folder beside the checkout is in no commit of it."""
    project = make_project({"poetry.lock": ""})
    revision = commit(project)
    (tmp_path / "beside").mkdir()
    wider = replace(
        context(project), root=tmp_path, project_dir="harbour", path_dependencies=("beside",)
    )
    lock = Lock(project.lock_file, None, "", {})
    found = image_labels(
        recipe(project, context=wider),
        lock,
        read_checkout(project.root, wider.sources),
        "python",
        None,
    )
    assert found[f"{OCI}revision"] == f"{revision}-dirty"
