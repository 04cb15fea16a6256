"""Where a build's steps are remembered for other machines, as `docker buildx build` takes it."""

import csv

# What begins or ends so is a folder; a registry's name does neither.
STARTS = ("/", "./", "../")


def cache_from(typed: str) -> str:
    """Return where to read from: a folder may be named alone, as buildx takes a registry's name."""
    return f"type=local,src={typed}" if _is_folder(typed) else typed


def cache_to(typed: str) -> str:
    """Return where to write to, a folder or a registry's name alone included.

    The steps of every stage are written, unless a mode is given: by those of the last one alone the
    next edit of a source would install everything. An image holds no more than its own.
    """
    if _is_folder(typed):
        typed = f"type=local,dest={typed}"
    elif "=" not in typed:
        typed = f"type=registry,ref={typed}"
    names = {name.strip(): value for name, _, value in map(_parted, next(csv.reader([typed])))}
    is_settled = "mode" in names or names.get("type", "inline") == "inline"
    return typed if is_settled else f"{typed},mode=max"


def _parted(field: str) -> tuple[str, str, str]:
    return field.partition("=")


def _is_folder(typed: str) -> bool:
    return typed in {".", ".."} or typed.startswith(STARTS) or typed.endswith("/")
