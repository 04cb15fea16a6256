"""When the sources were what they are."""

import subprocess
from collections.abc import Callable

import pytest

from shanty.checkout import Checkout, read_checkout
from shanty.context import read_context
from shanty.errors import UsageError
from shanty.project import Project
from shanty.source_date import source_date

MakeProject = Callable[..., Project]
GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")


@pytest.fixture
def project(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project that was committed at a time of its own."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "1600000000 +0200")
    made = make_project({"harbour.py": ""})
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "x")):
        subprocess.run([*GIT, *words], cwd=made.root, check=True)
    return made


def checkout(project: Project) -> Checkout | None:
    """Return the checkout of what a project is made from."""
    return read_checkout(project.root, read_context(project, None).sources)


def test_it_is_the_time_of_the_commit(project: Project) -> None:
    assert source_date(checkout(project), {"SOURCE_DATE_EPOCH": ""}) == "1600000000"


def test_the_caller_s_own_wins(project: Project) -> None:
    assert source_date(checkout(project), {"SOURCE_DATE_EPOCH": "12"}) == "12"


@pytest.mark.parametrize("name", ["harbour.py", "new.py"])
def test_nobody_knows_it_of_what_is_not_committed(project: Project, name: str) -> None:
    (project.root / name).write_text("edited", encoding="utf-8")
    assert source_date(checkout(project), {}) == ""


def test_outside_a_checkout_nobody_knows_it(make_project: MakeProject) -> None:
    assert source_date(checkout(make_project()), {}) == ""


def test_what_lies_beside_the_project_does_not_count_but_its_docker_files_do(
    make_project: MakeProject, project: Project
) -> None:
    (project.root.parent / "elsewhere.txt").write_text("", encoding="utf-8")
    assert source_date(checkout(project), {}) == "1600000000"
    owned = make_project({"docker/Dockerfile": "FROM x AS staging\n"})
    assert read_context(owned, None).sources == (project.root, project.root / "docker")
    assert source_date(checkout(owned), {}) == ""


@pytest.mark.parametrize("value", ["noon", "-1", "1.5", "²"])
def test_a_time_that_is_none_is_refused(project: Project, value: str) -> None:
    with pytest.raises(UsageError) as refused:
        source_date(checkout(project), {"SOURCE_DATE_EPOCH": value})
    assert refused.value.what == f"SOURCE_DATE_EPOCH = {value!r} is no number of seconds since 1970"
