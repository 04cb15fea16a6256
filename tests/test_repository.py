"""What the repository's own files promise one another."""

from pathlib import Path

from shanty.project import find_project
from shanty.settings import Given, resolve_one
from shanty.sync import differences

ROOT = Path(__file__).parents[1]


def test_ci_runs_the_test_line_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for line in readme.splitlines() if line.startswith("apt-get update")]
    assert len(lines) == 2
    assert lines[1] in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()


def test_the_first_screen_of_the_readme_holds_both_lines() -> None:
    screen = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:40]
    assert sum(line.startswith("apt-get update") for line in screen) == 2


def test_the_dockerfile_has_the_versions_of_the_sample() -> None:
    project = find_project(ROOT)
    versions = [
        str(resolve_one(key, Given(project, None, {}, {})).value)
        for key in ("poetry-version", "python-version", "base-image")
    ]
    assert differences(project, *versions) == []


def test_no_lock_names_an_index() -> None:
    """A lock made through a mirror must not say so."""
    for lock in (ROOT / "poetry.lock", ROOT / "examples/coach_planner/poetry.lock"):
        assert "[package.source]" not in lock.read_text(encoding="utf-8")
