"""Scripts that go to the builder with the line ends of Windows, and so do not run."""

import os
import shlex
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from shanty.doctor.finding import Check, Note, Seen
from shanty.doctor.sent import Sent
from shanty.errors import UsageError
from shanty.request import shown

SHELLS = {"sh", "bash", "dash"}
WHY = "The kernel looks for an interpreter whose name ends with a carriage return."


def script_check(read: Callable[[], Sent]) -> Check:
    """Return the look at the line ends of scripts."""
    return Check("scripts", WHY, partial(_scripts, read))


def _scripts(read: Callable[[], Sent]) -> Iterator[Seen]:
    sent = read()
    found = [path for path in sent.paths if _is_spoilt(sent.start_of(path))]
    for path in found:
        file = sent.context.root / path
        fix = f"sed -i 's/\\r$//' {shlex.quote(shown(file))}"
        what = f"{path} has the line ends of Windows"
        runs = file.parent.name == "docker" or os.access(file, os.X_OK)
        yield UsageError(what, fix) if runs else Note(what, fix)
    if not found:
        yield "none has the line ends of Windows"


def _is_spoilt(content: bytes) -> bool:
    """Tell whether a file is a script that does not run for its line ends."""
    first, _, rest = content.partition(b"\n")
    if not first.startswith(b"#!"):
        return False
    words = {Path(word).name for word in os.fsdecode(first[2:]).split()}
    return first.endswith(b"\r") or (bool(words & SHELLS) and b"\r\n" in rest)
