"""The `[tool.shanty]` table of a project that has none: what was found, one line a key."""

import tomllib
from collections.abc import Mapping, Sequence

from shanty.errors import UsageError
from shanty.project import Project
from shanty.pyproject import read_exactly, table
from shanty.recipe import Recipe
from shanty.settings import Resolved, Value

# Written down even where nobody gave them a value: what is found changes as the world does.
ALWAYS = ("app", "python-version", "poetry-version")


def found_settings(resolved: Resolved, recipe: Recipe) -> dict[str, Value]:
    """Return what is worth writing down: what the images hang on, and what was given elsewhere.

    A group or an extra that has the server belongs to it.
    """
    rows = {key: value for key, value, _ in resolved.rows()}
    given = rows.keys() - resolved.found
    brought = {"groups": recipe.production.groups, "extras": recipe.production.extras}
    for key, names in brought.items():
        if names:
            rows[key] = tuple(dict.fromkeys((*getattr(resolved.settings, key), *names)))
            given |= {key}
    keys = (*ALWAYS, *(key for key in rows if key in given and key not in ALWAYS))
    return {key: rows[key] for key in keys if rows[key]}


def settings_lines(found: Mapping[str, Value]) -> list[str]:
    """Return the table as TOML."""
    import tomlkit  # noqa: PLC0415 - an editor is wanted by two tasks

    items = {
        key: list(value) if isinstance(value, tuple) else value for key, value in found.items()
    }
    return [
        "[tool.shanty]",
        *(f"{key} = {tomlkit.item(value).as_string()}" for key, value in items.items()),
    ]


def with_settings(project: Project, lines: Sequence[str]) -> str:
    """Return the project's `pyproject.toml` with a table at its end, every other byte kept.

    Raises `UsageError` where the file takes none there, for it has its tables in one line, say.
    """
    before = project.pyproject_file.read_bytes().decode()
    newline = "\r\n" if before.count("\n") == before.count("\r\n") > 0 else "\n"
    after = before if before.endswith("\n") else before + newline
    after += "".join(line + newline for line in ("", *lines))
    added = read_exactly("\n".join(lines))["tool"]
    said = read_exactly(before)
    expected = {**said, "tool": {**table(said, "tool"), **added}}
    try:
        kept = read_exactly(after) == expected
    except tomllib.TOMLDecodeError:
        kept = False
    if not kept:
        raise UsageError(
            f"{project.pyproject_file} takes no [tool.shanty] at its end",
            f"write it there yourself, with {', '.join(lines[1:])}",
        )
    return after
