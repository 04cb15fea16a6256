"""Reading `pyproject.toml`, and changing one value of it without touching another byte."""

import os
import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanty.errors import UsageError
from shanty.pyproject import read_toml, set_value, table

KEY = "tool.shanty.poetry-version"


def write(folder: Path, text: str) -> Path:
    """Write a `pyproject.toml`, its line ends as they are."""
    file = folder / "pyproject.toml"
    file.write_bytes(text.encode())
    return file


# Reading


def test_a_file_is_read_as_plain_values(tmp_path: Path) -> None:
    file = write(tmp_path, '[project]\r\nname = "Bøje"\r\n')
    assert read_toml(file) == {"project": {"name": "Bøje"}}


def test_invalid_toml_is_told_by_line_and_column(tmp_path: Path) -> None:
    file = write(tmp_path, "[project]\nname = harbour\n")
    with pytest.raises(UsageError) as refused:
        read_toml(file)
    assert str(refused.value) == f"{file}:2:8: invalid TOML: Invalid value\nfix: mend line 2"


def test_a_file_that_breaks_off_is_told_with_the_line_it_ends_on(tmp_path: Path) -> None:
    file = write(tmp_path, '[project]\nname = """harbour')
    with pytest.raises(UsageError) as refused:
        read_toml(file)
    assert str(refused.value) == (f"{file}:2: invalid TOML: Unterminated string\nfix: mend line 2")


@pytest.mark.parametrize("text", [f"a = {'[' * 5000}", f"a = {'9' * 5000}", "a = 2020-02-30"])
def test_what_no_reader_of_toml_takes_is_told(tmp_path: Path, text: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(UsageError) as refused:
        read_toml(file)
    assert refused.value.what.startswith(str(file))


def test_a_byte_order_mark_is_told_before_poetry_stumbles_over_it(tmp_path: Path) -> None:
    file = write(tmp_path, "\ufeff[project]\n")
    with pytest.raises(UsageError) as refused:
        read_toml(file)
    assert str(refused.value) == (
        f"{file} begins with a byte order mark, which Poetry does not read\n"
        "fix: save the file in UTF-8 without a byte order mark"
    )


def test_a_byte_that_is_not_utf_8_is_told_by_line_and_value(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_bytes(b'[project]\nname = "B\xf8je"\n')
    with pytest.raises(UsageError) as refused:
        read_toml(file)
    assert str(refused.value) == f"{file}:2: byte 0xf8 is not UTF-8\nfix: save the file in UTF-8"


@pytest.mark.parametrize("values", [{}, {"tool": {}}, {"tool": {"shanty": 3}}, {"tool": "x"}])
def test_a_table_that_is_not_there_is_an_empty_one(values: dict[str, object]) -> None:
    assert table(values, "tool.shanty") == {}


def test_a_table_is_found_by_its_dotted_path() -> None:
    assert table({"tool": {"shanty": {"port": 80}}}, "tool.shanty") == {"port": 80}


# What stays

COMMENTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=8).map("# {}".format)
LINES = st.one_of(COMMENTS, st.sampled_from(["", "  ", "\t# indented"]))
TABLES = st.sampled_from(
    [
        '[project]\nname    =   "harbour"  # spaced\nkeywords = [\n  "a", # one\n  "b"]',
        '[tool.poetry]\npackages = [{ include = "harbour" }]',
        '[tool.poetry.group.test.dependencies]\npytest = { version = "*" }',
        "[tool.ruff]\nlint.select = ['ALL']",
        '[[tool.mypy.overrides]]\nmodule = "a"\n\n[[tool.mypy.overrides]]\nmodule = "b"',
        '["build-system"]\nrequires = []',
        '[tool.notes]\ntext = """\none\n  two"""',
    ]
)
OLD = st.sampled_from(['"1.0"', "'1.0'", '"""1.0"""', "1.0", "true", '""', r'"1\u002e0"'])
TAILS = st.sampled_from(["", "  ", "   # set by hand"])
ENDS = st.sampled_from(["\n", "\r\n"])


@st.composite
def around(draw: st.DrawFn) -> tuple[str, str]:
    """Return what stands before and after `[tool.shanty]` in a file."""
    parts = draw(st.lists(TABLES, unique=True))
    split = draw(st.integers(0, len(parts)))
    texts = ["\n".join([part, *draw(st.lists(LINES, max_size=3))]) + "\n" for part in parts]
    return "".join(texts[:split]), "".join(texts[split:])


@given(around(), st.tuples(OLD, TAILS), ENDS, st.text())
def test_a_value_changes_and_every_other_byte_stays(
    tmp_path_factory: pytest.TempPathFactory,
    texts: tuple[str, str],
    old_and_tail: tuple[str, str],
    end: str,
    value: str,
) -> None:
    (before, after), (old, tail) = texts, old_and_tail
    start = f"{before}[tool.shanty]\nport =  1\npoetry-version   ="
    rest = f"{tail}\nimage = 'x'\n{after}"
    file = write(tmp_path_factory.mktemp("x"), f"{start} {old}{rest}".replace("\n", end))
    changed = set_value(file, KEY, value)
    written = file.read_bytes().decode()
    assert tomllib.loads(written)["tool"]["shanty"]["poetry-version"] == value
    assert written.startswith(start.replace("\n", end))
    assert written.endswith(rest.replace("\n", end))
    assert changed == (tomllib.loads(f"x = {old}")["x"] != value)


@given(around(), st.sampled_from(["", "[tool.shanty]\nport = 1\n"]), ENDS, st.booleans())
def test_a_key_that_was_not_there_is_added_and_every_line_stays(
    tmp_path_factory: pytest.TempPathFactory,
    texts: tuple[str, str],
    own: str,
    end: str,
    ended: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    text = "# harbour\n\n" + texts[0] + own + texts[1]
    text = text if ended else text.removesuffix("\n")
    file = write(tmp_path_factory.mktemp("x"), text.replace("\n", end))
    assert set_value(file, KEY, "2.5.1")
    written = file.read_bytes().decode()
    assert read_toml(file)["tool"]["shanty"]["poetry-version"] == "2.5.1"
    assert written.count("\n") == written.count(end)
    lines = [line for line in text.split("\n") if line]
    kept = [line for line in written.split(end) if line]
    left = iter(kept)
    assert all(line in left for line in lines)
    assert len(kept) == len(lines) + (1 if own else 2)


def test_a_table_is_added_where_the_tool_tables_stand_apart(tmp_path: Path) -> None:
    text = '[tool.poetry]\nname = "x"\n\n[build-system]\nrequires = []\n\n[tool.ruff]\nfix = true\n'
    file = write(tmp_path, text)
    assert set_value(file, KEY, "2.5.1")
    assert file.read_text().startswith(text)
    assert read_toml(file)["tool"]["shanty"] == {"poetry-version": "2.5.1"}


def test_mixed_line_ends_stay_mixed(tmp_path: Path) -> None:
    file = write(tmp_path, '[tool.shanty]\r\npoetry-version = "1"\nport = 1\r\n')
    assert set_value(file, KEY, "2")
    assert file.read_bytes() == b'[tool.shanty]\r\npoetry-version = "2"\nport = 1\r\n'


def test_the_file_keeps_its_mode(tmp_path: Path) -> None:
    file = write(tmp_path, '[tool.shanty]\npoetry-version = "1"\n')
    file.chmod(0o640)
    assert set_value(file, KEY, "2")
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_symbolic_link_stays_one_and_its_target_changes(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = write(tmp_path / "real", '[tool.shanty]\npoetry-version = "1"\n')
    link = tmp_path / "pyproject.toml"
    link.symlink_to(Path("real", "pyproject.toml"))
    assert set_value(link, KEY, "2")
    assert link.readlink() == Path("real", "pyproject.toml")
    assert read_toml(real)["tool"]["shanty"]["poetry-version"] == "2"


def test_a_value_that_is_there_already_writes_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, "[tool.shanty]\npoetry-version = '2'\n")
    before = file.stat()
    assert not set_value(file, KEY, "2")
    after = file.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


# What is refused


@pytest.mark.parametrize(
    "text",
    [
        "tool = { ruff = { fix = true } }\n",
        "tool = 3\n",
        "[tool]\nshanty = 3\n",
        "[[tool.shanty]]\nport = 1\n",
    ],
)
def test_a_change_that_would_touch_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    file = write(tmp_path, text)
    with pytest.raises(UsageError) as refused:
        set_value(file, KEY, "2")
    assert str(refused.value) == (
        f"{file}: {KEY} cannot be set to '2' without changing something else\n"
        'fix: write poetry-version = "2" under [tool.shanty] yourself'
    )
    assert file.read_bytes() == text.encode()
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    "text",
    [
        # What follows a dotted key at the top would land in a table put after it.
        'tool.poetry.name = "x"\nother = 2\n',
        # tomlkit moves a list of tables that stands between the tables of another.
        "[tool.shanty]\n\n[[crew]]\nname = 'x'\n\n[tool.ruff]\nfix = true\n",
    ],
)
def test_an_awkward_file_is_changed_rightly_or_not_at_all(tmp_path: Path, text: str) -> None:
    file = write(tmp_path, text)
    with suppress(UsageError):
        set_value(file, KEY, "2")
    ours = {"", "[tool.shanty]", 'poetry-version = "2"'}
    before, after = tomllib.loads(text), read_toml(file)
    for values in (before, after):
        values.setdefault("tool", {}).pop("shanty", None)
    assert after == before
    assert [line for line in file.read_text().split("\n") if line not in ours] == [
        line for line in text.split("\n") if line not in ours
    ]


def test_a_disk_that_fills_up_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    text = '[tool.shanty]\npoetry-version = "1"\n'
    file = write(tmp_path, text)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        set_value(file, KEY, "2")
    assert file.read_text() == text
    assert list(tmp_path.iterdir()) == [file]


# What every test above lets through, one plain case each


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "[tool]\nshanty = { port = 1 }  # why\n",
            '[tool]\nshanty = { port = 1, poetry-version = "2" }  # why\n',
        ),
        ("tool.shanty = {}", 'tool.shanty = {poetry-version = "2"}'),
        (
            "[tool.ruff]\nx = nan\n[tool.shanty]\npoetry-version = 2.0\n",
            '[tool.ruff]\nx = nan\n[tool.shanty]\npoetry-version = "2"\n',
        ),
        (
            '[a]\npoetry-version = "1"\n[tool.shanty]\n"poetry-version" = """1"""\n',
            '[a]\npoetry-version = "1"\n[tool.shanty]\n"poetry-version" = "2"\n',
        ),
    ],
)
def test_a_value_is_set_wherever_toml_has_it(tmp_path: Path, text: str, after: str) -> None:
    file = write(tmp_path, text)
    assert set_value(file, KEY, "2")
    assert file.read_text() == after


def test_a_figure_is_no_text_that_reads_the_same(tmp_path: Path) -> None:
    file = write(tmp_path, "[tool.shanty]\npoetry-version = 2.5\n")
    assert set_value(file, KEY, "2.5")
    assert read_toml(file)["tool"]["shanty"]["poetry-version"] == "2.5"


def test_a_list_in_the_place_of_a_text_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path, "[tool.shanty]\npoetry-version = ['1']\n")
    with pytest.raises(UsageError):
        set_value(file, KEY, "2")
