"""The script in docker/ that makes a build step's files the same in every build."""

import os
import shutil
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "docker" / "settle.py"
FIRST, LAST = 1_735_689_600, 1_735_689_600 + 2**24
LONG_AGO, SINCE, NEVER = 1_000_000_000, 1_500_000_000, 1 << 40


def settle(*words: object, **environment: str) -> str:
    """Run the script and return what it says."""
    line = [sys.executable, str(SCRIPT), *map(str, words)]
    inherited = {name: os.environ[name] for name in os.environ if name != "SOURCE_DATE_EPOCH"}
    done = subprocess.run(
        line, check=True, capture_output=True, text=True, env=inherited | environment
    )
    return done.stdout


def bytecode(file: Path) -> Path:
    """Return where a file's bytecode is."""
    return Path(cache_from_source(str(file)))


def write_modules(folder: Path) -> list[Path]:
    """Write more modules than one process compiles, with much in common; return their files."""
    folder.mkdir()
    files = [folder / f"module_{number}.py" for number in range(70)]
    for number, file in enumerate(files):
        file.write_text(f'NAMES = {{"harbour", "pier", "quay_{number}"}}\npier = "harbour"\n')
    return files


# Bytecode


def imported(module: str, folder: Path) -> str:
    """Return what Python says of the bytecode that it takes for a module."""
    line = [sys.executable, "-v", "-c", f"import {module}"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(line, check=True, capture_output=True, text=True, env=environment).stderr


def test_bytecode_is_the_same_whatever_is_compiled_first(tmp_path: Path) -> None:
    files = write_modules(tmp_path / "quay")
    settle(SINCE, tmp_path, tmp_path)
    first = [bytecode(file).read_bytes() for file in files]
    for file in files:
        bytecode(file).unlink()
        content = file.read_text()
        file.unlink()
        file.write_text(content)
    shutil.rmtree(bytecode(files[0]).parent)
    settle(SINCE, tmp_path, tmp_path, PYTHONHASHSEED="7")
    assert [bytecode(file).read_bytes() for file in files] == first


def test_bytecode_is_made_for_the_time_of_its_source(tmp_path: Path) -> None:
    """Python takes it unread as long as the source has that time, and no longer."""
    old, new = tmp_path / "old.py", tmp_path / "new.py"
    for file in (old, new):
        file.write_text("")
    os.utime(old, (LONG_AGO, LONG_AGO))
    settle(SINCE, tmp_path, tmp_path)
    assert (old.stat().st_mtime, FIRST <= new.stat().st_mtime < LAST) == (LONG_AGO, True)
    for file in (old, new):
        assert f"matches {file}" in imported(file.stem, tmp_path)
    new.write_text("")
    assert f"bytecode is stale for '{new.stem}'" in imported(new.stem, tmp_path)


def test_what_is_compiled_apart_is_named_by_where_it_will_be(tmp_path: Path, kept: Path) -> None:
    """A folder may be where the root of an image is made."""
    site = tmp_path / "made" / "opt" / "site"
    site.mkdir(parents=True)
    (site / "harbour.py").write_text("")
    (site / "template.py").write_text("def")
    said = settle(0, tmp_path / "made", site)
    assert said == "'/opt/site/template.py' does not compile: it stays as it is\n"
    assert b"/opt/site/harbour.py" in bytecode(site / "harbour.py").read_bytes()
    there = {path.lstat().st_mtime for path in (tmp_path / "made").rglob("*")}
    other = tmp_path / "elsewhere"
    shutil.move(tmp_path / "made", other)
    shutil.rmtree(other / "opt" / "site" / "__pycache__")
    settle(0, other, other / "opt" / "site")
    assert {path.lstat().st_mtime for path in other.rglob("*")} == there
    assert len(there) == 1
    assert len(list(kept.iterdir())) == 2


def test_what_has_bytecode_keeps_it(tmp_path: Path) -> None:
    (tmp_path / "harbour.py").write_text("")
    found = bytecode(tmp_path / "harbour.py")
    found.parent.mkdir()
    found.write_bytes(b"the base's own")
    settle(NEVER, tmp_path, tmp_path)
    assert found.read_bytes() == b"the base's own"


def test_packages_below_another_folder_are_compiled_for_themselves(tmp_path: Path) -> None:
    file = tmp_path / "site-packages" / "quay" / "harbour.py"
    file.parent.mkdir(parents=True)
    file.write_text("")
    settle(NEVER, tmp_path, tmp_path, tmp_path / "nothing")
    assert not bytecode(file).exists()
    settle(NEVER, tmp_path, tmp_path / "site-packages")
    assert bytecode(file).exists()


@pytest.mark.parametrize(
    ("folder", "is_compiled"),
    [("quay/tests", False), ("quay/testing/suite", False), ("testing", True)],
)
def test_the_tests_of_a_package_are_not_compiled(
    tmp_path: Path, folder: str, *, is_compiled: bool
) -> None:
    file = tmp_path / folder / "harbour.py"
    file.parent.mkdir(parents=True)
    file.write_text("")
    settle(NEVER, tmp_path, tmp_path)
    assert bytecode(file).exists() is is_compiled


@pytest.mark.parametrize("content", [b"def\n", b"\0", b'"\xff"\n'])
def test_what_is_no_python_is_named_and_left(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "template.py").write_bytes(content)
    (tmp_path / "valid.py").write_text("")
    said = settle(NEVER, tmp_path, tmp_path)
    assert said == "'/template.py' does not compile: it stays as it is\n"
    assert bytecode(tmp_path / "valid.py").exists()


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that the script finds where a build mounts its cache."""
    folder, script = tmp_path / "kept", tmp_path / "settle.py"
    text = SCRIPT.read_text(encoding="utf-8")
    assert '"/tmp/bytecode"' in text
    script.write_text(text.replace("/tmp/bytecode", str(folder)), encoding="utf-8")
    monkeypatch.setattr(sys.modules[__name__], "SCRIPT", script)
    folder.mkdir()
    return folder


def test_what_was_compiled_is_taken_from_the_cache(tmp_path: Path, kept: Path) -> None:
    pier, quay = tmp_path / "site" / "pier" / "a.py", tmp_path / "site" / "quay" / "a.py"
    for file in (pier, quay):
        file.parent.mkdir(parents=True)
        file.write_text("NAMES = {'a', 'b'}\n")
    broken = quay.with_name("b.py")
    broken.write_text("def\n")
    said = "'/site/quay/b.py' does not compile: it stays as it is\n"
    assert settle(NEVER, tmp_path, tmp_path / "site") == said
    content = bytecode(quay).read_bytes()
    for one in kept.glob("*/*"):
        one.write_bytes(one.read_bytes() + b"marked")
    for file in (pier, quay):
        bytecode(file).unlink()
    pier.write_text("NAMES = {'c'}\n")
    assert settle(NEVER, tmp_path, tmp_path / "site") == said
    assert bytecode(quay).read_bytes() == content + b"marked"
    assert bytecode(quay).stat().st_mode & 0o777 == 0o644
    assert not bytecode(pier).read_bytes().endswith(b"marked")
    assert len(list(kept.iterdir())) == 3


# What uv notes


def test_the_note_on_uv_s_cache_is_dropped_with_its_line(tmp_path: Path) -> None:
    noted, other = tmp_path / "quay-1.dist-info", tmp_path / "pier-1.dist-info"
    for folder in (noted, other):
        folder.mkdir()
        (folder / "RECORD").write_text(
            f"quay.py,,\n{folder.name}/uv_cache.json,,\n{folder.name}/RECORD,,\n"
        )
    (noted / "uv_cache.json").write_text("{}")
    settle(NEVER, tmp_path, tmp_path)
    assert [file.name for file in noted.iterdir()] == ["RECORD"]
    assert (noted / "RECORD").read_text() == "quay.py,,\nquay-1.dist-info/RECORD,,\n"
    assert "uv_cache.json" in (other / "RECORD").read_text()


# Times


def test_what_was_written_has_one_time_and_what_was_there_keeps_its_own(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    for name in ("base/old.txt", "base", "new.txt", "link"):
        path = tmp_path / name
        if name == "link":
            path.symlink_to("nowhere")
        elif not path.exists():
            path.write_text("x")
    for name in ("base/old.txt", "base"):
        os.utime(tmp_path / name, (LONG_AGO, LONG_AGO))
    settle(SINCE, tmp_path, SOURCE_DATE_EPOCH="1600000000")
    times = {path.name: path.lstat().st_mtime for path in (tmp_path, *tmp_path.rglob("*"))}
    assert times == {
        **dict.fromkeys(("old.txt", "base"), LONG_AGO),
        **dict.fromkeys(("new.txt", "link", tmp_path.name), 1_600_000_000),
    }


def test_without_one_the_time_follows_from_names_and_contents(tmp_path: Path) -> None:
    """A changed file of the same size is another to who goes by size and time."""
    file = tmp_path / "week.css"
    found = []
    for text in ("#fff", "#000", "#fff"):
        file.write_text(text)
        settle(SINCE, tmp_path, SOURCE_DATE_EPOCH="")
        found.append(file.stat().st_mtime)
    assert found[0] == found[2] != found[1]
    assert all(FIRST <= time < LAST for time in found)
