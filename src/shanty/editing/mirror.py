"""The mirror of the package index that Poetry asks in its place, by a plugin."""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from shanty.dependencies.constraint import admits
from shanty.errors import RunError, UsageError
from shanty.index_secrets import MIRROR, reached_indexes

PLUGIN = "poetry-plugin-pypi-mirror"
# Which of its releases goes with which of Poetry's.
PLUGINS = {">=2.1": ">=0.6.2,<0.7", ">=2.0": "==0.5.0", ">=1.3": "==0.4.2", ">=1.2.1": "==0.2.0"}
# pip's settings by the variables that uv, which installs the plugin, reads.
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
}


def mirror_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that lead Poetry, and uv, to a mirror; none where there is none."""
    indexes = reached_indexes(environment)
    own = {name: environment[name] for name in (MIRROR,) if name in environment}
    mirror = {**indexes, **reached_indexes({**own, "PIP_CONFIG_FILE": os.devnull})}.get("index-url")
    if not mirror:
        return {}
    given = {name: indexes[key] for key, name in UV_VARIABLES.items() if key in indexes}
    return {MIRROR: mirror} | given | {UV_VARIABLES["index-url"]: mirror}


def plugin_for(poetry_version: str) -> str:
    """Return the plugin as a requirement; raise `UsageError` where none suits that Poetry."""
    for constraint, releases in PLUGINS.items():
        if admits(constraint, poetry_version, "poetry-version"):
            return f"{PLUGIN}{releases}"
    raise UsageError(
        f"Poetry {poetry_version} asks no mirror: {PLUGIN} needs 1.2.1 or newer",
        f'set [tool.shanty] poetry-version = "2.5.1", or unset {MIRROR} and pip\'s index-url',
    )


def check_unnamed(
    mirror: str, before: Mapping[str, bytes | None], after: Mapping[str, bytes]
) -> None:
    """Raise `RunError` where a file came to name the mirror, which the project does not."""
    host = (urlsplit(mirror).hostname or mirror).encode()
    if any(host in (content or b"") for content in before.values()):
        return
    for name, content in after.items():
        if host in content:
            raise RunError(
                f"Poetry wrote the mirror's address into {name}, so it stays as it was",
                "make the mirror a [[tool.poetry.source]] of the project's, or unset it",
            )
