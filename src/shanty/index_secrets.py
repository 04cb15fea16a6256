"""What a build needs to reach the package indexes: mirrors and credentials, as build secrets."""

import configparser
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shanty.errors import UsageError
from shanty.project import Project
from shanty.pyproject import Table, read_toml, table

# pip's settings that a build can make use of, by the variable that beats its files.
PIP_VARIABLES = {
    "index-url": "PIP_INDEX_URL",
    "extra-index-url": "PIP_EXTRA_INDEX_URL",
    "trusted-host": "PIP_TRUSTED_HOST",
}
SYSTEM_FILES = (Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"))
MIRROR = "POETRY_PYPI_MIRROR_URL"


@dataclass(frozen=True)
class Secret:
    """One build secret: its fixed name, and the file that holds it or else its content."""

    id: str
    file: Path | None = None
    content: str = ""


def index_secrets(project: Project, environment: Mapping[str, str]) -> list[Secret]:
    """Return the secrets `pip` and `poetry-auth`, each where there is something to say.

    Raises `UsageError` for an auth.toml that cannot be read.
    """
    pip = _pip_conf(environment)
    auth = _poetry_auth(project, environment)
    return [*([Secret("pip", content=pip)] if pip else []), *([auth] if auth else [])]


def _pip_conf(environment: Mapping[str, str]) -> str:
    """Return a pip.conf with what is reached from a container; empty where that is no index."""
    reached = reached_indexes(environment)
    if not reached.keys() - {"trusted-host"}:
        return ""
    lines = (f"{key} = {' '.join(value.split())}\n" for key, value in sorted(reached.items()))
    return "[global]\n" + "".join(lines)


def reached_indexes(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the variables say of pip's indexes, else pip's own files, else Poetry's mirror.

    What lies on this machine's disk is nowhere in a container, and so it is left out.
    """
    found = _pip_files(environment) | {
        key: environment[name] for key, name in PIP_VARIABLES.items() if environment.get(name)
    }
    if mirror := environment.get(MIRROR):
        found.setdefault("index-url", mirror)
    return {
        key: value
        for key, value in found.items()
        if key == "trusted-host" or re.match(r"https?://", value)
    }


def _pip_files(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what pip's files say, the more particular ones last."""
    home = Path(environment.get("HOME") or "/nonexistent")
    files = [
        *SYSTEM_FILES,
        home / ".pip" / "pip.conf",
        _config_folder(environment) / "pip" / "pip.conf",
    ]
    if named := environment.get("PIP_CONFIG_FILE"):
        # pip itself takes this name for no file at all.
        files = [] if named == os.devnull else [*files, Path(named)]
    parser = configparser.RawConfigParser()
    try:
        parser.read(files, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError) as error:
        raise UsageError(
            f"pip's configuration cannot be read: {error}", "pip config debug"
        ) from None
    return {
        key: parser[section][key]
        for section in ("global", "install")
        if parser.has_section(section)
        for key in PIP_VARIABLES
        if key in parser[section]
    }


def _poetry_auth(project: Project, environment: Mapping[str, str]) -> Secret | None:
    """Return the credentials for the project's own indexes, as Poetry finds them."""
    names = [str(source.get("name", "")) for source in sources(project)]
    file = _auth_file(environment)
    from_file: Table = _in_file(file) if names else {}
    from_environment = {
        name: credentials for name in names if (credentials := _in_variables(name, environment))
    }
    if from_environment:
        import tomlkit  # noqa: PLC0415 - of most, no index wants credentials

        known = {name: from_file[name] for name in names if name in from_file}
        return Secret(
            "poetry-auth", content=tomlkit.dumps({"http-basic": known | from_environment})
        )
    return Secret("poetry-auth", file) if set(names) & from_file.keys() else None


def credentials_of(name: str, environment: Mapping[str, str]) -> Mapping[str, str]:
    """Return what an index of the project's is asked with, as Poetry finds it, if anything."""
    in_file = _in_file(_auth_file(environment))
    return _in_variables(name, environment) or table(in_file, name)


def _auth_file(environment: Mapping[str, str]) -> Path:
    return _config_folder(environment, "pypoetry") / "auth.toml"


def _in_file(file: Path) -> Table:
    return table(read_toml(file), "http-basic") if file.is_file() else {}


def sources(project: Project) -> list[Table]:
    """Return the indexes that the project names under `[[tool.poetry.source]]`."""
    found = table(project.pyproject, "tool.poetry").get("source", [])
    return [source for source in found if isinstance(source, dict)]


def _in_variables(name: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Return the credentials in `POETRY_HTTP_BASIC_<NAME>_USERNAME` and `…_PASSWORD`."""
    names = credential_variables(name)
    found = {key: environment.get(variable, "") for key, variable in names.items()}
    return found if any(found.values()) else {}


def credential_variables(name: str) -> dict[str, str]:
    """Return the variables that Poetry takes the credentials for an index from."""
    prefix = f"POETRY_HTTP_BASIC_{re.sub(r'[-.]', '_', name.upper())}"
    return {key: f"{prefix}_{key.upper()}" for key in ("username", "password")}


def _config_folder(environment: Mapping[str, str], application: str = "") -> Path:
    """Return the folder of a person's configuration, or of one application of it."""
    if application and (named := environment.get("POETRY_CONFIG_DIR")):
        return Path(named)
    home = Path(environment.get("HOME") or "/nonexistent")
    if environment.get("XDG_CONFIG_HOME"):
        return Path(environment["XDG_CONFIG_HOME"]) / application
    usual = "Library/Application Support" if sys.platform == "darwin" else ".config"
    return home / usual / application
