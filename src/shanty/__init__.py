"""Take a Poetry project into Docker with a suite of Invoke tasks."""

import atexit
import gc

from shanty import signals

signals.watch()

# A command is over before a search for garbage pays: there are few, and none at the end.
gc.set_threshold(100_000)
atexit.register(gc.freeze)

from shanty.tasks import ns  # noqa: E402 - an interrupt may come while it is imported

__all__ = ["ns"]
