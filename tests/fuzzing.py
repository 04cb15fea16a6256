"""How long what is made up is tried: a moment, or with `SHANTY_FUZZ=long` many minutes."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings

IS_LONG = os.environ.get("SHANTY_FUZZ") == "long"


def examples(quick: int, times: int = 50) -> Callable[..., Any]:
    """Return the settings for a test of this many examples, the same ones every time.

    A long run tries some times as many, other ones each time.
    """
    return settings(
        max_examples=quick * (times if IS_LONG else 1),
        derandomize=not IS_LONG,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
