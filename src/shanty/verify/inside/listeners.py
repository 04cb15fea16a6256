"""Print as JSON what the first process is, and what listens where: address, port, whose."""

import glob
import json
import os

LISTENING = "0A"
LOOPBACK = ("0100007F", "00000000000000000000000001000000")


def sockets(pid):
    """Return the numbers of the sockets that a process holds."""
    found = set()
    for path in glob.glob(f"/proc/{pid}/fd/*"):
        try:
            found.add(os.readlink(path))
        except OSError:
            pass
    return found


def listeners():
    """Return port, whether it is the container's own alone, and socket of all that listens."""
    found = []
    for name in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            with open(name) as table:
                rows = [line.split() for line in table][1:]
        except OSError:
            rows = []
        for row in rows:
            address, port = row[1].split(":")
            if row[3] == LISTENING:
                found.append((int(port, 16), address in LOOPBACK, f"socket:[{row[9]}]"))
    return found


def family():
    """Return the numbers of the first process and of those that it has started."""
    found = ["1"]
    for path in glob.glob("/proc/[0-9]*/stat"):
        try:
            with open(path) as stat:
                text = stat.read()
        except OSError:
            continue
        # The name, in brackets, may hold anything.
        if text.rpartition(")")[2].split()[1] == "1":
            found.append(path.split("/")[-2])
    return found


with open("/proc/1/cmdline") as command:
    first = command.read().split("\0")[:-1]
own = set().union(*(sockets(pid) for pid in family()))
print(
    json.dumps(
        {
            "command": first,
            "listeners": [
                [port, loopback, socket in own] for port, loopback, socket in listeners()
            ],
        }
    )
)
