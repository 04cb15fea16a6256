"""What will come of a server that does not answer yet, as far as it can be told already."""

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from shanty import engine
from shanty.errors import ShantyError
from shanty.failure.case import Diagnosis, failure
from shanty.failure.crash_loop import crash_loop
from shanty.failure.listening import FILES, elsewhere, only_inside
from shanty.terminal import say

# Not at once: most are ready before anybody has to look.
LOOK_SECONDS = 3
# Enough for ten tracebacks.
LINES = 1000


@dataclass
class Outlook:
    """A server that is waited for: its container, the address here, the command of `serve`.

    An app may take its time. What ends the wait is what no time mends: a port that is open to the
    container alone, and workers that end again and again.
    """

    name: str
    host: str
    port: int
    serve: str | None
    ready: Callable[[], bool]
    explain: Callable[[str], Diagnosis | None]
    looked: float = field(default_factory=time.monotonic)
    has_said: bool = False

    def is_ready(self) -> bool:
        """Tell whether it serves; raise `RunError` where it never will."""
        if self.ready():
            # A health check asks from the inside.
            if not engine.answers(self.host, self.port):
                self._refuse(only_inside(self._sockets(), self.port, self.serve))
            return True
        if time.monotonic() - self.looked > LOOK_SECONDS:
            self._say_once()
            self.looked = time.monotonic()
            self._refuse(only_inside(self._sockets(), self.port, self.serve))
            self._refuse_loop()
        return False

    def _say_once(self) -> None:
        """Say what is waited for; a minute without a word is long."""
        if not self.has_said:
            say(f"waiting for {self.name}, which does not answer yet")
        self.has_said = True

    def missed(self) -> Diagnosis | None:
        """Return where it listens instead, once it has been waited for in vain."""
        return elsewhere(self._sockets(), self.port, self.serve)

    def _sockets(self) -> str:
        """Return what the kernel says of the container's sockets, nothing where it has no `cat`."""
        with suppress(ShantyError):
            return engine.run_inside(self.name, ["cat", *FILES])
        return ""

    def _refuse_loop(self) -> None:
        log = engine.last_lines(self.name, LINES)
        if loop := crash_loop(log):
            self._refuse(self.explain(log) or loop, "ends again and again before it answers")

    def _refuse(self, reason: Diagnosis | None, how: str = "serves nobody") -> None:
        if reason:
            print(engine.last_lines(self.name), file=sys.stderr, flush=True)
            raise failure(f"{self.name} {how}", reason)
