"""Which of the two doors a person came through."""

import sys

import pytest

from shanty.door import door


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("/usr/local/bin/shanty", "shanty"),
        ("shanty.exe", "shanty"),
        ("/lib/shanty/__main__.py", "shanty"),
        ("/usr/local/bin/invoke", "invoke"),
        ("inv", "invoke"),
    ],
)
def test_a_fix_names_the_program_that_was_typed(
    program: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", [program, "build"])
    assert door() == name
