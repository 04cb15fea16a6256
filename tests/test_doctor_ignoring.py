"""What an ignore file leaves out, as the builder reads it; `tests/engine` asks the builder."""

import pytest

from shanty.doctor.ignoring import Ignoring


@pytest.mark.parametrize(
    ("lines", "path", "left_out"),
    [
        ((), ".env", False),
        (("# .env",), ".env", False),
        (("", "  "), ".env", False),
        ((".env",), ".env", True),
        ((".env",), "src/.env", False),
        (("/.env",), ".env", True),
        (("./.env/",), ".env", True),
        (("**/.env",), ".env", True),
        (("**/.env",), "a/b/.env", True),
        (("**/.env",), "a/b.env", False),
        (("*.pem",), "key.pem", True),
        (("*.pem",), "a/key.pem", False),
        (("*/*.pem",), "a/key.pem", True),
        (("src",), "src/a/b.py", True),
        (("src/**",), "src/a/b.py", True),
        (("src/**",), "src", False),
        (("a**z",), "ab/cz", True),
        (("id_?sa",), "id_rsa", True),
        (("id_[dr]sa",), "id_rsa", True),
        (("id_[^r]sa",), "id_rsa", False),
        (("a[]",), "a[]", True),
        ((r"\!important",), "!important", True),
        ((r"a\*b",), "a*b", True),
        ((r"a\*b",), "axb", False),
        (("a.b",), "axb", False),
        (("*", "!src"), "src/app.py", False),
        (("*", "!src"), "docs/a.md", True),
        (("*", "! src", "src/secret"), "src/secret/key", True),
        (("!.env", ".env"), ".env", True),
    ],
)
def test_the_last_line_that_matches_counts(
    lines: tuple[str, ...],
    path: str,
    left_out: bool,  # noqa: FBT001 - as it is parametrized
) -> None:
    assert Ignoring(lines).leaves_out(path) is left_out


def test_a_folder_that_is_left_out_is_looked_into_where_a_line_names_what_it_keeps() -> None:
    ignoring = Ignoring(("*", "!/src/app", "!**/.env.example"))
    assert ignoring.keeps_below("src")
    assert not ignoring.keeps_below(".venv")
