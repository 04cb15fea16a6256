"""What Invoke itself costs, with Shanty's tasks and with others."""

import os
import random
import re
import sys
from pathlib import Path

from tests.bench import process
from tests.bench.ledger import Ledger
from tests.bench.shapes import FLOOR, SHANTY

INVOKE = [sys.executable, "-m", "invoke"]
HEAD = '"""Tasks that do nothing."""\n\nfrom invoke import task\n'
TASK = '\n\n@task\ndef task_{number}(c):\n    """Do nothing."""\n'
TASKS_OF_SHANTY = '"""Take this project into Docker."""\n\nfrom shanty import ns\n'
LISTED = re.compile(r"^  \S", re.MULTILINE)
AGAIN = 5


def make_folders(folder: Path) -> dict[str, Path]:
    """Make a folder with Shanty's tasks, and one with as many that do nothing."""
    folders = {SHANTY: folder / SHANTY, FLOOR: folder / "bare"}
    for one in folders.values():
        one.mkdir(parents=True)
    (folders[SHANTY] / "tasks.py").write_text(TASKS_OF_SHANTY, encoding="utf-8")
    listed = process.run([*INVOKE, "--list"], folders[SHANTY], os.environ).said
    tasks = "".join(TASK.format(number=number) for number in range(len(LISTED.findall(listed))))
    (folders[FLOOR] / "tasks.py").write_text(HEAD + tasks, encoding="utf-8")
    return folders


def imports_whales(folder: Path) -> bool:
    """Tell whether listing the tasks imports python-on-whales."""
    words = [sys.executable, "-X", "importtime", "-m", "invoke", "--list"]
    return "python_on_whales" in process.run(words, folder, os.environ).said


def measure_list(folders: dict[str, Path], ledger: Ledger, run: int, chance: random.Random) -> None:
    """List the tasks of each folder."""
    for _ in range(AGAIN):
        for name in chance.sample(list(folders), len(folders)):
            seconds = process.run([*INVOKE, "--list"], folders[name], os.environ).seconds
            ledger.add("list", name, run, seconds)
    ledger.add("whales", SHANTY, run, imports_whales(folders[SHANTY]), "imports")
