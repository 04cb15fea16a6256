"""Take a Poetry project into Docker with a suite of Invoke tasks."""

from shanty.tasks import ns

__all__ = ["ns"]
