"""The record of a build, which may be lost or spoilt."""

import json
from pathlib import Path

import pytest

from shanty.rebuilt.listing import Entry
from shanty.rebuilt.record import Made, Record, made, read_record
from shanty.rebuilt.steps import Plan, Step

RECORD = Record(
    {"/a": Entry(33188, 1, 2, "x"), "/\udcff": Entry(16877, 0, 0, "")},
    "**/.git\n",
    {"tools 4/5": Made("d", {"A": "1"}, "python:3.13")},
    {"SHIP": "wheel"},
    "default",
    {"python:3.13": "sha256:1"},
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "new" / "record.json"
    RECORD.write(file)
    assert read_record(file) == RECORD
    assert [one.name for one in file.parent.iterdir()] == ["record.json"]


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{}", '{"form": 0}', '{"form": 1}', '{"form": 1, "files": []}', "\0"),
        json.dumps({"form": 1, "files": {"/a": [1]}, "steps": {}}),
        json.dumps({"form": 1, "files": {}, "steps": {}, "other": 1}),
    ],
)
def test_a_spoilt_one_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "record.json").write_text(text, encoding="utf-8")
    assert read_record(tmp_path / "record.json") is None


def test_where_nothing_can_be_written_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    RECORD.write(tmp_path / "file" / "record.json")
    assert read_record(tmp_path / "file" / "record.json") is None


def test_a_step_is_made_by_instructions_values_and_a_base_image() -> None:
    step = Step("a 1/1", "RUN x", "d", {"A": "1"}, (), "python", is_first=True, is_local=True)
    assert made(Plan((step,), {})) == {"a 1/1": Made("d", {"A": "1"}, "python")}
