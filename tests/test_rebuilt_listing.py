"""The files that a build is given, by what its steps read of the folders here."""

import os
from pathlib import Path

import pytest

from shanty.rebuilt import listing
from shanty.rebuilt.asked import Asked
from shanty.rebuilt.listing import Entry, ignored, is_read, list_files
from shanty.rebuilt.steps import Plan, Source


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    """Return a build that copies a folder, a pattern, and a folder beside."""
    root = tmp_path / "[root]"
    for name in ("src/a.py", "src/b/c.py", "src/.env", "src/cache/kept/d", "data/big", "x1", "y1"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name, encoding="utf-8")
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "script").write_text("script", encoding="utf-8")
    lines = ["COPY src/ ./src/", "COPY src/a.py x* gone ./", "COPY --from=docker /script /bin/"]
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("\n".join(["FROM scratch AS all", *lines]), encoding="utf-8")
    own = tmp_path / "Dockerfile.dockerignore"
    own.write_text("**/.env\nsrc/cache\n!src/cache/kept\n", encoding="utf-8")
    return Asked(dockerfile, "all", root, {}, {"docker": beside})


def found(asked: Asked, before: dict[str, Entry] | None = None) -> dict[str, Entry]:
    """Return what is listed for a build."""
    return list_files(asked, Plan.of(asked).steps, ignored(asked), before or {})


def shown(asked: Asked, files: dict[str, Entry]) -> set[str]:
    """Return listed paths as relative ones."""
    return {os.path.relpath(path, asked.root.parent) for path in files}


def test_what_no_step_reads_and_what_is_ignored_is_not_listed(asked: Asked) -> None:
    assert shown(asked, found(asked)) == {
        *("[root]/src", "[root]/src/a.py", "[root]/src/b", "[root]/src/b/c.py"),
        *("[root]/src/cache/kept", "[root]/src/cache/kept/d", "[root]/x1", "beside/script"),
    }


def test_a_folder_that_no_step_reads_is_not_looked_into(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    names = os.listdir

    def look(path: str) -> list[str]:
        looked.append(path)
        return names(path)

    monkeypatch.setattr(os, "listdir", look)
    found(asked)
    assert looked
    assert not [path for path in looked if path.endswith("data")]


def test_the_context_itself_can_be_what_is_read(asked: Asked) -> None:
    asked.dockerfile.write_text("FROM scratch AS all\nCOPY . ./\n", encoding="utf-8")
    assert {"[root]", "[root]/data/big", "[root]/src/a.py"} <= shown(asked, found(asked))


def test_the_ignore_file_beside_the_dockerfile_comes_first(asked: Asked) -> None:
    (asked.root / ".dockerignore").write_text("x1\n", encoding="utf-8")
    assert ignored(asked).startswith("**/.env")
    asked.dockerfile.with_name("Dockerfile.dockerignore").unlink()
    assert ignored(asked) == "x1\n"
    (asked.root / ".dockerignore").unlink()
    assert ignored(asked) == ""


def test_a_file_is_read_again_only_where_its_size_or_time_is_another(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, file = found(asked), asked.root / "src/a.py"
    read: list[str] = []
    content = listing._content  # noqa: SLF001 - whether a file is read shows nowhere else

    def look(path: Path, mode: int) -> str:
        read.append(path.name)
        return content(path, mode)

    monkeypatch.setattr(listing, "_content", look)
    assert found(asked, before) == before
    assert read == []
    os.utime(file, ns=(1, 1))
    touched = found(asked, before)[str(file)]
    assert touched.content == before[str(file)].content
    file.write_text("other", encoding="utf-8")
    assert found(asked, before)[str(file)].content != before[str(file)].content
    assert read == ["a.py", "a.py"]


def test_rights_links_and_what_cannot_be_read_count_as_they_are(asked: Asked) -> None:
    file, link, pipe = asked.root / "src/a.py", asked.root / "src/link", asked.root / "src/pipe"
    before = found(asked)[str(file)]
    file.chmod(0o600)
    link.symlink_to("nowhere")
    os.mkfifo(pipe)
    after = found(asked)
    assert after[str(file)].content != before.content
    assert (after[str(link)].digest, after[str(pipe)].digest) == ("nowhere", "")


def test_a_path_is_read_by_a_step_whose_source_holds_it(asked: Asked) -> None:
    def by(path: str, pattern: str, folder: str = "") -> bool:
        return is_read(str(asked.folders[folder] / path), Source(folder, pattern), asked)

    assert by("src/b/c.py", "src/")
    assert by("src/b/c.py", ".")
    assert by("src/b/c.py", "s*/b")
    assert not by("src/b/c.py", "src/a.py")
    assert not by("lib/src/a.py", "src")
    assert by("script", "script", "docker")
    assert not is_read(str(asked.root / "script"), Source("docker", "script"), asked)
