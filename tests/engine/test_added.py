"""What production adds to its base: how much of it, and what not."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from shanty.image.archive import Image, saved
from tests.engine.projects import PROJECTS, base_image, checked_out, shanty
from tests.engine.support import Workspace, command, docker

LARGEST = 25_000_000
APP_USER = 10_001
# Its Python lies below /usr/local and has no bytecode of its own, as that of official images.
OFFICIAL = r"""
FROM %s
RUN version="$(basename "$(readlink -f "$(command -v python)")")" \
    && mkdir -p /usr/local/lib /usr/local/bin \
    && cp -R "/usr/lib/$version" /usr/local/lib/ \
    && cp "/usr/bin/$version" /usr/local/bin/ \
    && mkdir -p "/usr/local/lib/$version/dist-packages" \
    && cp -R /usr/lib/python3/dist-packages/pip* "/usr/local/lib/$version/dist-packages/" \
    && ln -sf "$version" /usr/local/bin/python \
    && find /usr/local -name __pycache__ -prune -exec rm -rf {} + \
    && rm -rf /usr/lib/python3* "/usr/bin/$version" /usr/bin/python3
"""


@pytest.fixture(params=["as made here", "as official"])
def base(request: pytest.FixtureRequest, tmp_path: Path, newest_python: str) -> Iterator[str]:
    """Return a base image: the one of this machine, or one laid out as official images are."""
    assert newest_python
    found = base_image(PROJECTS / "flask_flat")
    if request.param == "as made here":
        yield found
        return
    (tmp_path / "Dockerfile").write_text(OFFICIAL % found, encoding="utf-8")
    name = f"shanty-test-official-{secrets.token_hex(4)}"
    command(["docker", "build", "--tag", name, str(tmp_path)])
    yield name
    docker("image", "rm", name)


@pytest.fixture
def flask_alone(base: str, tmp_path: Path) -> Iterator[Image]:
    """Return production of a project with Flask, gunicorn and nothing else."""
    project = checked_out(PROJECTS / "flask_flat", tmp_path / "checkout")
    manifest = project / "pyproject.toml"
    with manifest.open("a", encoding="utf-8") as file:
        file.write(f'[tool.shanty]\nimage = "{tmp_path.name.lower()}"\nbase-image = "{base}"\n')
    shanty(project, "build")
    with saved(f"{tmp_path.name.lower()}:production", [base]) as image:
        yield image
    shanty(project, "clean", "--images")


def test_flask_and_gunicorn_add_at_most_25_megabytes(flask_alone: Image) -> None:
    added = [layer.size for layer in flask_alone.layers if not layer.from_base]
    assert sum(added) <= LARGEST, added
    # The bytecode of the standard library is among it, or was there.
    decoder = re.compile(r"/json/__pycache__/decoder\..*\.pyc$")
    assert any(decoder.search(path) for path in flask_alone.files)


def test_a_base_with_bytecode_gets_none_of_it_again(flask_alone: Image) -> None:
    twice = [
        file.path
        for layer in flask_alone.layers
        if not layer.from_base
        for file in layer.files
        if file.path.endswith(".pyc") and "/opt/" not in file.path
    ]
    assert len(twice) == len(set(twice))
    base = {file.path for layer in flask_alone.layers if layer.from_base for file in layer.files}
    assert base & set(twice) == set()


@pytest.fixture(scope="module")
def shipped_whole(tmp_path_factory: pytest.TempPathFactory, newest_python: str) -> Iterator[Image]:
    """Return production of a project with Debian packages that ships its files, tests beside."""
    assert newest_python
    folder = tmp_path_factory.mktemp("whole")
    project = checked_out(PROJECTS / "flask_flat", folder)
    for name in ("tests/test_x.py", "test/data.txt", "conftest.py", "flask_flat/tests/kept.py"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("", encoding="utf-8")
    base = base_image(project)
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('[tool.shanty]\nimage = "shanty-test-whole"\nship = "files"\n')
        file.write('system-packages = ["fontconfig", "libutempter0"]\n')
    shanty(project, "build")
    with saved("shanty-test-whole:production", [base]) as image:
        yield image
    shanty(project, "clean", "--images")


def test_the_tests_at_the_root_are_left_out_and_those_of_a_package_kept(
    shipped_whole: Image,
) -> None:
    files = {path for path in shipped_whole.added if path.startswith("/opt/app/")}
    assert not any(re.match(r"/opt/app/(tests?|conftest\.py)\b", path) for path in files)
    assert {"/opt/app/pyproject.toml", "/opt/app/flask_flat/tests/kept.py"} <= files


def test_nothing_is_left_of_how_it_was_made(shipped_whole: Image) -> None:
    left = re.compile(
        r"/root/\.|/var/lib/apt/lists/.*_|\.deb$|/var/cache/apt/.*\.bin$|/uv_cache\.json$"
        r"|/opt/venv/.*/(pip|setuptools|uv|poetry)(/|-)|^/tmp/."
    )
    assert [path for path in shipped_whole.added if left.search(path)] == []
    logs = [file for path, file in shipped_whole.added.items() if path.startswith("/var/log/")]
    assert [file.path for file in logs if file.kind == "file" and file.size] == []


def test_the_app_s_user_can_write_to_tmp_alone_and_nothing_changes_who_it_is(
    shipped_whole: Image,
) -> None:
    """One of its Debian packages brings a program with the rights of a group."""
    files = shipped_whole.files.items()
    kept = [file for path, file in files if file.kind != "link" and not path.startswith("/dev/")]
    assert any(file.name == "utempter" for file in kept)
    assert [file.path for file in kept if file.mode & 0o6000] == []
    owned = [file.path for file in kept if APP_USER in {file.uid, file.gid}]
    assert owned == []
    assert [file.path for file in kept if file.mode & 0o002] == ["/tmp"]


def test_no_private_mode_of_a_checkout_keeps_the_app_from_its_files(workspace: Workspace) -> None:
    """A checkout by somebody whose umask is 077."""
    for path in workspace.sample.rglob("*"):
        path.chmod(path.stat().st_mode & 0o700)
    workspace.invoke("build", env={"SHANTY_SHIP": "both"})
    line = ["find", "/opt/app", "/opt/venv", "!", "-readable", "-o", "-writable", "!", "-type", "l"]
    assert docker("run", "--rm", workspace.tag("production"), *line).stdout == ""
