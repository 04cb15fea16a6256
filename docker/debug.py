"""Become a command whose Python listens for a debugger on SHANTY_DEBUG_PORT.

`debug.py [NAME=VALUE…] COMMAND` is for the server's own command. What that starts is debugged too,
and so it may start itself anew after an edit.
"""

import os
import shutil
import sys

DEBUGPY = "/opt/development/debugpy"
WITH_VALUE = ("-W", "-X")

words = sys.argv[1:]
while words and ("=" in words[0] or words[0] == "env"):
    name, given, value = words.pop(0).partition("=")
    if given:
        os.environ[name] = value

program = shutil.which(words[0]) or words[0]
python, flags = sys.executable, []
words[0] = program
if os.path.basename(program).startswith("python"):
    python = words.pop(0)
    # Python's own come before what it runs.
    while words and words[0].startswith("-") and words[0] not in {"-m", "-c"}:
        flags += [words.pop(0) for _ in words[: 1 + (words[0] in WITH_VALUE)]]

listen = f"0.0.0.0:{os.environ['SHANTY_DEBUG_PORT']}"
# Its own modules are frozen on newer Pythons, of which nothing is to be said here.
os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
os.execv(python, [python, *flags, DEBUGPY, "--listen", listen, *words])
