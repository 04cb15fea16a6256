"""The same task eight times at once: all are served, or told who was first."""

import re
import subprocess
import sys
from collections.abc import Sequence

import pytest

from tests.engine.support import docker, get
from tests.faults.place import Place, traces

TIMES = 8


def together(place: Place, words: Sequence[str]) -> list[tuple[int, str]]:
    """Run a task eight times at once; return the exit code and the errors of each."""
    line = [sys.executable, "-m", "shanty", *words]
    processes = [
        subprocess.Popen(
            line,
            cwd=place.root,
            env=place.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(TIMES)
    ]
    said = [process.communicate(timeout=300)[1] for process in processes]
    return [(one.returncode, text) for one, text in zip(processes, said, strict=True)]


@pytest.mark.parametrize(
    "words", [("build",), ("run", "--", "true"), ("config",), ("sync", "--poetry-version", "2.4.1")]
)
def test_a_task_that_shares_nothing_is_fine_eight_times_at_once(
    words: tuple[str, ...], place: Place
) -> None:
    before = traces(place)
    for code, said in together(place, words):
        assert code == 0, said
    changed = [name for name in traces(place).new(before) if "pyproject.toml" not in name]
    assert changed == []


@pytest.mark.parametrize("task", ["prod", "dev"])
def test_one_of_eight_servers_has_the_port_and_the_others_name_it(task: str, place: Place) -> None:
    done = together(place, (task, "--detach"))
    codes = sorted(code for code, _ in done)
    assert codes == [0, *[3] * (TIMES - 1)], done
    for said in (said for code, said in done if code):
        what, fix = said.splitlines()[-2:]
        assert re.search(rf"port {place.port} is taken by|the container \S+ (is|was) ", what), said
        assert fix.startswith("fix: ")
    assert get(place.port)[0] == 200
    names = docker("ps", "--all", "--format", "{{.Names}}", "--filter", f"name={place.image}")
    assert names.stdout.splitlines() == [f"{place.image}-{task}-{place.port}"]


def test_eight_edits_at_once_leave_a_lock_that_one_of_them_wrote(place: Place) -> None:
    """What somebody else has changed meanwhile is left as it is, and said."""
    done = together(place, ("add", "itsdangerous"))
    assert any(code == 0 for code, _ in done), done
    for said in (said for code, said in done if code):
        assert "Traceback" not in said
        assert said.splitlines()[-1].startswith("fix: "), said
    assert place.shanty("run", "--", "python", "-c", "import itsdangerous").code == 0
    assert not list(place.root.glob(".*.toml.*")) + list(place.root.glob(".poetry.lock.*"))
