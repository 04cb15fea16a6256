"""Sums."""


def total(amounts: list[int]) -> int:
    """Return the sum of the amounts."""
    return sum(amounts)
