"""What can be read of a source that this Python does not parse as a whole."""

import ast

import pytest

from shanty.search.parts import readable_parts
from shanty.search.source import names_of

START = "from flask import Flask\n"
APP = "app = Flask(__name__)\n"
TRY = "try:\n    import a\nexcept ImportError, ValueError:\n    a = None\nelse:\n    b = a\n\n"
PAGE = "    @app.get('/')\n    def page():\n        return {}\n"
FACTORY = f"def create_app():\n    {APP}{PAGE}    return app\n"


def bound(text: str) -> list[str]:
    """Return the names that the readable parts of a source bind."""
    tree = readable_parts(text.encode())
    assert tree
    return list(names_of(tree.body).bound)


@pytest.mark.parametrize(
    "newer",
    [
        "type Pair = tuple[int, int]\n",
        "if True:\n    type Pair = int\n",
        "def first[T](items: list[T]) -> T:\n    return items[0]\n",
        "class Box[T = int]:\n    item: T\n\n    def get(self) -> T:\n        return self.item\n",
        "@cache\n@trace(\n    1\n)\nasync def first[T](a: T) -> T: ...\n",
        'name = f"{names["a"]} {"\\n".join(names)}"\n',
        'name = f"{\n    names\n}"\n',
        'def name():\n    return t"<p>{name}</p>"\n',
        TRY,
        TRY.replace("\n", "\r\n"),
        "def f():\n    try:\n        pass\n    finally:\n        type X = int\n",
        "match 1:\n    case 1:\n        type X = int\n    case 2:\n        pass\n",
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_an_app_is_found_beside_the_syntax_of_newer_pythons(newer: str, *, before: bool) -> None:
    """PEPs 695, 696, 701, 750 and 758, and this Python may be 3.11 or know them all."""
    assert "app" in bound(START + (newer + APP if before else APP + newer))


@pytest.mark.parametrize(
    "old",
    [
        'print "harbour"\n',
        "if quay:\nopen()\n",
        "open(\n\n",
        '"""\ntext\n"""\ndef f(x=):\n    """\na b\n    """\n',
    ],
)
def test_what_no_python_of_today_parses_is_left_out_alone(old: str) -> None:
    assert "app" in bound(START + old + APP)


def test_only_the_smallest_statement_is_left_out() -> None:
    text = START + FACTORY.replace("return {}", 'print "x"')
    tree = readable_parts(text.encode())
    assert tree
    assert ast.unparse(tree) == ast.unparse(ast.parse(START + FACTORY.replace("return {}", "pass")))


def test_the_encoding_that_a_source_names_is_heeded() -> None:
    text = "# coding: latin-1\nname = 'Bøje'\nprint name\n"
    tree = readable_parts(text.encode("latin-1"))
    assert tree
    assert "Bøje" in ast.unparse(tree)


@pytest.mark.parametrize(
    "content",
    [
        b"x = 1\n\0",
        b"x = '\xff'\n",
        b"# coding: harbour\nx = 1\n",
        b"x = " + b"-" * 100_000 + b"1",
        b"a b\n" * 100,
        b"a b #" + b"c" * 5_000_000,
    ],
    ids=["nul", "no-utf-8", "no-encoding", "deep", "no-python", "long"],
)
def test_a_source_of_which_nothing_helps_is_given_up(content: bytes) -> None:
    assert readable_parts(content) is None


def test_a_fault_that_stands_nowhere_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> ast.Module:
        raise SyntaxError

    monkeypatch.setattr("shanty.search.parts.ast.parse", refuse)
    assert readable_parts(b"# nothing\n") is None
