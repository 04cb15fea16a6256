"""The secrets of this machine that a build could have taken along."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from shanty.index_secrets import index_secrets
from shanty.project import Project

# A shorter one is a word that any file may hold.
SHORTEST = 8
SECRET_NAME = re.compile(
    r"PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIAL|^AUTH$",
    re.IGNORECASE,
)
# `NAME=value`, `name = "value"`, `"name": "value"`; and netrc's `password value`.
ASSIGNMENT = re.compile(
    r"""^[ \t]*(?:export[ ]+)?["']?(?P<name>[\w.-]+)["']?[ \t]*[=:]"""
    r"""[ \t]*(?P<value>\S.*?)[ \t,]*$""",
    re.MULTILINE,
)
NETRC = re.compile(r"\bpassword\s+(?P<value>\S+)")
ADDRESS = re.compile(r"://[^\s:/@'\"]*:(?P<password>[^\s/@'\"]+)@")
# Files of variables that are for everybody to see.
EXAMPLES = {".env.example", ".env.sample", ".env.template", ".env.dist"}
# Where tools keep credentials, below a person's home.
HOME_FILES = (
    *(".netrc", ".pypirc", ".docker/config.json", ".aws/credentials"),
    *(".config/pypoetry/auth.toml", ".config/pip/pip.conf", ".pip/pip.conf"),
)
KEYS = (".ssh/id_rsa", ".ssh/id_ecdsa", ".ssh/id_ed25519")


@dataclass(frozen=True)
class Known:
    """A secret, and how to speak of it without saying it."""

    name: str
    text: str

    @property
    def value(self) -> bytes:
        """The secret as a file would hold it."""
        return os.fsencode(self.text)


def known_secrets(project: Project, environment: Mapping[str, str]) -> list[Known]:
    """Return the secrets in variables, in the project's `.env` files, and where tools keep them.

    Each once, and none so short that it is a word.
    """
    home = Path(environment.get("HOME") or "/nonexistent")
    own = [file for file in sorted(project.root.glob(".env*")) if file.name not in EXAMPLES]
    files = [*own, *(home / name for name in HOME_FILES)]
    found = [
        *_assigned(environment.items()),
        *(one for file in files for one in _in_text(_read(file), file)),
        *_given_to_builds(project, environment),
        *(one for name in KEYS for one in _in_key(home / name)),
    ]
    return list({one.text: one for one in reversed(found) if len(one.text) >= SHORTEST}.values())


def _assigned(pairs: Iterable[tuple[str, str]], place: str = "") -> Iterator[Known]:
    """Yield what has the name of a secret, and the passwords in addresses."""
    for name, value in pairs:
        where = f"{name}{place}"
        # Some of these name the file that a secret is in.
        if SECRET_NAME.search(name) and not os.path.isabs(value):  # noqa: PTH117
            yield Known(f"the value of {where}", value)
        for found in ADDRESS.finditer(value):
            for text in {found["password"], unquote(found["password"])}:
                yield Known(f"the password in {where}", text)


def _in_text(text: str, file: Path) -> Iterator[Known]:
    """Yield the secrets of a file, whichever way it assigns them."""
    pairs = [(one["name"], one["value"].strip("\"'")) for one in ASSIGNMENT.finditer(text)]
    yield from _assigned(pairs, f" in {file}")
    # Elsewhere it would be a word of a comment.
    for found in NETRC.finditer(text) if file.name == ".netrc" else ():
        yield Known(f"a password in {file}", found["value"])


def _given_to_builds(project: Project, environment: Mapping[str, str]) -> Iterator[Known]:
    for secret in index_secrets(project, environment):
        text = secret.content or (_read(secret.file) if secret.file else "")
        yield from _in_text(text, Path(secret.id))


def _in_key(file: Path) -> Iterator[Known]:
    """Yield a line from the middle of a key: the first ones are alike in many."""
    lines = _read(file).splitlines()
    if lines:
        yield Known(f"the key {file}", lines[len(lines) // 2])


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
