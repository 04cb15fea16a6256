"""What the keys of `pyproject.toml` have to be: one that is something else is refused by name."""

import tomllib
from pathlib import Path

import pytest

from shanty.errors import UsageError
from shanty.forms import check_forms, shown

FILE = Path("pyproject.toml")


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        (
            'project = "x"',
            "project = 'x' is no table",
            "project = { … }, or under its own [header]",
        ),
        ("[project]\nname = 3", "project.name = 3 is no text", 'project.name = "…"'),
        (
            "[project]\nclassifiers = ['x', 3]",
            "project.classifiers = ['x', 3] is no list of texts",
            'project.classifiers = ["…", "…"]',
        ),
        (
            "[tool.poetry.group]\ntest = []",
            "tool.poetry.group.test = [] is no table",
            "tool.poetry.group.test = { … }, or under its own [header]",
        ),
        (
            "[dependency-groups]\ntest = ['x', 3]",
            "dependency-groups.test = 3 is no text or table",
            'dependency-groups.test = "…"',
        ),
        (
            "[[tool.poetry.packages]]\ninclude = []",
            "tool.poetry.packages.include = [] is no text",
            'tool.poetry.packages.include = "…"',
        ),
    ],
)
def test_a_key_that_is_something_else_is_refused_by_name(text: str, what: str, fix: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_forms(FILE, tomllib.loads(text))
    assert str(refused.value) == f"pyproject.toml: {what}\nfix: write it as {fix}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[project]\nlicense = { text = 'MIT' }\nreadme = 'x'\nclassifiers = []",
        "[tool.poetry]\nreadme = ['a', 'b']\npackages = [{ include = 'x' }]",
        "[dependency-groups]\ntest = ['x', { include-group = 'y' }]",
        "[tool.other]\nsize = 0xffffffffffffffffffffff\ntext = '''\n'''",
    ],
)
def test_what_the_standard_and_poetry_know_passes(text: str) -> None:
    check_forms(FILE, tomllib.loads(text))


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (r'"a\u0000b"', r"'a\x00b' holds a NUL"),
        (r'["x", { "a\u0000b" = 1 }]', r"'a\x00b' holds a NUL"),
        ("0x1" + "0" * 16, "0x10000000000000000 is larger than TOML has numbers"),
    ],
)
def test_what_is_no_path_and_no_number_is_refused_wherever_it_is_read(
    value: str, fault: str
) -> None:
    with pytest.raises(UsageError) as refused:
        check_forms(FILE, tomllib.loads(f"[tool.shanty]\nport = {value}"))
    assert refused.value.what == f"pyproject.toml: {fault}"


def test_a_value_is_shown_as_long_as_a_message_has_room() -> None:
    """The decimal figures of a number without end are an error of their own."""
    assert shown(value=True) == "True"
    assert shown(0x10**5000) == f"0x1{'0' * 57}…"
    assert shown("x" * 90) == f"'{'x' * 59}…"
