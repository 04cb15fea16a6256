"""Questions to Docker's client, put ahead of need: it answers while Python goes on."""

import subprocess
from typing import NamedTuple

ENGINE_VERSION = ("docker", "version", "-f", "{{json .}}")
BUILDX_VERSION = ("docker", "buildx", "version")
INFORMATION = ("docker", "system", "info", "-f", "{{json .}}")

_ahead: dict[tuple[str, ...], "subprocess.Popen[bytes]"] = {}


class Reply(NamedTuple):
    """What Docker's client said, and its exit code."""

    stdout: str
    stderr: str
    code: int


def put(*questions: tuple[str, ...]) -> None:
    """Put questions that will be asked soon; one that cannot be put says so when it is asked."""
    for words in questions:
        if words not in _ahead:
            try:
                _ahead[words] = _start(words)
            except OSError:
                return


def ask(words: tuple[str, ...], seconds: float | None = None) -> Reply:
    """Return the answer to a question, put ahead or not.

    Raises `subprocess.TimeoutExpired` where there is none in these seconds, and `OSError` where
    there is no client.
    """
    process = _ahead.pop(words, None) or _start(words)
    try:
        stdout, stderr = process.communicate(timeout=seconds)
    except BaseException:
        _end(process)
        raise
    code = process.returncode
    return Reply(stdout.decode(errors="replace"), stderr.decode(errors="replace"), code)


def drop() -> None:
    """Give up what was put and not asked."""
    while _ahead:
        _end(_ahead.popitem()[1])


def _start(words: tuple[str, ...]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def _end(process: "subprocess.Popen[bytes]") -> None:
    with process:
        process.kill()
