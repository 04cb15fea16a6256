"""Reading `pyproject.toml`, and changing one value of it without touching another byte."""

import codecs
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from shanty.errors import UsageError
from shanty.replacement import replace_file

Table = Mapping[str, Any]
# What may stand as a value where one text is to stand.
SCALAR = r"""(?:\"{3}.*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|[\w.:+-]+)"""


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
    except RecursionError:
        raise UsageError(f"{path} nests deeper than anybody reads", "write it flatter") from None
    except ValueError as error:
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


def read_exactly(text: str) -> dict[str, Any]:
    """Return TOML as values to compare: floats as they are written, for `nan` equals nothing."""
    return tomllib.loads(text, parse_float=lambda written: (written,))


def set_value(path: Path, dotted: str, value: str) -> bool:
    """Set one string in a TOML file, atomically; return whether the file changed.

    Every other byte stays. The result is read back and compared with what was meant before it
    takes the file's place, so a file that this cannot be done to raises `UsageError` unharmed.
    """
    *parents, key = dotted.split(".")
    try:
        before = path.read_bytes().decode()
        expected = read_exactly(before)
        target = expected
        for parent in parents:
            target = target.setdefault(parent, {})
        if target.get(key) == value:
            return False
        change = _replaced if key in target else _added
        target[key] = value
        ways = change(before, parents, key, value)
        after = next((one for one in ways if _says(one, expected)), None)
    except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
        after = None
    if after is None:
        raise UsageError(
            f"{path}: {dotted} cannot be set to {value!r} without changing something else",
            f'write {key} = "{value}" under [{".".join(parents)}] yourself',
        )
    replace_file(path, after)
    return True


def _says(text: str, expected: Table) -> bool:
    try:
        return read_exactly(text) == expected
    except tomllib.TOMLDecodeError:
        return False


def _replaced(text: str, _: list[str], key: str, value: str) -> Iterator[str]:
    """Yield the text with the value in place of each that may be the one that is meant."""
    for found in re.finditer(rf"{re.escape(key)}[\"']?[ \t]*=[ \t]*({SCALAR})", text, re.DOTALL):
        start, end = found.span(1)
        yield f"{text[:start]}{_written(value)}{text[end:]}"


def _added(text: str, parents: list[str], key: str, value: str) -> Iterator[str]:
    """Yield the text with one line more, or one table where there is none."""
    import tomlkit  # noqa: PLC0415 - an editor is wanted by one task of fifteen

    pair = f"{key} = {_written(value)}"
    document = container = tomlkit.parse(text)
    for parent in parents:
        if parent not in container:
            # tomlkit adds no table to scattered or inline ones: at the end there is always room.
            start = text + ("" if text.endswith("\n") else "\n") + "\n" if text else ""
            after = f"{start}[{'.'.join(parents)}]\n{pair}\n"
            break
        container = container[parent]
    else:
        container[key] = value
        after = tomlkit.dumps(document)
    if "\r\n" in text and "\n" not in text.replace("\r\n", ""):
        after = after.replace("\r\n", "\n").replace("\n", "\r\n")
    if _holds(after, text):
        yield after
    yield from _added_in_line(text, parents[-1], pair)


def _added_in_line(text: str, table_name: str, pair: str) -> Iterator[str]:
    """Yield the text with one value more in each table in one line, which tomlkit spaces anew."""
    inside = rf"{re.escape(table_name)}[\"']?[ \t]*=[ \t]*{{[^\n{{}}]*?(?=[ \t]*}})"
    for found in re.finditer(inside, text):
        mark = " " if found[0].endswith("{") else ", "
        yield f"{text[: found.end()]}{mark}{pair}{text[found.end() :]}"


def _written(value: str) -> str:
    """Return a text as TOML writes it."""
    import tomlkit  # noqa: PLC0415 - as above

    return tomlkit.string(value).as_string()


def _holds(after: str, before: str) -> bool:
    """Tell whether a text is another one with something put in at one place."""
    alike = enumerate(zip(before, after, strict=False))
    same = next((at for at, (one, other) in alike if one != other), len(before))
    return after.endswith(before[same:])
