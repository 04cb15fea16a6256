"""Shanty measured beside the other ways, on one machine; `nox -s bench` runs it."""
