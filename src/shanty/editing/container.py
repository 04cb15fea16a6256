"""Poetry in the staging image, on copies of the project's two files, as a whole command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shanty.container import CA
from shanty.editing.agent import BY_GIT, INSIDE, SOCKET, agent_socket
from shanty.editing.mirror import plugin_for
from shanty.identity import identity
from shanty.index_secrets import MIRROR, index_secrets
from shanty.network import ca_bundle, set_proxies
from shanty.project import Project
from shanty.request import Request, csv, tag
from shanty.settings import Settings

# What of Poetry's commands would install into an environment, which the image does without.
INSTALLING = {"add", "remove", "update"}
# Those that Poetry, uv and git read.
CA_INSIDE = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "GIT_SSL_CAINFO")
CREDENTIALS = "POETRY_HTTP_BASIC_"
CONFIG = "/run/secrets/pypoetry"
# The app's environment is not made yet, and the system's is root's: what comes from a repository is
# put into Poetry's own for a look.
POETRY = 'python -m venv --without-pip /tmp/venv; VIRTUAL_ENV=/tmp/venv exec poetry "$@"'
# The plugin is put beside Poetry for this once: no image has it.
WITH_PLUGIN = (
    "uv pip install --quiet --python /opt/poetry --no-deps --target /tmp/plugins '{plugin}'; "
    f"export PYTHONPATH=/tmp/plugins; {POETRY}"
)
# The usual index is its own mirror, asked for its lists of files alone.
BY_LISTS = (
    'POETRY_PYPI_MIRROR_URL="$(python -c '
    "'from pip._internal.models.index import PyPI; print(PyPI.simple_url)'"
    ')"; export POETRY_PYPI_MIRROR_URL; '
)


@dataclass(frozen=True)
class Access:
    """How Poetry reaches others: variables that may hold secrets, and others that cannot.

    `files` are mounted, by where they go. `by_lists` is whether the usual index is asked for its
    lists of files alone, as pip does, and not for a page of each release.
    """

    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, Path] = field(default_factory=dict)
    by_lists: bool = False


def read_access(
    project: Project,
    environment: Mapping[str, str],
    mirror: Mapping[str, str],
    *,
    over_ssh: bool = False,
) -> Access:
    """Return the CA bundle, the proxies, the mirror and the credentials of this machine."""
    names = set_proxies(environment)
    names += [name for name in environment if name.startswith(CREDENTIALS)]
    variables: dict[str, str] = {}
    files: dict[str, Path] = {}
    if bundle := ca_bundle(environment):
        files[CA] = bundle
        variables |= dict.fromkeys(CA_INSIDE, CA)
    if over_ssh:
        variables |= BY_GIT
        if agent := agent_socket(environment):
            files[INSIDE] = agent
            variables[SOCKET] = INSIDE
    # What the variables say travels as such: of the secrets, the file alone is left.
    quiet = {name: text for name, text in environment.items() if not name.startswith(CREDENTIALS)}
    for secret in index_secrets(project, quiet):
        if secret.id == "poetry-auth" and secret.file:
            files[f"{CONFIG}/auth.toml"] = secret.file
            variables["POETRY_CONFIG_DIR"] = CONFIG
    return Access({**{name: environment[name] for name in names}, **mirror}, variables, files)


@dataclass(frozen=True)
class Call:
    """One command of Poetry's: its words, how it reaches others, and what it sees.

    `copies` says which folder lies in the place of which, for it to write to; `read_only` is there
    as it is. `security` is what the engine says of its own.
    """

    words: Sequence[str]
    access: Access
    copies: Mapping[Path, Path]
    read_only: Sequence[Path] = ()
    security: Sequence[str] = ()


def poetry_container(project: Project, settings: Settings, call: Call, name: str) -> Request:
    """Return a command of Poetry's, where every path means what it means here."""
    task, *others = call.words
    arguments = ["docker", "run", "--rm", "--init", "--pull", "never", "--name", name]
    arguments += ["--label", f"shanty.project={project.id}", "--label", f"shanty.task={task}"]
    arguments += [*identity(call.security), "--security-opt", "no-new-privileges"]
    for path in call.read_only:
        arguments += ["--mount", csv("type=bind", f"source={path}", f"target={path}", "readonly")]
    for place, copy in call.copies.items():
        arguments += ["--mount", csv("type=bind", f"source={copy}", f"target={place}")]
    for inside, file in call.access.files.items():
        arguments += ["--mount", csv("type=bind", f"source={file}", f"target={inside}", "readonly")]
    shown = {"HOME": "/tmp", **call.access.variables}  # noqa: S108 - the container's own
    for variable in (*(f"{name}={value}" for name, value in shown.items()), *call.access.secrets):
        arguments += ["--env", variable]
    arguments += ["--workdir", str(project.root), "--entrypoint", "/bin/sh"]
    script = POETRY
    if MIRROR in call.access.secrets or call.access.by_lists:
        script = WITH_PLUGIN.format(plugin=plugin_for(settings.poetry_version))
    if call.access.by_lists:
        script = BY_LISTS + script
    arguments += [tag(settings, "staging"), "-euc", script, "sh", task]
    arguments += ["--lock"] if task in INSTALLING else []
    return Request((*arguments, *others), call.access.secrets, name, is_owned=True)
