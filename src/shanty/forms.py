"""What the keys of `pyproject.toml` have to be: one that is something else is refused by name."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from shanty.errors import UsageError
from shanty.pyproject import Table, table

# By dotted path, in which `*` is any key and `-` any entry of a list.
FORMS: Mapping[str, str] = {
    "build-system": "table",
    "build-system.build-backend": "text",
    "build-system.requires": "texts",
    "dependency-groups": "table",
    "dependency-groups.*": "list",
    "dependency-groups.*.-": "text or table",
    "dependency-groups.*.-.include-group": "text",
    "project": "table",
    "project.name": "text",
    "project.version": "text",
    "project.description": "text",
    "project.requires-python": "text",
    "project.readme": "text or table",
    "project.readme.file": "text",
    "project.license": "text or table",
    "project.license.file": "text",
    "project.license.text": "text",
    "project.classifiers": "texts",
    "project.urls": "table",
    "project.dependencies": "texts",
    "project.optional-dependencies": "table",
    "project.optional-dependencies.*": "texts",
    "tool": "table",
    "tool.poetry": "table",
    "tool.poetry.name": "text",
    "tool.poetry.version": "text",
    "tool.poetry.description": "text",
    "tool.poetry.license": "text or table",
    "tool.poetry.readme": "text or list",
    "tool.poetry.repository": "text",
    "tool.poetry.requires-poetry": "text",
    "tool.poetry.requires-plugins": "table",
    "tool.poetry.classifiers": "texts",
    "tool.poetry.packages": "list",
    "tool.poetry.packages.-.include": "text",
    "tool.poetry.packages.-.from": "text",
    "tool.poetry.include": "list",
    "tool.poetry.dependencies": "table",
    "tool.poetry.dev-dependencies": "table",
    "tool.poetry.extras": "table",
    "tool.poetry.group": "table",
    "tool.poetry.group.*": "table",
    "tool.poetry.group.*.dependencies": "table",
    "tool.poetry.group.*.include-groups": "texts",
    "tool.poetry.source": "list",
    "tool.poetry.source.-": "table",
    "tool.poetry.source.-.name": "text",
    "tool.poetry.urls": "table",
    "tool.shanty": "table",
}
NAMES = {"texts": "list of texts"}
KINDS: Mapping[str, type | tuple[type, ...]] = {
    "list": list,
    "table": dict,
    "text": str,
    "text or list": (str, list),
    "text or table": (str, dict),
}
EXAMPLES: Mapping[str, str] = {
    "list": "[…]",
    "table": "{ … }, or under its own [header]",
    "text": '"…"',
    "text or list": '"…"',
    "text or table": '"…"',
    "texts": '["…", "…"]',
}
# What is read of a file besides: whole numbers end here, by the standard.
READ = ("build-system", "dependency-groups", "project", "tool.poetry", "tool.shanty")
LARGEST = 2**63
LONGEST = 60


def check_forms(file: Path, values: Table) -> None:
    """Raise `UsageError` for a key that is not what the standard, Poetry or Shanty makes of it."""
    for dotted, form in FORMS.items():
        for name, value in _found(values, dotted.split(".")):
            if not _is(value, form):
                raise UsageError(
                    f"{file}: {name} = {shown(value)} is no {NAMES.get(form, form)}",
                    f"write it as {name} = {EXAMPLES[form]}",
                )
    for place in READ:
        check_values(file, table(values, place))


def check_values(file: Path, values: Table) -> None:
    """Raise `UsageError` for a text that no path or name can be, and for a number beyond reason."""
    waiting: list[object] = [values]
    while waiting:
        match waiting.pop():
            case dict() as inner:
                waiting += [*inner, *inner.values()]
            case list() as inner:
                waiting += inner
            case str() as text if "\0" in text:
                raise UsageError(f"{file}: {text!r} holds a NUL", "take it out")
            case int() as number if abs(number) >= LARGEST:
                raise UsageError(
                    f"{file}: {shown(number)} is larger than TOML has numbers",
                    "write a smaller one",
                )
            case _:
                pass


def shown(value: object) -> str:
    """Return a value as a message has room for it."""
    # The decimal figures of a number without end are an error of their own.
    text = hex(value) if isinstance(value, int) and abs(value) >= LARGEST else repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _found(values: object, keys: list[str], name: str = "") -> Iterator[tuple[str, object]]:
    """Yield what stands at a path, with its own path."""
    if not keys:
        yield name, values
        return
    key, *rest = keys
    inner: Mapping[str, object] = values if isinstance(values, dict) else {}
    if key == "-":
        for value in values if isinstance(values, list) else ():
            yield from _found(value, rest, name)
    elif key == "*":
        for one, value in inner.items():
            yield from _found(value, rest, f"{name}.{one}")
    elif key in inner:
        yield from _found(inner[key], rest, f"{name}.{key}".strip("."))


def _is(value: object, form: str) -> bool:
    if form == "texts":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, KINDS[form])
