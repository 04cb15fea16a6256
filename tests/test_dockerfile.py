"""A Dockerfile as text: its stages and its defaults."""

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanty.build import TARGETS
from shanty.dockerfile import (
    argument_defaults,
    check_line_ends,
    check_stages,
    is_foreign,
    shipped_docker,
    stages,
    with_defaults,
)
from shanty.errors import UsageError
from shanty.source_date import VARIABLE as SOURCE_DATE

SHIPPED = shipped_docker() / "Dockerfile"
FOREIGN = (
    "FROM python:3.13 AS build\nfrom --platform=linux/amd64 build as Production\nFROM scratch\n"
)


@pytest.fixture
def dockerfile(tmp_path: Path) -> Path:
    """Return a Dockerfile of somebody else's."""
    file = tmp_path / "Dockerfile"
    file.write_text(FOREIGN, encoding="utf-8")
    return file


def test_stages_are_known_by_their_names_in_small_letters() -> None:
    assert stages(FOREIGN) == ["build", "production", ""]


def test_the_shipped_one_is_ours_and_has_every_target() -> None:
    assert not is_foreign(SHIPPED)
    check_stages(SHIPPED, TARGETS)


def test_one_without_staging_was_written_for_something_else(dockerfile: Path) -> None:
    assert is_foreign(dockerfile)


def test_one_without_any_stage_is_left_to_docker_to_complain_of(dockerfile: Path) -> None:
    dockerfile.write_text("# nothing yet\n", encoding="utf-8")
    assert not is_foreign(dockerfile)
    check_stages(dockerfile, TARGETS)


def test_one_that_is_not_utf_8_is_told(dockerfile: Path) -> None:
    dockerfile.write_bytes(b"FROM x AS staging\n# \xff\n")
    with pytest.raises(UsageError) as refused:
        check_stages(dockerfile, TARGETS)
    assert str(refused.value) == (
        f"{dockerfile}: byte 0xff is not UTF-8\nfix: save the file in UTF-8"
    )


def test_a_default_that_docker_refuses_is_left_to_docker(dockerfile: Path) -> None:
    dockerfile.write_text("ARG ONE='\nARG TWO='2'\n", encoding="utf-8")
    assert argument_defaults(dockerfile) == {"ONE": "'", "TWO": "2"}


def test_a_stage_that_is_missing_is_named(dockerfile: Path) -> None:
    dockerfile.write_text(f"{FOREIGN}FROM build AS staging\n", encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        check_stages(dockerfile, TARGETS)
    assert refused.value.what == f"{dockerfile} has no stage 'development'"
    assert refused.value.fix.endswith(f"init --force {dockerfile}")


def test_every_default_of_an_argument_is_replaced_and_a_bare_one_is_not() -> None:
    text = "ARG APP=a:b\nFROM x\nARG APP\nARG  APP='c'\nARG APPENDIX=1\n# ARG APP=2\n"
    assert with_defaults(text, {"APP": "web:app"}) == (
        "ARG APP=web:app\nFROM x\nARG APP\nARG APP=web:app\nARG APPENDIX=1\n# ARG APP=2\n"
    )


def test_a_default_is_quoted_where_docker_would_take_it_apart() -> None:
    values = {"APP": "web:make('a b')", "SERVE": 'run "$APP" \\1'}
    assert with_defaults("ARG APP=\nARG SERVE=\n", values) == (
        "ARG APP='web:make('\"'\"'a b'\"'\"')'\nARG SERVE='run \"$APP\" \\1'\n"
    )


@given(st.text(st.characters(exclude_characters="\r\n", exclude_categories=("C", "Zl", "Zp"))))
def test_a_default_is_read_back_as_it_was_meant(tmp_path_factory: object, value: str) -> None:
    text = with_defaults("ARG SERVE=\n", {"SERVE": value})
    assert re.fullmatch(r"ARG SERVE=.+\n", text)
    file = tmp_path_factory.getbasetemp() / "Dockerfile"  # type: ignore[attr-defined]
    file.write_text(text, encoding="utf-8")
    assert argument_defaults(file) == {"SERVE": value}


def test_a_value_over_several_lines_is_refused() -> None:
    with pytest.raises(UsageError, match="several lines"):
        with_defaults("ARG SERVE=\n", {"SERVE": "run\nmore"})


def test_scripts_with_line_ends_of_windows_are_named_with_the_command_that_mends_them(
    tmp_path: Path,
) -> None:
    for name in ("a.sh", "b c.sh", "d.py"):
        (tmp_path / name).write_bytes(b"#!/bin/sh\r\nexit 0\r\n")
    with pytest.raises(UsageError) as refused:
        check_line_ends(tmp_path)
    assert refused.value.what.startswith(f"{tmp_path / 'a.sh'} has CRLF line ends")
    command = refused.value.fix.partition("  (")[0]
    subprocess.run(["/bin/sh", "-euc", command], check=True)
    check_line_ends(tmp_path)
    assert (tmp_path / "b c.sh").read_bytes() == b"#!/bin/sh\nexit 0\n"


def test_each_argument_of_the_shipped_one_has_its_default_where_it_is_used() -> None:
    """A default that stands in another stage would be lost on who builds by plain docker."""
    above, *inside = SHIPPED.read_text(encoding="utf-8").split("\nFROM ")
    known = set(re.findall(r"^ARG (\w+)=", above, re.MULTILINE))
    for stage in inside:
        # The one that Docker itself knows has none.
        assert set(re.findall(r"^ARG (\w+)$", stage, re.MULTILINE)) <= {*known, SOURCE_DATE}


def test_the_shipped_files_are_the_checkout_s_or_the_installed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (shipped_docker() / "Dockerfile").is_file()
    (tmp_path / "docker").mkdir()
    monkeypatch.setattr("shanty.dockerfile.__file__", str(tmp_path / "dockerfile.py"))
    assert shipped_docker() == tmp_path / "docker"
