"""The wait for a container to be ready, and what is told of one that will not be."""

import sys
import time
from collections.abc import Callable

from shanty import engine
from shanty.errors import ShantyError
from shanty.failure.case import SEE_ABOVE, Diagnosis, failure

POLL_SECONDS = 0.1
# From a container's log, and whether the kernel ended a process of it for its memory.
Explain = Callable[[str, bool], Diagnosis | None]


def wait_until(name: str, ready: Callable[[], bool], seconds: float, explain: Explain) -> None:
    """Wait until a container is ready.

    Raises `RunError` when it ends first, or is not ready in time, after showing its last lines;
    `explain` finds the reason in them.
    """
    deadline = time.monotonic() + seconds
    while not ready():
        state = engine.state(name)
        if not state.is_running:
            how = f"ended with exit code {state.exit_code} before it answered"
            raise _failed(name, how, explain, starved=state.is_starved)
        if state.is_starved:
            # Its server would start another one, again and again.
            how = "had a process killed before it answered"
            raise _failed(name, how, explain, starved=True)
        if time.monotonic() > deadline:
            probe = f" ({state.last_probe})" if state.last_probe else ""
            how = f"does not answer after {seconds:.0f} s{probe}"
            raise _failed(name, how, explain, starved=False, otherwise=_way_out(probe))
        time.sleep(POLL_SECONDS)


def _way_out(probe: str) -> str:
    """Return what mends a health check that fails, by what it said."""
    if "/" in probe and " answers " in probe:
        return '[tool.shanty] health-path = "/…", a page that answers below 400'
    if "refused" in probe:
        return "let it listen where PORT says: serve = '… --bind \"0.0.0.0:$PORT\"'"
    return SEE_ABOVE


def _failed(
    name: str, how: str, explain: Explain, *, starved: bool, otherwise: str = SEE_ABOVE
) -> ShantyError:
    log = engine.last_lines(name)
    print(log, file=sys.stderr, flush=True)
    return failure(f"{name} {how}", explain(log, starved), otherwise)
