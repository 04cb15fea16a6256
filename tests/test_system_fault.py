"""What the operating system refuses ends as two lines, whatever was refused."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest
from invoke.context import Context
from invoke.exceptions import Exit

from shanty.system_fault import system_fault
from shanty.tasks.task import task


@pytest.mark.parametrize(
    ("error", "what", "fix"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "/a b/poetry.lock"),
            "/a b/poetry.lock: no space left on device",
            "make room where it lies: df -h '/a b/poetry.lock'",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", b"/a"),
            "/a: permission denied",
            "see who may: ls -ld /a",
        ),
        (
            OSError(errno.EIO, "Input/output error", "/a", None, "/b"),
            "/b: input/output error",
            "mend what the system names: ls -ld /b",
        ),
        (
            OSError(errno.ENOMEM, "Cannot allocate memory"),
            "the system refuses: cannot allocate memory",
            "mend what it names, then try again",
        ),
        (
            TimeoutError(),
            "the system refuses: timeouterror",
            "mend what it names, then try again",
        ),
    ],
)
def test_a_refusal_of_the_system_names_the_path(error: OSError, what: str, fix: str) -> None:
    fault = system_fault(error)
    assert (fault.what, fault.fix, fault.exit_code) == (what, fix, 3)


def test_a_task_that_the_system_refuses_something_has_no_traceback(tmp_path: Path) -> None:
    missing = tmp_path / "missing"

    @task(engine=False)
    def look(_c: Context) -> None:
        missing.read_bytes()

    with pytest.raises(Exit) as ended:
        look(Context())
    assert str(ended.value) == (
        f"{missing}: no such file or directory\nfix: mend what the system names: ls -ld {missing}"
    )
    assert ended.value.code == 3


def test_a_reader_that_has_read_enough_ends_a_task_without_a_word() -> None:
    line = f"{sys.executable} -m shanty config | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["/bin/bash", "-c", line], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("141\n", "")
