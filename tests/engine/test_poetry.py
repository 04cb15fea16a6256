"""`add`, `remove`, `update` and `lock` by a real Poetry: what they change, and what they leave."""

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shanty.dependencies.lock import check_fresh, read_lock
from shanty.project import find_project
from tests.engine.projects import GIT, PROJECTS, checked_out, mirror
from tests.engine.rope import write_source
from tests.engine.support import DOORS, Completed, as_user, command, docker, edit, wait_for
from tests.engine.test_cache import executed, installs
from tests.fakes import contents

pytestmark = pytest.mark.usefixtures("newest_python")

IMAGE = "shanty-test-poetry"
POETRY = "2.5.1"
FILES = {"pyproject.toml", "poetry.lock"}


@dataclass(frozen=True)
class Checkout:
    """A git checkout of a project, and a folder for what is temporary."""

    root: Path
    temporary: Path

    @property
    def env(self) -> dict[str, str]:
        """What the environment adds."""
        return {"SHANTY_IMAGE": IMAGE, "TMPDIR": str(self.temporary), **mirror()}

    def shanty(self, *words: str, code: int = 0, **env: str) -> Completed:
        """Run a task."""
        return command(
            [*DOORS["shanty"], *words], cwd=self.root, code=code, env={**self.env, **env}
        )

    @property
    def versions(self) -> dict[str, str]:
        """What the lock holds, once it is known to be fresh."""
        project = find_project(self.root)
        lock = read_lock(project)
        check_fresh(project, lock)
        return lock.versions

    def changed(self) -> set[str]:
        """Return the paths that git calls changed or new."""
        words = [*GIT, "-c", "safe.directory=*", "status", "--porcelain"]
        return {line[2:].strip() for line in command(words, cwd=self.root).stdout.splitlines()}

    def files(self) -> dict[str, bytes]:
        """Return every file outside of git's folder."""
        found = contents(self.root)
        return {name: text for name, text in found.items() if not name.startswith(".git/")}


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    """Return a small Flask app."""
    (tmp_path / "temporary").mkdir()
    checkout = Checkout(
        checked_out(PROJECTS / "flask_flat", tmp_path / "checkout"), tmp_path / "temporary"
    )
    yield checkout
    checkout.shanty("clean", "--images")


def header(checkout: Checkout) -> str:
    """Return the Poetry that wrote the lock."""
    found = re.match(r"# .* by Poetry (\S+) ", (checkout.root / "poetry.lock").read_text("utf-8"))
    assert found
    return found[1]


@pytest.mark.parametrize("user", [0, 1000, 4242])
def test_a_package_is_added_in_two_files_which_are_the_callers(
    checkout: Checkout, user: int
) -> None:
    """The last of them has no entry in this machine's list of users."""
    home = Path("/tmp", checkout.root.parent.parent.name + f"-{user}")
    shutil.copytree(checkout.root, home / "project")
    try:
        for path in (home, *home.rglob("*")):
            os.chown(path, user, user)
        project = Checkout(home / "project", home)
        env = {**project.env, "HOME": str(home)}
        done = as_user(user, ["add", "itsdangerous"], cwd=project.root, env=env)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].startswith("pyproject.toml and poetry.lock changed: ")
        assert project.changed() == FILES
        assert "itsdangerous (>=" in (project.root / "pyproject.toml").read_text("utf-8")
        assert "itsdangerous" in project.versions
        assert header(project) == POETRY
        for name in FILES:
            status = (project.root / name).stat()
            assert (status.st_uid, status.st_gid, status.st_mode & 0o777) == (user, user, 0o644)
        assert not list(home.glob("shanty-poetry-*"))
    finally:
        shutil.rmtree(home)


def test_after_an_edit_the_dependency_layer_alone_is_built(checkout: Checkout) -> None:
    checkout.shanty("build")
    checkout.shanty("add", "packaging")
    # A hash more, which no build before can have cached.
    more = f'{{file = "packaging-0.zip", hash = "sha256:{secrets.token_hex(32)}"}}'
    before, name, after = (
        (checkout.root / "poetry.lock").read_text("utf-8").partition('name = "packaging"')
    )
    text = before + name + after.replace("files = [", f"files = [{more},", 1)
    (checkout.root / "poetry.lock").write_text(text, encoding="utf-8")
    steps = executed(checkout.shanty("build").stderr)
    assert len(installs(steps)) == 1
    ran = [step for step in steps if " RUN " in step]
    assert [step for step in ran if step.startswith(("[base ", "[tools "))] == []


def test_a_story_of_edits_leaves_a_fresh_lock_each_time(checkout: Checkout) -> None:
    pyproject = checkout.root / "pyproject.toml"
    pyproject.write_bytes(pyproject.read_bytes().replace(b"\n", b"\r\n"))
    told = checkout.shanty("add", "--group=tools", "packaging==24.1").stdout
    assert told.endswith("pyproject.toml and poetry.lock changed: packaging 24.1 added")
    assert pyproject.read_bytes().count(b"\n") == pyproject.read_bytes().count(b"\r\n")
    assert checkout.versions["packaging"] == "24.1"

    edit(pyproject, "==24.1", ">=24.1")
    assert checkout.shanty("lock").stdout.endswith("poetry.lock changed: every package as it was")
    assert checkout.versions["packaging"] == "24.1"

    told = checkout.shanty("update", "packaging").stdout
    assert "poetry.lock changed: packaging 24.1 is now " in told
    assert checkout.versions["packaging"] != "24.1"

    assert "nothing changed: " in checkout.shanty("lock").stdout
    assert "nothing changed: " in checkout.shanty("add", "--group=tools", "packaging").stdout

    told = checkout.shanty("remove", "--group", "tools", "packaging").stdout
    assert "poetry.lock changed: packaging " in told
    assert "packaging" not in checkout.versions


def test_a_lock_is_made_anew_by_the_poetry_that_is_pinned(checkout: Checkout) -> None:
    (checkout.root / "poetry.lock").write_text("<<<<<<< ours\n", encoding="utf-8")
    checkout.shanty("lock", "--regenerate")
    assert ("flask" in checkout.versions, header(checkout)) == (True, POETRY)
    (checkout.root / "poetry.lock").unlink()
    checkout.shanty("lock", SHANTY_POETRY_VERSION="2.0.1")
    assert ("flask" in checkout.versions, header(checkout)) == (True, "2.0.1")
    checkout.shanty("lock", "--regenerate", SHANTY_POETRY_VERSION=POETRY)
    assert header(checkout) == POETRY


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (
            ["add", "no-such-package-on-any-quay"],
            "Could not find a matching version of package no-such-package-on-any-quay",
        ),
        (["add", "werkzeug==1.0.0"], r"So, because .*version solving failed\."),
        (["remove", "rope"], "The following packages were not found: rope"),
        (["update", "--bogus"], 'The option "--bogus" does not exist'),
    ],
)
def test_what_cannot_be_has_poetrys_reason_and_leaves_every_file(
    checkout: Checkout, words: list[str], reason: str
) -> None:
    before = checkout.files()
    failed = checkout.shanty(*words, code=1)
    what, fix = failed.stderr.splitlines()[-2:]
    assert re.fullmatch(f"poetry {words[0]} failed, and changed nothing: {reason}", what)
    assert fix.startswith("fix: ")
    assert checkout.files() == before


def running() -> str:
    """Return the container that Poetry is in."""
    form = ("--format", "{{.Names}}", "--filter", f"name={IMAGE}-poetry-")
    return docker("container", "ls", "--all", *form).stdout


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_cut_off_leaves_every_file_and_the_next_one_works(
    checkout: Checkout, sent: signal.Signals
) -> None:
    before = checkout.files()
    process = subprocess.Popen(
        [*DOORS["shanty"], "add", "packaging"],
        cwd=checkout.root,
        env={**os.environ, **checkout.env},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )
    wait_for(running, seconds=120)
    os.killpg(process.pid, sent)
    assert process.wait(30) == (-sent if sent == signal.SIGKILL else 130)
    # Killed, nobody is left to end the container: Poetry goes on to its end, with copies.
    wait_for(lambda: not running(), seconds=60 if sent == signal.SIGKILL else 1)
    assert checkout.files() == before
    checkout.shanty("add", "packaging")
    assert "packaging" in checkout.versions


def test_a_project_beside_is_added_and_gone_it_may_be_removed(tmp_path: Path) -> None:
    (tmp_path / "temporary").mkdir()
    root = checked_out(PROJECTS / "monorepo" / "app", tmp_path / "checkout")
    checkout = Checkout(root, tmp_path / "temporary")
    rope = root.parent / "rope"
    write_source(rope)
    # Poetry has to build it, and that writes into it.
    edit(rope / "pyproject.toml", "poetry.core.masonry.api", "setuptools.build_meta")
    edit(rope / "pyproject.toml", "poetry-core>=2.0.0,<3.0.0", "setuptools")
    before = contents(rope)
    checkout.shanty("add", "../rope")
    assert {"quay-rope", "cargo-labels"} <= checkout.versions.keys()
    assert 'url = "../rope"' in (root / "poetry.lock").read_text("utf-8")
    assert contents(rope) == before
    shutil.rmtree(rope)
    checkout.shanty("remove", "quay-rope")
    assert "quay-rope" not in checkout.versions
    checkout.shanty("clean", "--images")


def test_the_words_reach_poetry_through_a_file_of_tasks_too(checkout: Checkout) -> None:
    (checkout.root / "tasks.py").write_text('"""x"""\n\nfrom shanty import ns\n', encoding="utf-8")
    words = [sys.executable, "-m", "invoke", "add", "--help"]
    told = command(words, cwd=checkout.root, env=checkout.env).stdout
    assert "add [options] [--] <name>..." in told
