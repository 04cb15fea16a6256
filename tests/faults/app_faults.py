"""Faults of the app."""
