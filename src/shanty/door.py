"""Which of the two doors a person came through."""

import sys
from pathlib import Path


def door() -> str:
    """Return `invoke` or `shanty`, so that a fix can be typed as it stands."""
    command = Path(sys.argv[0])
    name = command.parent.name if command.stem == "__main__" else command.stem
    return "shanty" if name == "shanty" else "invoke"
