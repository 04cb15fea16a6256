"""Layers on top of each other: the file system that they make."""

from collections.abc import Iterable

from shanty.image.file import File

# In a layer, a name with this before it says that what lies below is gone.
# Source: OCI image specification, "Whiteouts".
GONE = ".wh."
ALL_GONE = ".wh..wh..opq"


def merge(layers: Iterable[Iterable[File]]) -> dict[str, File]:
    """Return what is left to be seen of layers, the lowest first, by path."""
    seen: dict[str, File] = {}
    for layer in layers:
        files = list(layer)
        for file in files:
            _take_away(seen, file)
        seen.update((file.path, file) for file in files if not file.name.startswith(GONE))
    return seen


def _take_away(seen: dict[str, File], file: File) -> None:
    """Remove what an entry hides: what it says is gone, or what lay in a folder it replaces."""
    parent = file.path.rpartition("/")[0]
    if file.name == ALL_GONE:
        _remove_below(seen, parent)
    elif file.name.startswith(GONE):
        gone = f"{parent}/{file.name.removeprefix(GONE)}"
        seen.pop(gone, None)
        _remove_below(seen, gone)
    elif file.kind != "folder" and file.path in seen and seen[file.path].kind == "folder":
        _remove_below(seen, file.path)


def _remove_below(seen: dict[str, File], folder: str) -> None:
    for path in [path for path in seen if path.startswith(f"{folder}/")]:
        del seen[path]
