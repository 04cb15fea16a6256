"""What gunicorn needs to know to serve from a container.

A file and not options, because a release of gunicorn passes over the settings that it does not
know. `GUNICORN_CMD_ARGS` overrides every one of them.
"""

import os
from pathlib import Path

LARGEST_DEFAULT = 4


def cpus() -> int:
    """Return how many processors this container may use, at least one.

    Read from the scheduler and from the quota of cgroups, version 2 or 1.
    """
    allowed = len(os.sched_getaffinity(0))
    cgroup = Path("/sys/fs/cgroup")
    for quota_file, period_file in (
        ("cpu.max", "cpu.max"),
        ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"),
    ):
        try:
            quota = (cgroup / quota_file).read_text().split()[0]
            period = (cgroup / period_file).read_text().split()[-1]
        except OSError:
            continue
        if quota not in {"max", "-1"}:
            allowed = min(allowed, int(quota) // int(period))
    return max(allowed, 1)


bind = f"0.0.0.0:{os.environ.get('PORT') or 8888}"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(cpus(), LARGEST_DEFAULT))
threads = 8

# The heartbeat is a file: in memory, it neither wears a disk nor needs a writable one.
worker_tmp_dir = "/dev/shm"

# The control socket wants a home folder that can be written to.
control_socket_disable = True

# A configuration of the project's own has the last word, but for the port: that is the container's.
own = Path("gunicorn.conf.py")
if own.is_file():
    exec(compile(own.read_bytes(), str(own), "exec"))  # noqa: S102 - as gunicorn does
