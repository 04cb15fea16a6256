"""What Docker is sent of a project: what its copy of the context holds, file by file."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from shanty.context import read_context
from shanty.dependencies.lock import read_lock
from shanty.ignore_file import write_dockerfile
from shanty.project import find_project
from tests.engine.support import CHECKOUT, docker

MakeFiles = Callable[[Mapping[str, str]], Path]
GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
PYPROJECT = '[tool.poetry]\nname = "harbour"\n'
LOCK = '[metadata]\nlock-version = "2.1"\n'
PROJECT = {"pyproject.toml": PYPROJECT, "poetry.lock": LOCK, "harbour/__init__.py": ""}
ODD_NAMES = (
    *(
        " begins with a blank",
        "ends with one ",
        "with \"quotes\" and 'these'",
        "a*b",
        "[ab]",
        "a^*",
    ),
    *("#comment", "!exception", "-dash", "größe", "two\nlines", "back\\slash", "$HOME", "{a,b}"),
    *("a?b", "tab\t", os.fsdecode(b"latin-\xe9")),
)


@pytest.fixture
def make(tmp_path: Path) -> MakeFiles:
    """Return a function that writes files below a folder and returns that folder."""

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            file = tmp_path / "context" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return tmp_path / "context"

    return write


def check_out(folder: Path) -> None:
    """Make a folder a git checkout that tracks every file but the ignored ones."""
    subprocess.run([*GIT, "init", "--quiet"], cwd=folder, check=True)
    subprocess.run([*GIT, "add", "--all"], cwd=folder, check=True)


def sent(folder: Path, destination: Path, *, wheel: bool = False) -> set[str]:
    """Return the files and links that an image made of the whole context holds."""
    shipped = destination.with_name("shipped")
    shipped.mkdir(exist_ok=True)
    (shipped / "Dockerfile").write_text("FROM scratch\nCOPY . /\n", encoding="utf-8")
    ignore_file = CHECKOUT / "docker" / "Dockerfile.dockerignore"
    (shipped / ignore_file.name).write_bytes(ignore_file.read_bytes())
    project = find_project(folder)
    context = read_context(project, read_lock(project))
    file = write_dockerfile(context, shipped, wheel=wheel)
    output = f"type=local,dest={destination}"
    docker("buildx", "build", "--file", str(file), "--output", output, str(context.root))
    found = (path for path in destination.rglob("*") if path.is_symlink() or path.is_file())
    return {path.relative_to(destination).as_posix() for path in found}


def below(folder: str, names: Iterable[str]) -> set[str]:
    """Return names with a folder before them."""
    return {f"{folder}/{name}" for name in names}


def test_of_a_checkout_what_git_lists_is_sent_and_what_no_image_wants_is_not(
    make: MakeFiles, tmp_path: Path
) -> None:
    kept = {
        **dict.fromkeys(below("harbour/build", ("__init__.py", "plan.py")), ""),
        "dist/tracked.txt": "tracked, though the folder is ignored",
        "harbour/logs/keep.log": "the nested file takes it back",
        ".gitignore": "*.log\nbuild/\ndist/\n/data/\n",
        "harbour/logs/.gitignore": "!keep.log\n*.tmp\n",
    }
    folder = make(PROJECT | kept)
    check_out(folder)
    subprocess.run([*GIT, "add", "--force", "."], cwd=folder, check=True)
    make(
        {
            **dict.fromkeys(("new.py", "harbour/new.json", "scratch/new.txt"), ""),
            **dict.fromkeys(("x.log", "harbour/logs/y.tmp", "dist/a.whl"), "ignored"),
            **dict.fromkeys(("data/big.bin", "harbour/build/x.log", "scratch/z.log"), "ignored"),
            **dict.fromkeys((".env", "harbour/.env.local", "tls/server.key", "ca.pem"), "secret"),
            **dict.fromkeys(("id_rsa", "id_ed25519", ".netrc", ".git/secret"), "secret"),
            **dict.fromkeys((".venv/x.py", "harbour/__pycache__/x.pyc"), "cache"),
        }
    )
    new = {"new.py", "harbour/new.json", "scratch/new.txt"}
    assert sent(folder, tmp_path / "out") == {*PROJECT, *kept, *new}


def test_ignored_names_of_every_kind_are_left_out_and_their_likes_are_not(
    make: MakeFiles, tmp_path: Path
) -> None:
    folder = make({**PROJECT, ".gitignore": "*.data\n/secret*/\n"})
    likes = {"axb", "a", "b", "ends with one", "comment", "exception", "HOME", "harbour/a^b"}
    (folder / "harbour").mkdir(exist_ok=True)
    for name in likes:
        (folder / name).write_bytes(b"")
    for name in ODD_NAMES:
        (folder / f"{name}.data").write_bytes(b"ignored")
        (folder / f"secret {name}").mkdir()
        (folder / f"secret {name}" / "key.txt").write_bytes(b"ignored")
    check_out(folder)
    assert sent(folder, tmp_path / "out") == {*PROJECT, ".gitignore", *likes}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_that_git_lists_is_sent_whatever_it_is(
    make: MakeFiles, tmp_path: Path, name: str
) -> None:
    folder = make(PROJECT)
    (folder / name).write_bytes(b"")
    check_out(folder)
    assert sent(folder, tmp_path / "out") == {*PROJECT, name}


def test_a_project_in_a_folder_of_a_checkout_is_sent_as_git_lists_it(
    make: MakeFiles, tmp_path: Path
) -> None:
    ignored = {".gitignore": "*.log\n/services/web/data/\n", "other/x.py": ""}
    folder = make(ignored | {f"services/web/{name}": text for name, text in PROJECT.items()})
    make({"services/web/x.log": "", "services/web/data/x.bin": ""})
    check_out(folder)
    assert sent(folder / "services" / "web", tmp_path / "out") == set(PROJECT)


def test_without_a_checkout_the_shipped_ignore_file_decides(
    make: MakeFiles, tmp_path: Path
) -> None:
    left = (".env", "id_rsa", "dist/x.whl", "build/lib/x.py", ".venv/x.py", "a/__pycache__/x.pyc")
    folder = make(PROJECT | dict.fromkeys(left, "") | {"static/site.css": ""})
    assert sent(folder, tmp_path / "out") == {*PROJECT, "static/site.css"}


def test_a_large_folder_beside_the_package_is_no_part_of_a_wheel_and_is_not_sent(
    make: MakeFiles, tmp_path: Path
) -> None:
    folder = make(PROJECT)
    (folder / "data").mkdir()
    with (folder / "data" / "big.bin").open("wb") as file:
        file.truncate(2 << 30)
    started = time.monotonic()
    assert sent(folder, tmp_path / "out", wheel=True) == set(PROJECT)
    assert time.monotonic() - started < 10
    copied = (path for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert sum(path.stat().st_size for path in copied) < 1000


def test_links_that_lead_nowhere_or_round_in_circles_are_sent_as_they_are(
    make: MakeFiles, tmp_path: Path
) -> None:
    folder = make(PROJECT)
    links = {"dangling": "nowhere", "loop": "loop", "harbour/up": "..", "out": "/nowhere/at/all"}
    for name, target in links.items():
        (folder / name).symlink_to(target)
    assert sent(folder, tmp_path / "out", wheel=True) == {*PROJECT, *links}


def test_what_a_link_in_the_package_leads_to_is_part_of_a_wheel(
    make: MakeFiles, tmp_path: Path
) -> None:
    folder = make({**PROJECT, "assets/logo.svg": "", "data/x.csv": ""})
    (folder / "harbour" / "logo.svg").symlink_to("../assets/logo.svg")
    expected = {*PROJECT, "harbour/logo.svg", "assets/logo.svg"}
    assert sent(folder, tmp_path / "out", wheel=True) == expected


def locking(kind: str, url: str) -> str:
    """Return a lock with one package, which lies at some path."""
    return (
        f'{LOCK}[[package]]\nname = "lib"\nversion = "1"\n'
        f'[package.source]\ntype = "{kind}"\nurl = "{url}"\n'
    )


MONOREPO = {
    **{f"app/{name}": text for name, text in PROJECT.items()},
    "app/poetry.lock": locking("directory", "../lib"),
    "lib/pyproject.toml": PYPROJECT,
    "lib/lib/__init__.py": "",
}


@pytest.mark.parametrize("checked_out", [True, False])
def test_of_a_monorepo_the_project_and_what_it_depends_on_are_sent_and_no_more(
    make: MakeFiles, tmp_path: Path, checked_out: object
) -> None:
    others = ("other/x.py", "other/.env.example", "library/x.py", "top.txt", "app/dist/x.whl")
    folder = make(MONOREPO | dict.fromkeys((*others, "lib/.venv/x.py", "lib/dist/x.whl"), ""))
    if checked_out:
        make({".gitignore": "dist/\n"})
        check_out(folder)
    assert sent(folder / "app", tmp_path / "out") == set(MONOREPO)


@pytest.mark.parametrize("url", ["vendor/lib", "vendor/lib-1.whl", "vendor"])
def test_what_the_lock_asks_for_is_sent_though_git_ignores_it(
    make: MakeFiles, tmp_path: Path, url: str
) -> None:
    kind = "file" if url.endswith(".whl") else "directory"
    files = PROJECT | {"poetry.lock": locking(kind, url), ".gitignore": "vendor/\n"}
    wanted = url if kind == "file" else f"{url}/pyproject.toml"
    folder = make({**files, wanted: "", "vendor/lib/x.pyc": ""})
    check_out(folder)
    assert sent(folder, tmp_path / "out", wheel=True) == {*files, wanted}


def test_a_project_may_depend_on_the_folder_that_it_lies_in(
    make: MakeFiles, tmp_path: Path
) -> None:
    own = PROJECT | {"poetry.lock": locking("directory", "..")}
    files = {f"app/{name}": text for name, text in own.items()}
    files |= {"pyproject.toml": PYPROJECT, "lib/__init__.py": ""}
    assert sent(make(files) / "app", tmp_path / "out") == set(files)


@pytest.mark.parametrize(
    "name", ["with blanks", "-dash", "größe", "a'b\"c", "[ab]*", "a,b=c", "#x"]
)
def test_a_project_may_lie_in_a_folder_of_any_name(
    make: MakeFiles, tmp_path: Path, name: str
) -> None:
    folder = make({f"{name}/{file}": text for file, text in MONOREPO.items()})
    make({f"{name}/.gitignore": "*.log\n", f"{name}/app/x.log": "", "x.py": ""})
    check_out(folder / name)
    assert sent(folder / name / "app", tmp_path / "out") == set(MONOREPO)


def test_a_project_folder_may_be_a_link(make: MakeFiles, tmp_path: Path) -> None:
    folder = make({**PROJECT, ".gitignore": "*.log\n", "x.log": ""})
    check_out(folder)
    (tmp_path / "link").symlink_to(folder)
    assert sent(tmp_path / "link", tmp_path / "out") == {*PROJECT, ".gitignore"}
