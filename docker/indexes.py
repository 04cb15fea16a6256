"""Say which private indexes a project names, and hand their credentials over as a netrc file.

`indexes.py list` prints a line `NAME URL` for each `[[tool.poetry.source]]` of pyproject.toml in
this folder; `indexes.py netrc FILE` reads such lines and prints what the secret `poetry-auth`, an
auth.toml as Poetry writes it, has for them. Poetry's own environment runs it, for tomlkit.
"""

import sys
from pathlib import Path
from urllib.parse import urlsplit

import tomlkit

SECRET = Path("/run/secrets/poetry-auth")


def listed() -> list[str]:
    """Return name and address of each source."""
    pyproject = tomlkit.parse(Path("pyproject.toml").read_text(encoding="utf-8")).unwrap()
    sources = pyproject.get("tool", {}).get("poetry", {}).get("source", [])
    return [f"{source['name']} {source['url']}" for source in sources if "url" in source]


def netrc(lines: list[str]) -> list[str]:
    """Return a netrc entry for each source that the secret has credentials for."""
    known = tomlkit.parse(SECRET.read_text(encoding="utf-8")).unwrap().get("http-basic", {})
    entries = []
    for name, address in (line.split() for line in lines):
        if name in known:
            login, password = known[name].get("username", ""), known[name].get("password", "")
            host = urlsplit(address).hostname
            entries.append(f"machine {host} login {login} password {password}")
    return entries


if sys.argv[1] == "list":
    print("\n".join(listed()))
else:
    print("\n".join(netrc(Path(sys.argv[2]).read_text(encoding="utf-8").splitlines())))
