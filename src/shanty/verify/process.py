"""The checks that take a running container: its process, its port, its rights, its error pages."""

import secrets
import shlex
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import PurePath

from shanty.failure.case import masked
from shanty.verify.check import Check, judged, not_made
from shanty.verify.http import Page, ask
from shanty.verify.running import Insides, Running
from shanty.verify.trials import Attempt, Needs, Trials

# What a server's own process is not: a shell, or what looks after other processes.
WRAPPERS = {
    *("sh", "bash", "dash", "ash", "zsh", "busybox", "env", "su", "sudo", "gosu", "su-exec"),
    *("tini", "dumb-init", "docker-init", "s6-svscan", "supervisord", "poetry", "uv", "make"),
}
DEVELOPING = {"--reload", "--debug", "runserver"}
TRACEBACKS = ("Traceback (most recent call last)", "Traceback</", "DEBUG = True")
CONSOLES = ("__debugger__", "Werkzeug Debugger", "Interactive Console")
CONSOLE_PATHS = ("/?__debugger__=yes&cmd=resource&f=debugger.js", "/console")
HEALTHY_SECONDS, HEALTHY_LIMIT = 1.0, 5.0
STOP_SECONDS = 1.0
# A machine that is busy is slow now and then; an image that is slow is slow each time.
MEASUREMENTS = 5
REQUESTS, REQUEST_SECONDS = 8, 4
# Until all of them have reached the app.
AT_WORK_SECONDS = 1.0
OF_A_START = (
    *("process/port", "process/first", "process/health", "process/stop", "process/in-flight"),
    *("rights/read-only", "rights/capabilities", "rights/debugger", "rights/tracebacks"),
)


@dataclass(frozen=True)
class Live:
    """A container that answers, what it takes for that, and why, by the check that this fails."""

    container: Running
    needs: Needs
    reasons: dict[str, str]


def live_checks(trials: Trials, interface: str, debuggers: Sequence[str]) -> list[Check]:
    """Return the checks of a container that is started as `prod` would start it.

    `interface` is what the app speaks, empty where that is not known; `debuggers` are those that
    the files show.
    """
    with ExitStack() as stack, ThreadPoolExecutor() as pool:
        live = _start(trials, stack)
        if isinstance(live, Attempt):
            start = Check("process/start", passed=False, evidence=(live.reason,))
            return [start, *(not_made(name, "it does not start") for name in OF_A_START)]
        ordered = pool.submit(_with_orders, trials, live.needs, interface)
        measured = _health(live.container)
        insides, pages = live.container.insides(), _pages(live.container)
        consoles = [ask(live.container.port, path) for path in CONSOLE_PATHS]
        # Once it is quiet here, for this is timed.
        in_flight, fault_page = ordered.result()
        health, stop = _stop(live.container, measured)
        return [
            judged("process/start", (), "it answers"),
            _port(live),
            _first(live.container, insides),
            health,
            stop,
            in_flight,
            _extra("rights/read-only", live, "its root file system is read-only, but for /tmp"),
            _extra("rights/capabilities", live, "it has no capability, and can gain none"),
            _debugger(insides, consoles, debuggers),
            _tracebacks([*pages, fault_page]),
        ]


def _start(trials: Trials, stack: ExitStack) -> Live | Attempt:
    """Start the image as `prod` would; where it does not answer so, with the least it takes.

    Returns the first attempt where nothing makes it answer.
    """
    needs, reasons = Needs(), {}
    container, first = _try(trials, needs, stack)
    attempt = first
    if attempt.port and not attempt.loopback:
        reasons["process/port"] = f"{attempt.reason}, and PORT is {container.inner_port}"
        needs = replace(needs, port=attempt.port)
        container, attempt = _try(trials, needs, stack)
    more = {
        "rights/capabilities": replace(needs, capabilities=True),
        "rights/read-only": replace(needs, writable=True),
    }
    for check, wider in more.items():
        if attempt.outcome == "ended":
            container, again = _try(trials, wider, stack)
            if again.outcome == "answers":
                reasons[check], needs, attempt = attempt.reason, wider, again
    if attempt.outcome != "answers":
        return first
    if attempt.reason:
        reasons["rights/read-only"] = attempt.reason
    return Live(container, needs, reasons)


def _try(trials: Trials, needs: Needs, stack: ExitStack) -> tuple[Running, Attempt]:
    """Start a container, and keep it on the stack if it answers."""
    with ExitStack() as own:
        container = own.enter_context(trials.started(needs))
        attempt = trials.attempt(container)
        if attempt.outcome == "answers":
            stack.enter_context(own.pop_all())
        return container, attempt


def _extra(name: str, live: Live, otherwise: str) -> Check:
    """Return the check that an image needs nothing more than it is given."""
    return judged(name, [live.reasons[name]] if name in live.reasons else [], otherwise)


def _port(live: Live) -> Check:
    return _extra("process/port", live, f"it answers on {live.container.inner_port}, as PORT says")


def _first(container: Running, insides: Insides) -> Check:
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


def _health(container: Running) -> tuple[bool, float]:
    """Return whether a container that answers gets healthy, and after how many seconds."""
    started = time.monotonic()
    healthy = container.wait_for_health(HEALTHY_LIMIT)
    return healthy, time.monotonic() - started


def _stop(container: Running, health: tuple[bool, float]) -> tuple[Check, Check]:
    """Measure health and stop until both are as they should be, a few times at most."""
    probe = container.last_probe()
    stop = container.stop()
    for _ in range(MEASUREMENTS - 1):
        if (not health[0] or health[1] <= HEALTHY_SECONDS) and stop[0] <= STOP_SECONDS:
            break
        container.start_again()
        container.wait()
        health = min(health, _health(container), key=lambda one: (not one[0], one[1]))
        stop = min(stop, container.stop(), key=lambda one: (one[1], one[0]))
    return _judged_health(*health, probe), _judged_stop(*stop)


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
    faults += [f"it took {seconds:.1f} s to stop"] if seconds > STOP_SECONDS else []
    return judged("process/stop", faults, f"stopped in {seconds:.1f} s with exit code 0")


def _with_orders(trials: Trials, needs: Needs, interface: str) -> tuple[Check, Page]:
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


def _pages(container: Running) -> list[Page]:
    """Return what the app shows of itself when it is asked for what it has not got."""
    nowhere = f"/{secrets.token_hex(8)}"
    return [
        ask(container.port, nowhere),
        ask(container.port, f"{nowhere}/%ff%00"),
        ask(container.port, method="SHANTY"),
    ]


def _debugger(insides: Insides, consoles: Sequence[Page], found: Sequence[str]) -> Check:
    shown = masked(shlex.join(insides.command))
    faults = list(found)
    if set(insides.command) & DEVELOPING or "flask run" in shown:
        faults.append(f"the server is one for development: {shown}")
    faults += [
        f"{page.asked} answers with a debugger" for page in consoles if _signs(page, CONSOLES)
    ]
    return judged("rights/debugger", faults, "none is installed, switched on or answers")


def _tracebacks(pages: Sequence[Page]) -> Check:
    shown = [page for page in pages if page.status]
    faults = [f"{page.asked} shows {sign!r}" for page in shown for sign in _signs(page, TRACEBACKS)]
    return judged("rights/tracebacks", faults, f"none on {len(shown)} error pages")


def _signs(page: Page, signs: Sequence[str]) -> list[str]:
    return [sign for sign in signs if sign in page.text]
