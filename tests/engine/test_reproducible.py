"""Two cold builds of one commit in two clones make the same files."""

import hashlib
import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from shanty.image.archive import saved
from tests.engine.conftest import copy_workspace
from tests.engine.projects import GIT
from tests.engine.support import Workspace, docker, inside

# Not the time of the build, and not the one that the Dockerfile would take instead.
COMMITTED = 1_600_000_000
SHIPPED = [
    pytest.param({"SHANTY_SHIP": "wheel"}, id="wheel"),
    pytest.param({"SHANTY_SHIP": "files", "SHANTY_SYSTEM_PACKAGES": "fontconfig"}, id="files"),
]

# One entry of a layer: everything about it but where in the archive it lies.
Entry = tuple[int, str, str, int, int, int, float, str, str]


def git(folder: Path, *words: str, umask: int = -1) -> None:
    """Run git at a time of its own."""
    date = {"GIT_COMMITTER_DATE": f"{COMMITTED} +0000"}
    subprocess.run([*GIT, *words], cwd=folder, check=True, env={**os.environ, **date}, umask=umask)


def base_of(workspace: Workspace, environment: Mapping[str, str]) -> str:
    """Return the base image of a build."""
    line = workspace.invoke("--dry", "build", env=dict(environment)).stdout
    found = re.search(r"BASE_IMAGE=(\S+)", line)
    assert found
    return found[1]


def entries(image: str, base: str) -> list[Entry]:
    """Return every entry of every layer above an image's base, with a digest of its content."""
    with saved(image, [base]) as read:
        return [
            (
                *(number, file.path, file.kind, file.mode, file.uid, file.gid, file.mtime),
                file.target or "",
                hashlib.sha256(read.read(file)).hexdigest() if file.kind == "file" else "",
            )
            for number, layer in enumerate(read.layers)
            if not layer.from_base
            for file in layer.files
        ]


@pytest.fixture
def clones(tmp_path: Path) -> Iterator[tuple[Workspace, Workspace]]:
    """Return two clones of the sample's workspace, the second by somebody who shares nothing."""
    origin = copy_workspace(tmp_path / "origin")
    _empty_caches(origin)
    git(origin, "init", "--quiet")
    git(origin, "add", "--all")
    git(origin, "commit", "--quiet", "--message", "x")
    made = []
    for name, umask in (("one", 0o022), ("two", 0o077)):
        git(tmp_path, "clone", "--quiet", str(origin), name, umask=umask)
        made.append(Workspace(tmp_path / name, f"shanty-test-{secrets.token_hex(4)}"))
    yield made[0], made[1]
    for one in made:
        one.invoke("clean", "--images", code=None)


def _empty_caches(workspace: Path) -> None:
    """Give the build's caches names that nothing was ever put into."""
    dockerfile = workspace / "docker" / "Dockerfile"
    text = re.sub(
        r"type=cache(,id=\w+)?", f"type=cache,id={secrets.token_hex(8)}", _read(dockerfile)
    )
    dockerfile.write_text(text, encoding="utf-8")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize("shipped", SHIPPED)
def test_two_cold_builds_of_one_commit_make_the_same_files(
    clones: tuple[Workspace, Workspace], shipped: Mapping[str, str]
) -> None:
    one, two = clones
    one.invoke("build", "--no-cache", env=dict(shipped))
    # The caches of its own make it differ from the commit, whose time it no longer has by itself.
    _empty_caches(two.root)
    two.invoke("build", "--no-cache", env={**shipped, "SOURCE_DATE_EPOCH": str(COMMITTED)})
    base = base_of(one, shipped)
    first, second = (entries(workspace.tag("production"), base) for workspace in clones)
    assert len(first) > 500
    assert sorted(set(first) ^ set(second)) == []
    own = {entry[6] for entry in first if re.search(r"/coach_planner/\w+\.py$", entry[1])}
    assert own == {COMMITTED}


def test_of_what_no_commit_has_the_time_follows_from_the_files(
    workspace: Workspace,
) -> None:
    """Another time for a changed file of the same size, and the same for the same."""
    style = workspace.sample / "src/coach_planner/static/week.css"
    text, found = _read(style), []
    for color in ("/* a */", "/* b */", "/* a */"):
        style.write_text(f"{text}{color}\n", encoding="utf-8")
        workspace.invoke("build")
        layers = entries(workspace.tag("production"), base_of(workspace, {}))
        found.append(next(entry[6] for entry in layers if entry[1].endswith("/static/week.css")))
    assert found[0] == found[2] != found[1]


STALE = """
import struct
from importlib.util import cache_from_source
from pathlib import Path
found = [file for file in Path("/opt").rglob("*.py") if Path(cache_from_source(file)).exists()]
heads = {file: Path(cache_from_source(file)).read_bytes()[4:16] for file in found}
times = {file: (0, int(file.stat().st_mtime), file.stat().st_size) for file in found}
print(len(found), [str(file) for file in found if heads[file] != struct.pack("<III", *times[file])])
"""


def test_bytecode_is_made_for_the_time_and_size_of_its_source(built: Workspace) -> None:
    count, _, stale = inside(built.tag("production"), "python", "-c", STALE).partition(" ")
    assert int(count) > 100
    assert stale == "[]"


def test_the_image_itself_is_as_old_as_the_commit(clones: tuple[Workspace, Workspace]) -> None:
    one, _ = clones
    one.invoke("build")
    created = docker("image", "inspect", "--format", "{{.Created}}", one.tag("production")).stdout
    assert created == "2020-09-13T12:26:40Z"
