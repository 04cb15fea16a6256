"""The checks of a container's process: which is the first, when it is healthy, how it stops."""

import os
import shlex
import time
from pathlib import PurePath

from shanty.failure.case import masked
from shanty.verify.check import Check, judged, not_made
from shanty.verify.running import Insides, Running

# What a server's own process is not: a shell, or what looks after other processes.
WRAPPERS = {
    *("sh", "bash", "dash", "ash", "zsh", "busybox", "env", "su", "sudo", "gosu", "su-exec"),
    *("tini", "dumb-init", "docker-init", "s6-svscan", "supervisord", "poetry", "uv", "make"),
}
HEALTHY_SECONDS, HEALTHY_LIMIT = 1.0, 5.0
STOP_SECONDS = 1.0
# A machine that is busy is slow now and then; an image that is slow is slow each time.
MEASUREMENTS = 5


def first(container: Running, insides: Insides) -> Check:
    """Ask that the first process is the server, which signals and exit codes are then for."""
    if not insides.command:
        return not_made("process/first", "its processes cannot be looked at")
    shown = masked(shlex.join(insides.command))
    own = [one for one in insides.listeners if one.port == container.inner_port and one.is_server]
    faults = []
    if PurePath(insides.command[0]).name in WRAPPERS:
        faults.append(f"process 1 is no server: {shown}")
    elif not own:
        faults.append(f"process 1 does not listen, nor what it has started: {shown}")
    return judged("process/first", faults, f"process 1 is {shown}")


def health(container: Running) -> tuple[bool, float]:
    """Return whether a container that answers gets healthy, and after how many seconds."""
    started = time.monotonic()
    healthy = container.wait_for_health(HEALTHY_LIMIT)
    return healthy, time.monotonic() - started


def stop(container: Running, measured: tuple[bool, float]) -> tuple[Check, Check]:
    """Measure health and stop until both are as they should be, a few times at most."""
    probe = container.last_probe()
    stopped = container.stop()
    for _ in range(MEASUREMENTS - 1):
        if (not measured[0] or measured[1] <= HEALTHY_SECONDS) and stopped[0] <= STOP_SECONDS:
            break
        container.start_again()
        container.wait()
        measured = min(measured, health(container), key=lambda one: (not one[0], one[1]))
        stopped = min(stopped, container.stop(), key=lambda one: (one[1], one[0]))
    return _judged_health(*measured, probe), _judged_stop(*stopped)


def _judged_health(healthy: bool, seconds: float, probe: str) -> Check:  # noqa: FBT001
    said = f": {probe}" if probe else ""
    faults = []
    if not healthy:
        faults.append(f"not healthy {seconds:.0f} s after it answers{said}")
    elif seconds > HEALTHY_SECONDS:
        faults.append(f"healthy only {seconds:.1f} s after it answers")
    return judged("process/health", faults, f"healthy {seconds:.1f} s after it answers")


def _judged_stop(seconds: float, code: int) -> Check:
    faults = [f"it ended with exit code {code}"] if code else []
    if seconds > STOP_SECONDS:
        load = f"the load here is {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
        faults.append(f"it took {seconds:.1f} s to stop ({load})")
    return judged("process/stop", faults, f"stopped in {seconds:.1f} s with exit code 0")
