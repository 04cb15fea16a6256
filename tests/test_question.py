"""Questions that are put ahead of need."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shanty import question
from shanty.question import Reply

HANGING = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture(autouse=True)
def nothing_put() -> Iterator[None]:
    """Leave nothing that runs on."""
    yield
    question.drop()


def counting(file: Path) -> tuple[str, ...]:
    """Return a command that writes a line to a file and says how many there are now."""
    code = (
        "import sys; f = open(sys.argv[1], 'a+'); f.write('x\\n'); f.seek(0); print(len(f.read()))"
    )
    return (sys.executable, "-c", code, str(file))


def test_an_answer_is_what_is_said_and_the_code() -> None:
    code = "import sys; print('yes'); sys.stderr.buffer.write(b'caf\\xe9'); sys.exit(3)"
    said = question.ask((sys.executable, "-c", code))
    assert said == Reply("yes\n", "caf\N{REPLACEMENT CHARACTER}", 3)


def test_what_was_put_ahead_is_not_asked_again(tmp_path: Path) -> None:
    words = counting(tmp_path / "asked")
    question.put(words)
    question.put(words)
    assert question.ask(words).stdout == "2\n"
    assert question.ask(words).stdout == "4\n"


def test_who_has_no_client_is_told_when_asking() -> None:
    question.put(("no-such-client",))
    with pytest.raises(FileNotFoundError):
        question.ask(("no-such-client",))


def test_one_that_never_answers_is_ended() -> None:
    question.put(HANGING)
    started = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        question.ask(HANGING, 0.1)
    assert time.monotonic() - started < 20


def test_what_nobody_asked_is_ended() -> None:
    started = time.monotonic()
    question.put(HANGING)
    question.drop()
    assert time.monotonic() - started < 20
