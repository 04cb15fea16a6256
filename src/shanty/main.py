"""The `shanty` command: the same tasks, in a project that has no `tasks.py`."""

from importlib.metadata import version

from invoke.config import Config
from invoke.program import Program

from shanty.tasks import ns


class _OwnConfig(Config):
    """Invoke's defaults alone: an `invoke.yaml` belongs to somebody else's tasks."""

    prefix = "shanty"
    file_prefix = "shanty-reads-no-file"  # type: ignore[assignment]


def main() -> None:
    """Run the command line."""
    Program(
        name="Shanty",
        binary="shanty",
        version=version("shanty"),
        namespace=ns,
        config_class=_OwnConfig,
    ).run()
