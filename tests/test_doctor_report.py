"""Telling what was found, to a person and to a script."""

import json

import pytest

from shanty.doctor.finding import Finding
from shanty.doctor.report import as_json, as_lines, require
from shanty.errors import RunError

FOUND = [
    Finding("engine", "fine", "Docker 26.1.5 answers"),
    Finding("index", "note", "it does not answer", "It may be needed.", "curl it"),
    Finding("lock", "problem", "it is stale", "Images follow it.", "shanty lock"),
    Finding("Poetry", "skipped", "not looked at: lock tells why"),
]


def test_each_check_has_a_line_and_what_is_not_fine_its_reason_and_its_fix() -> None:
    assert as_lines(FOUND).splitlines() == [
        "ok       engine        Docker 26.1.5 answers",
        "note     index         it does not answer",
        "                       why: It may be needed.",
        "                       fix: curl it",
        "problem  lock          it is stale",
        "                       why: Images follow it.",
        "                       fix: shanty lock",
        "-        Poetry        not looked at: lock tells why",
    ]


def test_the_mark_is_coloured_in_a_terminal_unless_no_colour_is_wanted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert as_lines(FOUND[2:3]).startswith("\x1b[1;31mproblem\x1b[0m  lock ")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in as_lines(FOUND)


def test_a_name_in_no_encoding_is_told_all_the_same() -> None:
    assert as_lines([Finding("lock", "fine", "caf\udce9")]).endswith("caf\\udce9")


def test_a_script_is_given_every_field_of_every_finding() -> None:
    assert json.loads(as_json(FOUND))[1] == {
        "check": "index",
        "state": "note",
        "what": "it does not answer",
        "why": "It may be needed.",
        "fix": "curl it",
    }
    assert len(json.loads(as_json(FOUND))) == 4


def test_a_problem_ends_with_1_and_a_note_does_not() -> None:
    require([one for one in FOUND if one.state != "problem"])
    with pytest.raises(RunError) as refused:
        require([*FOUND, FOUND[2]])
    assert refused.value.exit_code == 1
    assert refused.value.what == "1 check found a problem: lock"
    with pytest.raises(RunError, match="2 checks found a problem: lock, port"):
        require([*FOUND, Finding("port", "problem", "taken", "x", "y")])
