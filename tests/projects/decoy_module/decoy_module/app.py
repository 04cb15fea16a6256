"""What this program is called."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AppInfo:
    """A name and a version, for the page's footer."""

    name: str
    version: str


app = AppInfo("decoy_module", "0.1.0")
