"""What can be read of a source that this Python does not parse as a whole."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

# Enough for a module in the newest syntax; an end for what is no Python at all.
TRIES = 60
CHARACTERS = 4_000_000
# What ast.parse raises of any source.
FAULTS = (SyntaxError, ValueError, RecursionError, MemoryError)
NOTHING = "pass"
# What a line begins with that goes on with the statement above.
GOES_ON = re.compile(r"[)\]}]|(elif|else|except|finally|case)\b")


def readable_parts(content: bytes) -> ast.Module | None:
    """Return the tree of a source without the statements that the parser stumbles over.

    An app in newer syntax than this Python knows is found so. `None` where nothing helps.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding)
    except (SyntaxError, ValueError):
        return None
    lines = re.split(r"\r\n|[\r\n]", text)
    for _ in range(min(TRIES, CHARACTERS // (len(text) + 1))):
        tree = _parsed(lines)
        if not isinstance(tree, int):
            return tree
        found = _without(lines, tree)
        if found is None:
            return None
        lines = found
    return None


def _parsed(lines: list[str]) -> ast.Module | int | None:
    """Return the tree, the number of the line that is at fault, or `None` where none is."""
    try:
        return ast.parse("\n".join(lines))
    except SyntaxError as error:
        return min(error.lineno or 0, len(lines))
    except FAULTS:
        return None


def _without(lines: list[str], fault: int) -> list[str] | None:
    """Return the lines without the smallest statement around a fault that mends it."""
    # What was put in for a statement is at fault where something above it does without one.
    said = (one for one in range(fault - 1, -1, -1) if _says_something(lines[one]))
    at = next((one for one in said if lines[one].strip() != NOTHING), None)
    if at is None:
        return None
    found: list[str] = []
    for start, end in _statements(lines, at):
        found = [*lines[:start], _indent(lines[start]) + NOTHING, *[""] * (end - start - 1)]
        found += lines[end:]
        after = _parsed(found)
        if not isinstance(after, int) or not start < after <= end:
            break
    return found


def _statements(lines: list[str], at: int) -> Iterator[tuple[int, int]]:
    """Yield where the statements around a line begin and end, the innermost first."""
    start, depth = at, len(_indent(lines[at])) + 1
    while start >= 0 and depth:
        line = lines[start]
        if _says_something(line) and len(_indent(line)) < depth and not GOES_ON.match(line.strip()):
            depth = len(_indent(line))
            yield _first(lines, start, line), _end(lines, at, depth)
        start -= 1


def _first(lines: list[str], start: int, line: str) -> int:
    """Return where the decorators of a statement begin."""
    while start and lines[start - 1].startswith(f"{_indent(line)}@"):
        start -= 1
    return start


def _end(lines: list[str], at: int, depth: int) -> int:
    following = (
        number
        for number, line in enumerate(lines[at + 1 :], at + 1)
        if _says_something(line) and len(_indent(line)) <= depth and not GOES_ON.match(line.strip())
    )
    return next(following, len(lines))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
