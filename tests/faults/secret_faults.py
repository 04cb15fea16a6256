"""Faults of the secret."""
