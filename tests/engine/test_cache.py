"""What a rebuild does again, and what it does not."""

import os
import re
import secrets
import subprocess

from tests.engine.projects import GIT
from tests.engine.support import Workspace, edit


def fresh() -> str:
    """Return what no build before can have cached."""
    return secrets.token_hex(4)


def executed(progress: str) -> list[str]:
    """Return the steps that a build did not take from its cache."""
    steps = dict(re.findall(r"^#(\d+) (\[\w[\w-]* +\d+/\d+\] .*)$", progress, re.MULTILINE))
    done = set(re.findall(r"^#(\d+) DONE", progress, re.MULTILINE))
    return [step for number, step in steps.items() if number in done]


def installs(steps: list[str]) -> list[str]:
    """Return the steps that install from a list of requirements."""
    return [step for step in steps if "--require-hashes" in step]


def build_both(workspace: Workspace) -> list[str]:
    """Build the images that people run and return the steps executed for either."""
    targets = ("production", "development")
    builds = [workspace.invoke("build", "--target", target).stderr for target in targets]
    return [step for progress in builds for step in executed(progress)]


def test_a_second_build_executes_no_step(workspace: Workspace) -> None:
    build_both(workspace)
    assert [step for step in build_both(workspace) if "RUN" in step] == []


def test_a_source_edit_reinstalls_no_dependency(workspace: Workspace) -> None:
    build_both(workspace)
    pages = workspace.sample / "src/coach_planner/pages.py"
    edit(pages, '"ok"', f'"{fresh()}"')
    steps = build_both(workspace)
    assert any("wheel.py make" in step for step in steps)
    assert installs(steps) == []


def test_a_commit_that_leaves_the_dependencies_reinstalls_none(workspace: Workspace) -> None:
    """Its time is the project's own layer's alone."""
    for seconds in (1_600_000_000, int(fresh(), 16) // 4 + 1):
        date = {**os.environ, "GIT_COMMITTER_DATE": f"@{seconds} +0000"}
        with (workspace.sample / "README.md").open("a", encoding="utf-8") as readme:
            readme.write("More.\n")
        for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "x"]):
            subprocess.run([*GIT, *words], cwd=workspace.root, env=date, check=True)
        done = workspace.invoke("build")
        assert f"SOURCE_DATE_EPOCH={seconds}" in done.stderr
    steps = executed(done.stderr)
    assert any("wheel.py make" in step for step in steps)
    assert installs(steps) == []
    assert [step for step in steps if step.startswith("[shipped ")] == []
    assert len([step for step in steps if step.startswith("[shipped-wheel ")]) == 1


def test_a_version_bump_lists_and_reinstalls_no_dependency(workspace: Workspace) -> None:
    build_both(workspace)
    edit(
        workspace.sample / "pyproject.toml",
        'version = "0.1.0"',
        f'version = "0.2.{int(fresh(), 16)}"',
    )
    steps = build_both(workspace)
    assert any("wheel.py make" in step for step in steps)
    assert [step for step in steps if "poetry export" in step] == []
    assert installs(steps) == []


def test_a_change_of_tool_settings_lists_and_reinstalls_no_dependency(workspace: Workspace) -> None:
    build_both(workspace)
    manifest = workspace.sample / "pyproject.toml"
    manifest.write_text(
        manifest.read_text() + f"\n[tool.pytest.ini_options]\nminversion = '9.{int(fresh(), 16)}'\n"
    )
    steps = build_both(workspace)
    assert any("wheel.py make" in step for step in steps)
    assert [step for step in steps if "poetry export" in step] == []
    assert installs(steps) == []


def test_a_changed_dependency_fetches_none_of_the_others(workspace: Workspace) -> None:
    """Take one package off the lock; a hash more on another makes the list a new one."""
    workspace.invoke("build")
    lock = workspace.sample / "poetry.lock"
    text = lock.read_text(encoding="utf-8")
    entry = re.search(r'\[\[package\]\]\nname = "click"\n.*?\n\n(?=\[\[)', text, re.DOTALL)
    files = re.search(r'name = "blinker".*?files = \[\n', text, re.DOTALL)
    assert entry
    assert files
    more = f'    {{file = "blinker-1.9.0.zip", hash = "sha256:{secrets.token_hex(32)}"}},\n'
    text = text.replace(files[0], files[0] + more).replace(entry[0], "")
    lock.write_text(text, encoding="utf-8")
    progress = workspace.invoke("build").stderr
    assert len(installs(executed(progress))) == 1
    assert "+ blinker==1.9.0" in progress
    assert "+ click==" not in progress
    assert "Downloading" not in progress
    assert "Prepared" not in progress


def test_a_changed_hash_fails_the_build_and_names_the_package(workspace: Workspace) -> None:
    lock = workspace.sample / "poetry.lock"
    text = lock.read_text(encoding="utf-8")
    entry = re.search(r'name = "blinker".*?\n\n', text, re.DOTALL)
    assert entry
    spoilt = re.sub(r"sha256:\w{4}", "sha256:0000", entry[0])
    lock.write_text(text.replace(entry[0], spoilt), encoding="utf-8")
    failed = workspace.invoke("build", code=1)
    what, fix = failed.stderr.splitlines()[-2:]
    assert what == (
        "the build of production failed: the file of blinker 1.9.0 is not the one in the lock: "
        "its hash differs"
    )
    assert fix.endswith("invoke update blinker")
