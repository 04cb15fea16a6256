"""Take a Poetry project into Docker with a suite of Invoke tasks."""

from shanty import signals

signals.watch()

from shanty.tasks import ns  # noqa: E402 - an interrupt may come while it is imported

__all__ = ["ns"]
