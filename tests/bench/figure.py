"""A value as a person reads it."""

MEGA = 1_000_000
KILO = 1000


def write(value: float, unit: str) -> str:
    """Return a value with its unit."""
    if unit == "s":
        return f"{value:.2f} s" if value < 10 else f"{value:.1f} s"
    if unit == "B":
        return f"{value / MEGA:.1f} MB" if value >= MEGA else f"{value / KILO:.1f} kB"
    if unit == "/s":
        return f"{value:.0f}/s"
    return f"{value:g}"


def times(value: float) -> str:
    """Return a ratio, to two figures."""
    return f"{value:.0f}×" if value >= 10 else f"{value:.1f}×" if value >= 2 else f"{value:.2f}×"
