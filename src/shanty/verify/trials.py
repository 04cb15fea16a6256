"""The trials of an image: its containers, started as `prod` would, and what it takes to start."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from shanty import engine, terminal
from shanty.container import ContainerOptions, Trial, trial_server
from shanty.context import Context
from shanty.failure.case import Diagnosis, masked
from shanty.port import free_port
from shanty.request import Request
from shanty.verify.http import HOST
from shanty.verify.running import Running, running


@dataclass(frozen=True)
class Needs:
    """What it takes for an image to answer: by default no more than `prod` gives it.

    `port` is the one that it insists on, `None` where it takes the one it is given.
    """

    port: int | None = None
    capabilities: bool = False
    writable: bool = False


@dataclass(frozen=True)
class Attempt:
    """How a start went, as `Running.wait` has it: why, the fix, and where else it listens."""

    outcome: str
    reason: str = ""
    fix: str = ""
    port: int | None = None
    loopback: bool = False


@dataclass(frozen=True)
class Trials:
    """An image, and what `prod` would start it with.

    `start` are the words that the image is started with, `explain` tells why a log ended.
    """

    context: Context
    options: ContainerOptions
    image: str
    base_name: str
    start: tuple[str, ...]
    explain: Callable[[str], Diagnosis | None]

    @contextmanager
    def started(self, needs: Needs, interface: str = "") -> Iterator[Running]:
        """Start a container, whose app takes orders where its interface is given."""
        asked, trial = self.trial(needs, interface)
        terminal.announce(asked)
        with running(asked, trial.port, trial.inner_port) as container:
            yield container

    def trial(self, needs: Needs = Needs(), interface: str = "") -> tuple[Request, Trial]:
        """Return the start of a container, and what is peculiar to it."""
        port = free_port()
        trial = Trial(
            image=self.image,
            name=f"{self.base_name}-verify-{secrets.token_hex(3)}",
            port=port,
            inner_port=needs.port or port,
            capabilities=needs.capabilities,
            interface=interface,
            start=self.start,
        )
        options = replace(self.options, writable=needs.writable)
        return trial_server(self.context, options, trial), trial

    def attempt(self, container: Running) -> Attempt:
        """Wait until a container answers, or tell why it does not."""
        outcome = container.wait()
        if outcome == "answers":
            return Attempt(outcome, self._fault(container))
        listeners = container.insides().listeners if outcome == "elsewhere" else ()
        if listeners:
            one = min(listeners, key=lambda one: (one.loopback, not one.is_server))
            alone = ", where the container alone reaches it" if one.loopback else ""
            return Attempt(
                outcome,
                f"it listens on {one.port}{alone}",
                port=one.port,
                loopback=one.loopback,
            )
        log = engine.last_lines(container.name)
        reason = self.explain(log)
        last = log.splitlines()[-1] if log else "it said nothing"
        return Attempt(
            outcome, reason.what if reason else masked(last), reason.fix if reason else ""
        )

    def _fault(self, container: Running) -> str:
        """Return why an app that answers could not write, empty where that is not its trouble."""
        if not engine.is_at_fault(HOST, container.port):
            return ""
        reason = self.explain(engine.last_lines(container.name))
        return reason.what if reason and "--writable" in reason.fix else ""
