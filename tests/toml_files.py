"""TOML files of every form there is, as hypothesis makes them up."""

import tomllib

from hypothesis import assume
from hypothesis import strategies as st

from tests.shapes import read_shapes

SHAPES = read_shapes()
BLANKS = st.sampled_from(["", " ", "  ", "\t", " \t "])
COMMENTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=8).map("# {}".format)
NOTES = st.one_of(st.just(""), COMMENTS)
LINES = st.one_of(COMMENTS, st.sampled_from(["", "  ", "\t# indented", "# [tool.shanty]"]))
KEYS = st.sampled_from(
    [
        "a",
        "name",
        "requires-poetry",
        "base-image",
        '"quoted key"',
        "'b.c'",
        '"ñ"',
        "dotted.key",
        'x . "y"',
        "1",
        "-",
        '""',
    ]
)
VALUES = st.sampled_from(
    [
        *('"text"', "'literal'", '"# no comment"', '"\\u00e9 \\" [x]"', "'''a\n  b'''"),
        *('"""one\n\\\n   two"""', '"""\n[tool.shanty]\nport = 1\n"""', '""', "'a=b'"),
        *("1", "-0", "1_000", "0xff", "1.5e3", "inf", "nan", "true", "1979-05-27T07:32:00Z"),
        *("07:32:00", "[]", "[1, 2,]", '[\n  "a", # one\n\n  "b" ]', "[[1], ['a']]", "{}"),
        *("{ a = 1 }", "{a.b=1, c = [ {d=2} ]}", '[ { include = "x" }, ]'),
    ]
)
HEADERS = st.sampled_from(
    [
        *("[project]", "[project.urls]", "[tool]", "[tool.poetry]", "[tool.poetry.dependencies]"),
        *("[tool.poetry.group.test.dependencies]", "[[tool.poetry.source]]", "[tool.ruff.lint]"),
        *("[build-system]", "[ tool . mypy ]", "[[tool.mypy.overrides]]", '["tool"."x.y"]', "[é]"),
        *('["ñ".b]', "[[crew]]", "[crew.deck]", "  [tool.indented]", "[tool.shanty.more]", "[a]"),
    ]
)
OWN_HEADERS = st.sampled_from(
    ["[tool.shanty]", "[ tool.shanty ]", '[tool."shanty"]', "[tool . 'shanty']", "\t[tool.shanty]"]
)
OWN_KEYS = st.sampled_from(["poetry-version", '"poetry-version"', "'poetry-version'"])
OLD = st.sampled_from(
    ['"1.0"', "'1.0'", '"""1.0"""', "'''\n1.0'''", "1.0", "true", '""', r'"1\u002e0"', "[]", "{}"]
)


@st.composite
def pairs(draw: st.DrawFn, keys: st.SearchStrategy[str] = KEYS) -> str:
    """Return a line with a key and a value, spaced in any way."""
    spaces = draw(st.tuples(BLANKS, BLANKS, BLANKS, BLANKS))
    start, before, after, last = spaces
    note = draw(NOTES)
    return f"{start}{draw(keys)}{before}={after}{draw(VALUES)}{last}{note}"


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Return a table with its header, and comments anywhere."""
    header = draw(HEADERS) + draw(BLANKS) + draw(NOTES)
    return "\n".join([header, *draw(st.lists(st.one_of(pairs(), LINES), max_size=4))])


@st.composite
def own_tables(draw: st.DrawFn) -> str:
    """Return a table of Shanty's own in any place that TOML has for it, with a value or none."""
    pair = f"{draw(OWN_KEYS)}{draw(BLANKS)}={draw(BLANKS)}{draw(OLD)}"
    held = draw(st.sampled_from([pair, f"port=1\n{pair}", f"{pair}\nport = 1", "port = 1", ""]))
    inline = held.replace("\n", ", ")
    dotted = [f"shanty.{line}" for line in held.split("\n") if line]
    forms = [
        f"{draw(OWN_HEADERS)}{draw(BLANKS)}{draw(NOTES)}\n{held}{draw(BLANKS)}{draw(NOTES)}",
        f"[tool]\nshanty = {{ {inline} }}",
        "\n".join(["[tool]", *dotted]),
    ]
    return draw(st.sampled_from(forms))


def _own_at_top() -> st.SearchStrategy[list[str]]:
    lines = ['tool.shanty.poetry-version = "1"', "tool.shanty.port = 1", "tool.shanty = {port=1}"]
    lines += ['tool.poetry.name = "x"', "tool = { shanty = { port = 1 } }", "tool.x = 1"]
    return st.lists(st.one_of(st.sampled_from(lines), pairs(), LINES), max_size=3)


@st.composite
def generated(draw: st.DrawFn) -> str:
    """Return a file of tables in any order."""
    parts: list[str] = draw(st.lists(tables(), max_size=6))
    if draw(st.booleans()):
        parts.insert(draw(st.integers(0, len(parts))), draw(own_tables()))
    return "\n".join([*draw(_own_at_top()), *parts])


@st.composite
def collected(draw: st.DrawFn) -> str:
    """Return a shape of a real file, with a table of Shanty's own before one of its tables."""
    lines = draw(st.sampled_from(SHAPES)).split("\n")
    places = [number for number, line in enumerate(lines) if line.startswith("[")]
    has_own = draw(st.booleans())
    if places and has_own:
        lines.insert(draw(st.sampled_from([*places, len(lines)])), draw(own_tables()))
    return "\n".join(lines)


@st.composite
def toml_files(draw: st.DrawFn) -> str:
    """Return a file that parses, made up or collected, with either kind of line end."""
    text = draw(st.one_of(generated(), collected()))
    text = draw(st.sampled_from([text, f"{text}\n", text.rstrip("\n"), f"{text}\n\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(condition=False)
    return text
