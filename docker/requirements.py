"""Sort what Poetry exported, and make a netrc file of the credentials for private indexes.

`requirements.py split FOLDER PATHS` reads FOLDER/all.txt and writes beside it `hashed.txt`, what is
installed with every hash checked; `direct.txt`, what has none and comes from a git repository or an
address; `folders.txt`, what comes from a folder or file beside the project; and `indexes.txt`, a
line `NAME ADDRESS` for each source that pyproject.toml names.
`requirements.py describe FOLDER` writes into FOLDER the lock, and of pyproject.toml what decides
about packages: what follows from them is as it was after a bump of the version.
`requirements.py groups` prints the names of all dependency groups, for not every release of Poetry
can be asked for all of them.
`requirements.py netrc FILE` reads such lines and prints entries for those that the secret
`poetry-auth`, an auth.toml as Poetry writes it, has credentials for. Poetry's own environment runs
it, for its tomlkit.
"""

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import tomlkit

SECRET = Path("/run/secrets/poetry-auth")
OF_PROJECT = ("name", "requires-python", "dependencies", "optional-dependencies", "dynamic")
OF_POETRY = (
    *("name", "package-mode", "requires-poetry", "requires-plugins", "dependencies"),
    *("dev-dependencies", "group", "extras", "source"),
)
# What not every release of Poetry goes without.
EMPTY = {"version": "0", "description": "", "authors": []}


def read_pyproject() -> dict:
    """Return the project's pyproject.toml as plain values."""
    return tomlkit.parse(Path("pyproject.toml").read_text(encoding="utf-8")).unwrap()


def describe(folder: Path) -> None:
    """Write what the lists of packages follow from."""
    folder.mkdir(parents=True)
    known = read_pyproject()
    tables = {key: known[key] for key in ("dependency-groups",) if key in known}
    project, poetry = known.get("project"), known.get("tool", {}).get("poetry")
    if project is not None:
        dynamic = [key for key in project.get("dynamic", []) if key in OF_PROJECT]
        tables["project"] = {**kept(project, OF_PROJECT), "version": "0", "dynamic": dynamic}
    if poetry is not None:
        empty = {key: value for key, value in EMPTY.items() if key in poetry}
        tables["tool"] = {"poetry": {**kept(poetry, OF_POETRY), **empty}}
    (folder / "pyproject.toml").write_text(tomlkit.dumps(tables), encoding="utf-8")
    (folder / "poetry.lock").write_bytes(Path("poetry.lock").read_bytes())


def kept(values: dict, keys: tuple) -> dict:
    """Return a table with some of its keys."""
    return {key: values[key] for key in keys if key in values}


def split(folder: Path, paths: str) -> None:
    """Write the lists; end with 1 where folders are in them and no path to any is known."""
    text = (folder / "all.txt").read_text(encoding="utf-8")
    lists = dict.fromkeys(("hashed", "direct", "folders"), "")
    for entry in re.findall(r"(?:.*\\\n)*.*\n", text):
        # uv takes --trusted-host on its command line alone, and plain HTTP without it.
        if not entry.startswith("--trusted-host"):
            lists[list_of(entry)] += entry
    for name, found in lists.items():
        (folder / f"{name}.txt").write_text(found, encoding="utf-8")
    if lists["folders"] and not paths:
        sys.exit(f"PATH_DEPENDENCIES is empty, and the lock has\n{lists['folders']}")
    (folder / "indexes.txt").write_text("".join(indexes()), encoding="utf-8")


def list_of(entry: str) -> str:
    """Return the list that an entry belongs to."""
    if " @ file:" in entry or entry.startswith("-e file:"):
        return "folders"
    is_direct = entry.startswith("-e ") or (" @ " in entry and "--hash" not in entry)
    return "direct" if is_direct else "hashed"


def indexes() -> list:
    """Return a line with name and address of each source."""
    sources = read_pyproject().get("tool", {}).get("poetry", {}).get("source", [])
    return [f"{source['name']} {source['url']}\n" for source in sources if "url" in source]


def groups() -> list:
    """Return the name of each dependency group, in whichever of the three places it stands."""
    pyproject = read_pyproject()
    poetry = pyproject.get("tool", {}).get("poetry", {})
    oldest = ["dev"] if "dev-dependencies" in poetry else []
    return sorted({*oldest, *poetry.get("group", {}), *pyproject.get("dependency-groups", {})})


def netrc(lines: list) -> list:
    """Return a netrc entry for each source that the secret has credentials for."""
    known = tomlkit.parse(SECRET.read_text(encoding="utf-8")).unwrap().get("http-basic", {})
    entries = []
    for line in lines:
        name, _, address = line.rpartition(" ")
        host = urlsplit(address).hostname
        if host and name in known:
            login, password = known[name].get("username", ""), known[name].get("password", "")
            entries.append(f"machine {host} login {login} password {password}")
    return entries


if sys.argv[1] == "describe":
    describe(Path(sys.argv[2]))
elif sys.argv[1] == "split":
    split(Path(sys.argv[2]), sys.argv[3])
elif sys.argv[1] == "groups":
    print(",".join(groups()))
else:
    print("\n".join(netrc(Path(sys.argv[2]).read_text(encoding="utf-8").splitlines())))
