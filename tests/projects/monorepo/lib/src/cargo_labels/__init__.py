"""Labels for crates."""


def label(place: str) -> str:
    """Return what is written on a crate from a place."""
    return f"hello from {place}"
