"""Take a Poetry project into Docker with a suite of Invoke tasks."""

import gc

from shanty import signals

signals.watch()
if signals.is_command():
    # It is over before a search for garbage pays.
    gc.set_threshold(100_000)

from shanty.tasks import ns  # noqa: E402 - an interrupt may come while it is imported

__all__ = ["ns"]
