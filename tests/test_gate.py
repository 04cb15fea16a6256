"""From what pytest said in a build to one sentence on which tests failed, and a fix."""

import pytest

from shanty.failure.gate import red_tests

RED = """\
============================= test session starts ==============================
collected 4 items

tests/test_pages.py .F.F                                                 [100%]
------------------------------ Captured log call -------------------------------
ERROR    harbour:pages.py:10 the quay is full
=========================== short test summary info ============================
FAILED tests/test_pages.py::test_week - assert 404 == 200
FAILED tests/test_pages.py::test_day[a b] - AssertionError: assert 'a' == ...
========================= 2 failed, 2 passed in 0.12s ==========================
test gate: pytest ended with exit code 1
"""
BROKEN = """\
==================================== ERRORS ====================================
=========================== short test summary info ============================
ERROR tests/test_pages.py - ModuleNotFoundError: No module named 'quay'
!!!!!!!!!!!!!!!!!!!! Interrupted: 1 error during collection !!!!!!!!!!!!!!!!!!!!
=============================== 1 error in 0.40s ===============================
test gate: pytest ended with exit code 2
"""


def explain(said: str) -> tuple[str, str]:
    """Return what is said of a gate that is shut."""
    found = red_tests(said)
    assert found
    return found.what, found.fix.partition(" ")[2]


def test_the_tests_that_failed_are_named_with_the_command_that_shows_them() -> None:
    assert explain(RED) == (
        (
            "the tests failed (2 failed, 2 passed): "
            "tests/test_pages.py::test_week, tests/test_pages.py::test_day[a b]"
        ),
        "run -- pytest tests/test_pages.py::test_week 'tests/test_pages.py::test_day[a b]'",
    )


def test_a_file_that_cannot_be_collected_is_named() -> None:
    assert explain(BROKEN) == (
        "the tests failed (1 error): tests/test_pages.py",
        "run -- pytest tests/test_pages.py",
    )


def test_of_many_the_first_are_named_and_all_are_run() -> None:
    names = [f"test_x.py::test_{number}" for number in range(5)]
    lines = "".join(f"FAILED {name}\n" for name in names)
    said = f"{lines}5 failed in 61.50s (0:01:01)\ntest gate: pytest ended with exit code 1\n"
    what = f"the tests failed (5 failed): {', '.join(names[:3])}, and 2 more"
    assert explain(said) == (what, "run -- pytest")


def test_what_names_no_test_says_how_pytest_ended() -> None:
    assert explain("ERROR: unknown option\ntest gate: pytest ended with exit code 4\n") == (
        "the tests failed (pytest ended with exit code 4)",
        "run -- pytest",
    )


def test_a_project_without_tests_is_told_so() -> None:
    found = red_tests("no tests ran in 0.01s\ntest gate: pytest ended with exit code 5\n")
    assert found
    assert found.what == "test-gate = true, and pytest found no tests"
    assert found.fix == (
        "write one, as in tests/test_app.py, or take test-gate out of [tool.shanty]"
    )


def test_a_development_image_without_pytest_is_told() -> None:
    found = red_tests("test gate: no group of the lock has pytest\n")
    assert found
    assert found.what == "no group of the lock has pytest, which the test gate runs"
    assert found.fix.startswith("invoke add --group test pytest")


@pytest.mark.parametrize(
    "said",
    [
        "1 passed in 0.01s\n",
        'process "sh -c pytest || { echo "test gate: pytest ended with exit code $code" }" ended\n',
        '  90 | >>> if ! then echo "test gate: no group of the lock has pytest"\n',
    ],
)
def test_a_gate_that_is_open_is_not_explained(said: str) -> None:
    assert red_tests(said) is None
