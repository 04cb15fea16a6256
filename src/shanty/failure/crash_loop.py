"""Workers that end as soon as they are started, and that their server starts again and again."""

import re

from shanty.failure.case import Diagnosis, masked

# More than anybody needs who waits for something by ending, and few enough to be told soon.
DEATHS = 10
# How gunicorn and uvicorn say it.
DIED = re.compile(
    r"Worker \(pid:\d+\) (?:was sent (?P<signal>SIG\w+)|exited with code (?P<code>[1-9]\d*))"
    r"|Child process \[\d+\] died"
)
# What servers say themselves begins so, with a time or a level.
SERVERS_OWN = re.compile(r"\[\d{4}-|[A-Z]+: ")


def crash_loop(log: str) -> Diagnosis | None:
    """Return that the workers of a log end again and again, `None` where they do not."""
    deaths = list(DIED.finditer(log))
    if len(deaths) < DEATHS:
        return None
    last = deaths[-1]
    how = f" with exit code {last['code']}" if last["code"] else ""
    how = f" by {last['signal']}" if last["signal"] else how
    others = (line.strip() for line in reversed(log.splitlines()))
    said = next((line for line in others if line and not SERVERS_OWN.match(line)), "")
    told = f", the last one after it said: {masked(said)}" if said else " and say nothing"
    return Diagnosis(
        f"its workers end again and again{how}{told}",
        "mend what ends the process (exit, a signal, a library that crashes): its log names "
        "above what it said",
    )
