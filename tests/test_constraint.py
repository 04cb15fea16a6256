"""Version constraints: the standard's and Poetry's own, in one reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from poetry.core.constraints.version import Version, parse_constraint

from shanty.dependencies.constraint import admits
from shanty.errors import UsageError

FIGURES = st.lists(st.integers(0, 4), min_size=1, max_size=3)
RELEASES = FIGURES.map(lambda figures: ".".join(map(str, figures)))
MARKS = st.sampled_from(["^", "~", "~=", ">=", ">", "<", "<=", "!=", "==", "=", ""])


@pytest.mark.parametrize(
    "constraint", ["latest", "=>3.11", ">=", "^", "3.12.x", "^3.", "~3..1", "~= 3", "^x"]
)
def test_a_constraint_that_cannot_be_read_is_told(constraint: str) -> None:
    with pytest.raises(UsageError) as refused:
        admits(constraint, "3.12", "requires-python")
    assert str(refused.value) == (
        f"requires-python = {constraint!r} is no version constraint\n"
        'fix: write it as in ">=3.11,<4.0"'
    )


@pytest.mark.parametrize(
    ("constraint", "inside", "outside"),
    [
        ("^3.11", "3.99", "4.0"),
        ("^3.11.2", "3.11.2", "3.11.1"),
        ("^0.3", "0.3.9", "0.4"),
        ("^0.0.3", "0.0.3", "0.0.4"),
        ("^0.0", "0.0.9", "0.1"),
        ("^0", "0.9", "1.0"),
        ("^2.0b1", "2.0b2", "3.0"),
        ("~3.11", "3.11.9", "3.12.0"),
        ("~3", "3.99", "4.0"),
        ("1.8.5", "1.8.5", "1.8.6"),
        ("=1.8.5", "1.8.5", "1.8.6"),
        (">=3.6.*", "3.6", "3.5"),
        ("<3.6.*", "3.5", "3.6"),
        ("!=3.6.*", "3.5", "3.6.1"),
        (">=1,<2 || >=3", "3.1", "2.1"),
        ("<2.0", "1.0", "2.0"),
    ],
)
def test_poetry_s_own_forms_mean_what_poetry_means(
    constraint: str, inside: str, outside: str
) -> None:
    assert admits(constraint, inside, "requires-poetry")
    assert not admits(constraint, outside, "requires-poetry")


@given(mark=MARKS, bound=RELEASES, release=RELEASES)
def test_every_form_agrees_with_poetry_core(mark: str, bound: str, release: str) -> None:
    if mark == "~=" and "." not in bound:
        bound += ".0"
    expected = parse_constraint(f"{mark}{bound}").allows(Version.parse(release))
    assert admits(f"{mark}{bound}", release, "key") == expected
