"""Workers that end as soon as they are started, and that their server starts again and again."""

import pytest

from shanty.failure.crash_loop import DEATHS, crash_loop

CODE = """\
[2026-11-22 21:01:36 +0000] [223] [INFO] Worker exiting (pid: 223)
no license: token=abc
[2026-11-22 21:01:36 +0000] [1] [ERROR] Worker (pid:223) exited with code 1.
"""
SIGNAL = """\
[2026-11-22 21:01:36 +0000] [1] [ERROR] Worker (pid:223) was sent SIGSEGV!
[2026-11-22 21:01:36 +0000] [224] [INFO] Booting worker with pid: 224
"""
UVICORN = """\
INFO:     Waiting for child process [9]
INFO:     Child process [9] died
"""


@pytest.mark.parametrize(
    ("death", "what"),
    [
        (CODE, " with exit code 1, the last one after it said: no license: token=…"),
        (SIGNAL, " by SIGSEGV and say nothing"),
        (UVICORN, " and say nothing"),
    ],
)
def test_workers_that_die_again_and_again_are_told(death: str, what: str) -> None:
    found = crash_loop(death * DEATHS)
    assert found
    assert found.what == f"its workers end again and again{what}"


@pytest.mark.parametrize("death", [CODE, SIGNAL, UVICORN])
def test_a_few_deaths_are_no_loop(death: str) -> None:
    assert crash_loop(death * (DEATHS - 1)) is None


def test_workers_that_end_as_they_should_are_no_loop() -> None:
    assert crash_loop(CODE.replace("code 1", "code 0") * DEATHS) is None
