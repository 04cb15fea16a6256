"""Which of the two doors a person came through."""

import sys
from pathlib import Path


def door() -> str:
    """Return `invoke` or `shanty`, so that a fix can be typed as it stands."""
    return "shanty" if Path(sys.argv[0]).stem in {"shanty", "__main__"} else "invoke"
