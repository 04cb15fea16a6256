"""Reading `pyproject.toml`, and changing one value of it without touching another byte."""

import codecs
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shanty.errors import UsageError
from shanty.replacement import replace_file

Table = Mapping[str, Any]


def read_toml(path: Path) -> dict[str, Any]:
    """Return the TOML file as plain values; raise `UsageError` with file, line and column."""
    content = path.read_bytes()
    if content.startswith(codecs.BOM_UTF8):
        raise UsageError(
            f"{path} begins with a byte order mark, which Poetry does not read",
            "save the file in UTF-8 without a byte order mark",
        )
    try:
        return tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UsageError(
            f"{path}:{line}: byte {error.object[error.start]:#04x} is not UTF-8",
            "save the file in UTF-8",
        ) from error
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        last = content.count(b"\n") + 1
        position = ":".join(place.groups()) if place else str(last)
        reason = str(error).split(" (at ")[0]
        raise UsageError(
            f"{path}:{position}: invalid TOML: {reason}", f"mend line {position.split(':')[0]}"
        ) from error


def table(values: Table, dotted: str) -> Table:
    """Return the table at a dotted path, an empty one where there is none."""
    for key in dotted.split("."):
        found = values.get(key)
        values = found if isinstance(found, Mapping) else {}
    return values


def set_value(path: Path, dotted: str, value: str) -> bool:
    """Set one string in a TOML file, atomically; return whether the file changed.

    Every other byte stays. The result is read back and compared with what was meant before it
    takes the file's place, so a file that tomlkit cannot keep raises `UsageError` unharmed.
    """
    before = path.read_bytes().decode()
    *parents, key = dotted.split(".")
    try:
        expected = tomllib.loads(before)
        target = expected
        for parent in parents:
            target = target.setdefault(parent, {})
        if target.get(key) == value:
            return False
        target[key] = value
        after = _with_value(before, parents, key, value)
        kept = tomllib.loads(after) == expected
    except (AttributeError, TypeError, ValueError):
        kept = False
    if not kept:
        raise UsageError(
            f"{path}: {dotted} cannot be set to {value!r} without changing something else",
            f'write {key} = "{value}" under [{".".join(parents)}] yourself',
        )
    replace_file(path, after)
    return True


def _with_value(text: str, parents: list[str], key: str, value: str) -> str:
    """Return the text with one value set; raise `ValueError` where tomlkit cannot keep the rest."""
    import tomlkit  # noqa: PLC0415 - an editor is wanted by one task of fifteen

    document = tomlkit.parse(text)
    if tomlkit.dumps(document) != text:
        raise ValueError(text)
    container: Any = document
    for parent in parents:
        if parent not in container:
            # tomlkit adds no table to scattered or inline ones: at the end there is always room.
            line = f"[{'.'.join(parents)}]\n{key} = {tomlkit.string(value).as_string()}\n"
            after = text + ("" if text.endswith("\n") else "\n") + f"\n{line}" if text else line
            break
        container = container[parent]
    else:
        container[key] = value
        after = tomlkit.dumps(document)
    if "\r\n" in text and "\n" not in text.replace("\r\n", ""):
        after = after.replace("\r\n", "\n").replace("\n", "\r\n")
    return after
