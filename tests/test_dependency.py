"""One dependency, as Poetry's tables and the standard's texts write it."""

import pytest
from packaging.requirements import InvalidRequirement

from shanty.dependencies.dependency import Dependency, parse_table, parse_text
from shanty.dependencies.marker import environment

VALUES = environment("3.11")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("^8.1", Dependency("a-b", "^8.1")),
        (
            {"version": "*", "extras": ["C_d"], "optional": True, "markers": "os_name == 'nt'"},
            Dependency("a-b", extras=frozenset({"c-d"}), optional=True, marker="os_name == 'nt'"),
        ),
        (
            {"version": "1", "python": "<3.9", "platform": "win32"},
            Dependency("a-b", "1", python="<3.9", platform="win32"),
        ),
        ({"git": "https://forge.example/a.git", "rev": "b"}, Dependency("a-b", direct=True)),
        ({"path": "../a"}, Dependency("a-b", direct=True)),
    ],
)
def test_a_table_of_poetry_s_says_what_is_asked_for(value: object, expected: Dependency) -> None:
    assert parse_table("A.b", value) == [expected]


def test_one_name_may_be_asked_for_in_several_ways() -> None:
    several = parse_table("a", ["1", {"version": "2", "python": ">=3.12"}])
    assert [one.constraint for one in several if one.applies(VALUES, ())] == ["1"]


@pytest.mark.parametrize("value", [3, None, [3]])
def test_a_value_of_another_shape_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        parse_table("a", value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("click (>=8.0,<9.0)", Dependency("click", "<9.0,>=8.0")),
        ("A.b[C_d]", Dependency("a-b", extras=frozenset({"c-d"}))),
        ('a ; os_name == "nt"', Dependency("a", marker='os_name == "nt"')),
        ("a @ git+https://forge.example/a.git", Dependency("a", direct=True)),
    ],
)
def test_a_specifier_of_the_standard_says_what_is_asked_for(
    text: str, expected: Dependency
) -> None:
    assert parse_text(text) == expected


def test_a_text_that_is_no_specifier_is_refused() -> None:
    with pytest.raises(InvalidRequirement):
        parse_text("click ^8.0")


@pytest.mark.parametrize(
    ("dependency", "expected"),
    [
        (Dependency("a"), True),
        (Dependency("a", marker='extra == "b"'), False),
        (Dependency("a", python="<3.11"), False),
        (Dependency("a", python="~3.11"), True),
        (Dependency("a", platform="linux"), True),
        (Dependency("a", platform="==linux"), True),
        (Dependency("a", platform="win32 || linux"), True),
        (Dependency("a", platform="win32|darwin"), False),
        (Dependency("a", platform="!=linux"), False),
        (Dependency("a", platform="!= win32"), True),
    ],
)
def test_a_dependency_applies_where_all_its_conditions_hold(
    dependency: Dependency, expected: object
) -> None:
    assert dependency.applies(VALUES, ()) is expected


def test_what_comes_from_a_repository_is_not_held_to_a_version() -> None:
    assert Dependency("a", direct=True).admits("3.0")
    assert not Dependency("a", "<3").admits("3.0")
