"""The shape of a TOML file: tables, order, quotes, spaces and comments stay, all words go.

    python -m tests.shapes.shaping pyproject.toml

What the public formats themselves call their tables and keys stays too; every other name, every
text, every comment and every figure is a neutral one.
"""

import re
import sys
from itertools import count
from pathlib import Path

WORDS = (
    *("anchor", "buoy", "crew", "deck", "ensign", "foam", "gull"),
    *("harbour", "island", "jetty", "keel", "lamp", "mast", "north"),
)
# What the formats call things: the standard's, Poetry's, and the usual tools'.
KNOWN = set(
    re.findall(
        r"\S+",
        """
    project name version description readme authors maintainers email license file text urls
    license-files keywords classifiers dependencies optional-dependencies scripts gui-scripts
    entry-points dynamic requires-python build-system requires build-backend backend-path
    dependency-groups include-group tool poetry group dev-dependencies dev test lint docs main
    optional extras source url priority default secondary packages include from to format exclude
    package-mode requires-poetry requires-plugins plugins python markers platform git branch tag
    rev path develop subdirectory allow-prereleases allows-prereleases include-groups script
    callable reference homepage repository documentation dynamic-versioning enable
    poetry-dynamic-versioning shanty black line-length target-version isort profile ruff select
    ignore per-file-ignores mypy strict overrides module pytest ini_options addopts testpaths
    coverage run report branch omit setuptools hatch pdm uv poe tasks cmd help
    """,
    )
)
TOKEN = re.compile(
    r"""(?P<text>\"{3}(?:\\.|(?!\"{3}).)*\"{3,5}|'{3}(?:(?!'{3}).)*'{3,5}"""
    r"""|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
    r"""|(?P<comment>\#[^\r\n]*)|(?P<bare>[A-Za-z0-9_+-]+(?:\.\d[\d_eE+-]*)*)|.""",
    re.DOTALL,
)
PART = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|\r?\n|.)|[^\W\d_]+|\d+", re.DOTALL)


class Shaping:
    """One file on its way to its shape: each name of it becomes always the same other one."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._open: list[str] = []
        self._is_key = True
        self._words = (WORDS[number % len(WORDS)] for number in count())

    def of(self, text: str) -> str:
        """Return the shape of a text."""
        return "".join(map(self._token, TOKEN.finditer(text)))

    def _token(self, token: re.Match[str]) -> str:
        word = token[0]
        if token["comment"]:
            return self._text(word)
        if token["text"]:
            return self._quoted_name(word) if self._is_key else self._text(word)
        if token["bare"]:
            return self._name(word) if self._is_key else _value(word)
        self._mark(word)
        return word

    def _mark(self, mark: str) -> None:
        """Keep in mind whether the next word is a key."""
        if mark in "[{" and not (mark == "[" and self._is_key):
            self._open.append(mark)
            self._is_key = mark == "{"
        elif mark in "]}" and self._open:
            self._open.pop()
            self._is_key = False
        elif mark == "=":
            self._is_key = False
        elif mark == ",":
            self._is_key = self._open[-1] == "{"
        elif mark == "\n" and not self._open:
            self._is_key = True

    def _name(self, name: str) -> str:
        if name in KNOWN:
            return name
        if name not in self._names:
            mark = next((one for one in "-_" if one in name), "")
            self._names[name] = f"{next(self._words)}{mark}{len(self._names)}"
        return self._names[name]

    def _quoted_name(self, quoted: str) -> str:
        if quoted[1:-1] in KNOWN:
            return quoted
        parts = "".join(one for one in quoted[1:-1] if one in ".:/* ")[:4]
        return f"{quoted[0]}{self._name(quoted[1:-1])}{parts}{quoted[-1]}"

    def _text(self, text: str) -> str:
        return PART.sub(self._part, text)

    def _part(self, found: re.Match[str]) -> str:
        part = found[0]
        if part[0] == "\\":
            return r"\u00e9" if part[1] == "u" else part
        if part[0].isdigit():
            return "1"
        return next(self._words) if part.isascii() else "ñandú"


def _value(word: str) -> str:
    """Return a value of the same kind as a bare one: figures become ones, dates stay."""
    return re.sub(r"\d", "1", word) if re.fullmatch(r"\d+(\.\d+)*", word) else word


if __name__ == "__main__":
    sys.stdout.write(Shaping().of(Path(sys.argv[1]).read_bytes().decode()))
