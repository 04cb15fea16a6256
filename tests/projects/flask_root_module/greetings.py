"""Words for visitors."""


def greeting(name):
    """Return a greeting from somebody."""
    return f"hello from {name}"
