"""Faults of the tree."""
