"""How many pages a second a server gives."""

import random
import re
import shutil
import subprocess
import threading
import time

from tests.bench import servers
from tests.bench.ledger import Ledger
from tests.bench.shapes import FLOOR, SHANTY, TASKS, Shape

PATHS = {"compute": "/compute", "wait": "/wait"}
CLIENTS = {"compute": 8, "wait": 32}
SECONDS = 4.0
# What the page computes, in a process for each processor, with no server and nobody who asks.
ALONE = """
import os, sys, time
readers = []
for _ in range(os.cpu_count()):
    reader, writer = os.pipe()
    if not os.fork():
        ends, count = time.monotonic() + float(sys.argv[1]), 0
        while time.monotonic() < ends:
            sum(number * number for number in range(600_000))
            count += 1
        os.write(writer, str(count).encode())
        os._exit(0)
    os.close(writer)
    readers.append(reader)
print(sum(int(os.read(reader, 99)) for reader in readers) / float(sys.argv[1]))
"""
WRK_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")


def rate(port: int, path: str, clients: int, seconds: float = SECONDS) -> float:
    """Return the pages a second, asked for by some clients at once."""
    if shutil.which("wrk"):
        return _rate_of_wrk(port, path, clients, seconds)
    ends = time.perf_counter() + seconds
    counts = [0] * clients

    def ask(client: int) -> None:
        while time.perf_counter() < ends:
            counts[client] += servers.page(port, path, 30)

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def _rate_of_wrk(port: int, path: str, clients: int, seconds: float) -> float:
    words = ["wrk", "--threads", "1", "--connections", str(clients)]
    words += ["--duration", f"{seconds:.0f}s", f"http://127.0.0.1:{port}{path}"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    found = WRK_RATE.search(said)
    return float(found[1]) if found else 0


def measure_throughput(
    shapes: list[Shape], ledger: Ledger, run: int, chance: random.Random
) -> None:
    """Serve each shape as it is out of the box, and ask for the two pages."""
    line = ["docker", "run", "--rm", "--entrypoint", "python", shapes[0].image(), "-c", ALONE]
    said = shapes[0].run([*line, str(SECONDS)]).said
    ledger.add("compute", FLOOR, run, float(said.split()[-1]), "/s")
    for shape in chance.sample(shapes, len(shapes)):
        if shape.name == SHANTY:
            shape.run([*TASKS, "prod", "--detach", "--port", str(servers.PORT)])
        else:
            shape.run(shape.serve("production", servers.NAME, servers.PORT))
        servers.until_page(servers.PORT)
        for measure, path in PATHS.items():
            rate(servers.PORT, path, CLIENTS[measure], 0.5)
            found = rate(servers.PORT, path, CLIENTS[measure])
            ledger.add(measure, shape.name, run, found, "/s")
        shape.run(
            [*TASKS, "clean"] if shape.name == SHANTY else ["docker", "rm", "-f", servers.NAME]
        )
