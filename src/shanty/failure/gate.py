"""The tests that kept production from being built, by what pytest said of them."""

import re
import shlex

from shanty.door import door
from shanty.failure.case import Diagnosis

# How the Dockerfile says it.
ENDED = re.compile(r"^test gate: pytest ended with exit code (?P<code>\d+)\s*$", re.MULTILINE)
WITHOUT = re.compile(r"^test gate: no group of the lock has pytest\s*$", re.MULTILINE)
# How pytest ends, with its own decoration or without.
COUNTS = re.compile(r"^=*\s*(?P<counts>\d+ \w+(?:, \d+ \w+)*) in \d[\d.:() s]*=*\s*$", re.MULTILINE)
RED = re.compile(r"^(?:FAILED|ERROR) (?P<test>\S.*?)(?: - .*)?\s*$", re.MULTILINE)
SHOWN = 3
NOTHING_COLLECTED = 5


def red_tests(said: str) -> Diagnosis | None:
    """Explain a gate that is shut, `None` where there is none or it is open."""
    ended = ENDED.search(said)
    if WITHOUT.search(said):
        fix = f"{door()} add --group test pytest, or build without --build-arg TEST_GATE=true"
        return Diagnosis("no group of the lock has pytest, which the test gate runs", fix)
    if ended is None:
        return None
    if int(ended["code"]) == NOTHING_COLLECTED:
        return Diagnosis(
            "test-gate = true, and pytest found no tests",
            "write one, as in tests/test_app.py, or take test-gate out of [tool.shanty]",
        )
    tests = list(dict.fromkeys(RED.findall(said)))
    return Diagnosis(_what(said, ended["code"], tests), _command(tests))


def _what(said: str, code: str, tests: list[str]) -> str:
    counts = COUNTS.findall(said)
    summary = counts[-1] if counts else f"pytest ended with exit code {code}"
    more = [f"and {len(tests) - SHOWN} more"] if len(tests) > SHOWN else []
    named = ", ".join([*tests[:SHOWN], *more])
    return f"the tests failed ({summary}){named and ': '}{named}"


def _command(tests: list[str]) -> str:
    """Return the command that shows it: those tests alone, where they are few."""
    words = tests if len(tests) <= SHOWN else []
    return shlex.join([door(), "run", "--", "pytest", *words])
