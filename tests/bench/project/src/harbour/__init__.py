"""An app to measure with."""

from harbour.application import create_app

__all__ = ["create_app"]
