"""The command line."""

from decoy_module.app import app


def main() -> None:
    """Print the version."""
    print(app.name, app.version)
