"""The tests as a gate before production: closed, open, and not there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.projects import build_words, shanty
from tests.engine.support import CHECKOUT, Workspace, docker, edit
from tests.engine.test_cache import executed, fresh

GATED = {"SHANTY_TEST_GATE": "true"}
TESTS = "tests/test_coach_planner.py"
BROKEN = 'page.count("<p>Rest</p>") == 7', 'page.count("<p>Rest</p>") == 8'


def layers(image: str) -> str:
    """Return the digests of an image's layers."""
    return docker("image", "inspect", "--format", "{{json .RootFS.Layers}}", image).stdout


def gate(progress: str) -> list[str]:
    """Return the steps of the gate that a build executed."""
    return [step for step in executed(progress) if "pytest" in step]


def renew(project: Path) -> None:
    """Make the tests others than any build before has run."""
    with (project / TESTS).open("a", encoding="utf-8") as file:
        file.write(f"\n# {fresh()}\n")


def test_a_red_test_stops_production_and_is_named(workspace: Workspace) -> None:
    edit(workspace.sample / TESTS, *BROKEN)
    failed = workspace.invoke("build", code=1, env=GATED)
    assert "assert 7 == 8" in failed.stderr
    what, fix = failed.stderr.splitlines()[-2:]
    name = f"{TESTS}::test_an_empty_week_rests_on_every_day"
    assert what.startswith("the build of production failed: the tests failed (1 failed, ")
    assert what.endswith(f" passed): {name}")
    assert fix == f"fix: invoke run -- pytest {name}"
    assert docker("image", "inspect", workspace.tag("production"), code=None).returncode == 1
    shown = workspace.invoke(*fix.split()[2:], code=1)
    assert "assert 7 == 8" in shown.stdout


def test_green_tests_pass_and_leave_nothing_in_production(workspace: Workspace) -> None:
    renew(workspace.sample)
    progress = workspace.invoke("build").stderr
    assert gate(progress) == []
    without = layers(workspace.tag("production"))
    progress = workspace.invoke("build", env=GATED).stderr
    assert len(gate(progress)) == 1
    assert " passed in " in progress
    assert layers(workspace.tag("production")) == without


def test_without_a_gate_a_red_test_stops_nothing(workspace: Workspace) -> None:
    edit(workspace.sample / TESTS, *BROKEN)
    assert gate(workspace.invoke("build").stderr) == []


@pytest.mark.parametrize("ship", ["wheel", "files", "both"])
def test_plain_docker_has_the_gate_too(workspace: Workspace, ship: str) -> None:
    edit(workspace.sample / TESTS, *BROKEN)
    dockerfile = str(workspace.root / "docker" / "Dockerfile")
    asked = ("--build-arg", f"SHIP={ship}", "--build-arg", "TEST_GATE=true")
    words = (*build_words(workspace.sample), *asked, str(workspace.root))
    failed = docker("build", "--file", dockerfile, *words, code=1)
    assert "test gate: pytest ended with exit code 1" in failed.stderr


def test_the_tests_run_where_no_network_is(workspace: Workspace) -> None:
    tests = workspace.sample / TESTS
    with tests.open("a", encoding="utf-8") as file:
        file.write(
            "\n\ndef test_nothing_answers() -> None:\n"
            "    import socket\n\n"
            "    assert [name for _, name in socket.if_nameindex() if name != 'lo'] == []\n"
        )
    workspace.invoke("build", env=GATED)


def test_a_project_without_tests_is_told_so(workspace: Workspace) -> None:
    (workspace.sample / TESTS).unlink()
    failed = workspace.invoke("build", code=1, env=GATED)
    assert failed.stderr.splitlines()[-2] == (
        "the build of production failed: test-gate = true, and pytest found no tests"
    )


@pytest.fixture
def unowned(tmp_path: Path) -> Iterator[Path]:
    """Return the sample as a project that has nothing for Docker and ships its wheel."""
    sample = CHECKOUT / "examples" / "coach_planner"
    folder = shutil.copytree(
        sample, tmp_path / "coach", ignore=shutil.ignore_patterns("__pycache__", ".*_cache")
    )
    manifest = folder / "pyproject.toml"
    text = manifest.read_text(encoding="utf-8")
    assert "[tool.shanty]\n" in text
    gated = f'[tool.shanty]\nimage = "shanty-test-{tmp_path.name.lower()}"\ntest-gate = true\n'
    manifest.write_text(text.replace("[tool.shanty]\n", gated), encoding="utf-8")
    yield folder
    shanty(folder, "clean", "--images", code=None)


def test_the_tests_of_what_is_shipped_as_a_wheel_are_sent_and_run(unowned: Path) -> None:
    renew(unowned)
    assert " passed in " in shanty(unowned, "build").stderr
    edit(unowned / TESTS, *BROKEN)
    assert "the tests failed (1 failed, " in shanty(unowned, "build", code=1).stderr
