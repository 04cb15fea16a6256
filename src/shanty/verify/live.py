"""The checks that take a running container, and what it takes to have one."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace

from shanty.verify.check import Check, judged, not_made
from shanty.verify.orders import with_orders
from shanty.verify.pages import consoles, debugger, error_pages, tracebacks
from shanty.verify.process import first, health, stop
from shanty.verify.running import Running
from shanty.verify.trials import Attempt, Needs, Trials

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
            told = (live.reason, f"fix: {live.fix}") if live.fix else (live.reason,)
            start = Check("process/start", passed=False, evidence=told)
            return [start, *(not_made(name, "it does not start") for name in OF_A_START)]
        ordered = pool.submit(with_orders, trials, live.needs, interface)
        measured = health(live.container)
        insides, pages = live.container.insides(), error_pages(live.container)
        shown = consoles(live.container)
        # Once it is quiet here, for this is timed.
        in_flight, fault_page = ordered.result()
        healthy, stopped = stop(live.container, measured)
        return [
            judged("process/start", (), "it answers"),
            _port(live),
            first(live.container, insides),
            healthy,
            stopped,
            in_flight,
            _extra("rights/read-only", live, "its root file system is read-only, but for /tmp"),
            _extra("rights/capabilities", live, "it has no capability, and can gain none"),
            debugger(insides, shown, debuggers),
            tracebacks([*pages, fault_page]),
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
