"""Python source as it stands: the modules of a project and what their names are bound to."""

import ast
from pathlib import Path

import pytest

from shanty.search.source import Imported, Module, Source, names_of


def bound(text: str) -> list[str]:
    """Return the names that a source binds for those who import it."""
    return list(names_of(ast.parse(text).body).bound)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a = b = 1", ["a", "b"]),
        ("a, (b, *c) = [1, (2, 3)]", ["a", "b", "c"]),
        ("a: int = 1", ["a"]),
        ("def a(): b = 1", ["a"]),
        ("async def a(): ...", ["a"]),
        ("class a: b = 1", ["a"]),
        ("import a.b, c.d as e", ["a", "e"]),
        ("from a import b, c as d", ["b", "d"]),
        ("for a in b: c = 1", ["a", "c"]),
        ("with x() as a, y(): b = 1", ["a", "b"]),
        ("if x: a = 1\nelif y: b = 2\nelse: c = 3", ["a", "b", "c"]),
        ("try: a = 1\nexcept E: b = 2\nelse: c = 3\nfinally: d = 4", ["a", "c", "d", "b"]),
        ("match x:\n    case 1:\n        a = 1", ["a"]),
        ("while x: a = 1", ["a"]),
    ],
)
def test_every_way_to_bind_a_name_at_import_is_known(text: str, names: list[str]) -> None:
    assert bound(text) == names


@pytest.mark.parametrize(
    "text",
    ["a: int", "a += 1", "a.b = 1", "a['b'] = 1", "a()", "del a"],
)
def test_what_binds_nothing_is_passed_over(text: str) -> None:
    assert bound(text) == []


@pytest.mark.parametrize("test", ["__name__ == '__main__'", '"__main__" == __name__'])
def test_what_only_a_script_does_is_not_there_for_an_importer(test: str) -> None:
    assert bound(f"if {test}:\n    a = 1\nelse:\n    b = 2") == ["b"]


def test_a_comparison_with_something_else_is_no_script(tmp_path: Path) -> None:
    assert bound("if x.y == '__main__':\n    a = 1") == ["a"]
    assert bound(f"if x == '{tmp_path}':\n    a = 1") == ["a"]


@pytest.mark.parametrize(
    ("text", "module", "name"),
    [
        ("from . import x", "port.harbour", "x"),
        ("from .web import x", "port.harbour.web", "x"),
        ("from ..quay import x", "port.quay", "x"),
        ("from quay import x", "quay", "x"),
        ("import quay as x", "quay", ""),
    ],
)
def test_an_import_is_named_in_full(text: str, module: str, name: str) -> None:
    names = names_of(ast.parse(text).body, "port.harbour")
    assert names.bound == {"x": [Imported(module, name)]}


def test_a_module_is_found_near_before_elsewhere(tmp_path: Path) -> None:
    for place in ("one/x.py", "two/x/__init__.py", "two/y.py"):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    source = Source([tmp_path / "one", tmp_path / "two"])
    assert source.module("x") == Module("x", tmp_path / "one" / "x.py", tmp_path / "one")
    near = source.module("x", tmp_path / "two")
    assert near == Module("x", tmp_path / "two" / "x" / "__init__.py", tmp_path / "two")
    assert near.package == "x"
    assert source.module("y") is not None
    assert source.module("z") is None
    assert source.module("../x") is None


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"# one\ndef a(:\n", ":2: invalid syntax"),
        (b"x = 1\0", ":1: source code string cannot contain null bytes"),
        (b"# coding: klingon\n", ":1: unknown encoding"),
    ],
)
def test_source_that_cannot_be_read_binds_nothing_and_is_remembered(
    tmp_path: Path, content: bytes, what: str
) -> None:
    file = tmp_path / "x.py"
    file.write_bytes(content)
    source = Source([tmp_path])
    module = Module("x", file, tmp_path)
    assert source.names(module).bound == {}
    assert source.broken[file].what.startswith(f"{file}{what}")


def test_a_long_chain_of_branches_is_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("if x: a = 1\n" + "elif x: a = 1\n" * 900)
    bound = Source([tmp_path]).names(Module("x", file, tmp_path)).bound
    assert len(bound["a"]) == 901
