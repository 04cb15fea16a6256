"""A command that writes down how it was called and answers as it was told to.

The scripts that `fakes.py` makes call it as `fake_command.py FOLDER NAME ARGUMENT…`. The folder
holds `replies.json`, of which the last that fits counts, and takes `calls.jsonl`.
"""

import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

INSPECT = ["docker", "container", "inspect"]
STOPPING = (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)
HOLD_SECONDS = 60


def main(folder: Path, words: list[str]) -> int:
    """Record the call, do what the reply says, and return its exit code."""
    replies: list[dict[str, Any]] = json.loads((folder / "replies.json").read_text("utf-8"))
    reply = next((one for one in reversed(replies) if fits(one, words)), None)
    names = words[len(INSPECT) :] if words[: len(INSPECT)] == INSPECT else []
    if len(names) > 1 and not names[0].startswith("-"):
        reply = together(replies, names)
    record(folder, words=words, environment=dict(os.environ), files=named_files(words))
    if reply is None:
        print("no reply is scripted for:", *words, file=sys.stderr)
        return 99
    if reply["then"]:
        # Another may read it meanwhile.
        part = folder / f"replies.{os.getpid()}"
        part.write_text(json.dumps(replies + reply["then"]), "utf-8")
        part.replace(folder / "replies.json")
    for name in reply["makes"]:
        target = folder / "bin" / name
        target.write_bytes((folder / "launcher").read_bytes())
        target.chmod(0o755)
    for name in reply["writes"]:
        Path(name).touch()
    for name, text in reply["edits"]:
        Path(writable_mount(words), name).write_text(text, "utf-8")
    sys.stdout.write(reply["stdout"])
    sys.stderr.buffer.write(reply["stderr"].encode(errors="surrogateescape"))
    sys.stdout.flush()
    if reply["code"] < 0:
        os.kill(os.getpid(), -reply["code"])
    return hold(folder, words, reply["code"]) if reply["holds"] else reply["code"]


def together(replies: list[dict[str, Any]], names: list[str]) -> dict[str, Any]:
    """Return what is answered of several containers: what is answered of each."""
    each = [next(one for one in reversed(replies) if fits(one, [*INSPECT, name])) for name in names]
    found = [one for reply in each for one in json.loads(reply["stdout"])]
    return {
        **each[0],
        "stdout": json.dumps(found),
        "stderr": "".join(reply["stderr"] for reply in each),
        "code": max(reply["code"] for reply in each),
    }


def fits(reply: dict[str, Any], words: list[str]) -> bool:
    """Tell whether a reply is one to these words."""
    begins = words[: len(reply["to"])] == reply["to"]
    return begins and (not reply["word"] or reply["word"] in words)


def writable_mount(words: list[str]) -> str:
    """Return the folder of this machine that was mounted last, to be written to."""
    mounts = [word.split(",") for word in words if word.startswith("type=bind,")]
    sources = [fields[1] for fields in mounts if "readonly" not in fields]
    return sources[-1].removeprefix("source=")


def hold(folder: Path, words: list[str], code: int) -> int:
    """Run until a signal comes, and write down which."""
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    record(folder, words=words, holding=True)
    came = signal.sigtimedwait(STOPPING, HOLD_SECONDS)
    record(folder, words=words, signal=came.si_signo if came else None)
    return code


def named_files(words: list[str]) -> dict[str, str]:
    """Return the text of each file named as `NAME=PATH`, which may be gone afterwards."""
    paths = [Path(word.partition("=")[2]) for word in words if re.match(r"[\w:]+=/", word)]
    return {path.name: path.read_text("utf-8") for path in paths if path.is_file()}


def record(folder: Path, **values: object) -> None:
    """Add one line to the record."""
    with (folder / "calls.jsonl").open("a", encoding="utf-8") as calls:
        calls.write(json.dumps(values) + "\n")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
