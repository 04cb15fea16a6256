"""The instructions of a Dockerfile, and the variables in them."""

import pytest

from shanty.rebuilt.instructions import Instruction, expanded, instructions, names, pairs

TEXT = """\
# A comment.
ARG ONE=1

run --mount=type=cache,target=/x --network=none one \\
    # in between

    && two
COPY <<EOF <<-"END" /etc/
# no comment
EOF
\tEND
CMD ["true"]
"""


def test_each_is_one_line_without_comments() -> None:
    assert list(instructions(TEXT)) == [
        ("ARG", "ONE=1"),
        ("RUN", "--mount=type=cache,target=/x --network=none one     && two"),
        ("COPY", '<<EOF <<-"END" /etc/\n# no comment'),
        ("CMD", '["true"]'),
    ]


def test_one_that_never_ends_ends_with_the_file() -> None:
    assert list(instructions("RUN one \\")) == [("RUN", "one")]
    assert list(instructions("RUN <<EOF\none")) == [("RUN", "<<EOF\none")]


def test_flags_are_apart_from_what_follows() -> None:
    found = Instruction("COPY", "--link --from=docker --chmod=0755 /a --b /c")
    assert found.flags == [("link", ""), ("from", "docker"), ("chmod", "0755")]
    assert (found.flag("from"), found.flag("chown")) == ("docker", "")
    assert found.body == "/a --b /c"


@pytest.mark.parametrize(
    ("rest", "words"),
    [("a b c/", ["a", "b", "c/"]), ('["a b", "c/"]', ["a b", "c/"]), ("1", ["1"])],
)
def test_words_come_in_two_forms(rest: str, words: list[str]) -> None:
    assert Instruction("COPY", rest).words == words


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A/${A}", "1/1"),
        ("${A:-2}${B:-2}${B-3}", "123"),
        ("gathered${A:+-folders}${B:+-none}", "gathered-folders"),
        (r"\$A", "$"),
        ("$B$UNKNOWN.", "."),
    ],
)
def test_variables_are_replaced(text: str, value: str) -> None:
    assert expanded(text.replace(r"\$A", r"\$"), {"A": "1", "B": ""}) == value


def test_what_is_set_has_names_and_values() -> None:
    assert pairs("A='b c' D=\"\" E") == {"A": "b c", "D": ""}
    assert names("A='b c' E") == ["A", "E"]
    assert pairs("A='b") == {}
