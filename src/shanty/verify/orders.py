"""The check of requests in flight, in a container whose app takes orders from its requests."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from shanty.verify.check import Check, judged, not_made
from shanty.verify.http import Page, ask
from shanty.verify.running import Running
from shanty.verify.trials import Needs, Trials

REQUESTS, REQUEST_SECONDS = 8, 4
# Until all of them have reached the app.
AT_WORK_SECONDS = 1.0


def with_orders(trials: Trials, needs: Needs, interface: str) -> tuple[Check, Page]:
    """Return the check of requests in flight, and the page of a fault inside the app."""
    name, nothing = "process/in-flight", Page("", 0, "", 0)
    if not interface:
        return not_made(name, "no application is known that could be told to take long"), nothing
    with trials.started(needs, interface) as container:
        if container.wait() != "answers":
            return not_made(name, "it does not answer with its app wrapped"), nothing
        page = ask(container.port, headers={"X-Shanty-Fault": "1"})
        page = replace(page, asked="a fault inside the app")
        return _in_flight(name, container), page


def _in_flight(name: str, container: Running) -> Check:
    """Stop a container while it is at work on requests, and count those that get no answer."""
    with ThreadPoolExecutor(REQUESTS) as pool:
        headers = {"X-Shanty-Delay": str(REQUEST_SECONDS)}
        asked = [pool.submit(ask, container.port, headers=headers) for _ in range(REQUESTS)]
        time.sleep(AT_WORK_SECONDS)
        container.stop()
        pages = [one.result() for one in asked]
    answered = [page for page in pages if page.status]
    if answered and max(page.seconds for page in answered) < REQUEST_SECONDS:
        return not_made(name, "its app could not be told to take long")
    lost = REQUESTS - len(answered)
    what = f"of {REQUESTS} requests of {REQUEST_SECONDS} s across a stop"
    return judged(name, [f"{lost} {what} were lost"] if lost else [], f"none {what} was lost")
