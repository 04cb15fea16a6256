"""A week's training plan on one page."""

from coach_planner.application import create_app

__all__ = ["create_app"]
