"""The version of a project that has it from git's tags, and the plugins that go unheeded."""

import re
import subprocess

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from shanty.errors import UsageError
from shanty.project import Project
from shanty.pyproject import table

PLUGIN = "poetry-dynamic-versioning"
# The version of what has no tag yet.
NO_TAG = "0.0.0"
# Plugins of Poetry's that have no part in building or installing a project.
HARMLESS = {
    *("poetry-plugin-export", "poetry-plugin-pypi-mirror", "poetry-plugin-shell"),
    *("poetry-plugin-up", "poetry-plugin-bundle", "poetry-audit-plugin"),
}


def project_version(project: Project) -> str:
    """Return what poetry-dynamic-versioning would call the project, empty where it has no say.

    No image holds `.git`, so the version is read here, in that plugin's default form: `1.2.3`
    at the tag `v1.2.3`, `1.2.3.post4.dev0+abcdef0` four commits later, `0.0.0` without a tag.
    """
    if not _is_dynamic(project):
        return ""
    answer = _describe(project)
    found = re.fullmatch(r"v(?P<base>.+)-(?P<distance>\d+)-g(?P<commit>[0-9a-f]{7,})", answer)
    if not found:
        return NO_TAG
    distance = int(found["distance"])
    return found["base"] + (f".post{distance}.dev0+{found['commit'][:7]}" if distance else "")


def check_backend(project: Project) -> None:
    """Raise `UsageError` where the plugin is to build the project, and no build installs it."""
    system = table(project.pyproject, "build-system")
    backend = str(system.get("build-backend", ""))
    requires = system.get("requires", ())
    if backend.partition(".")[0] != PLUGIN.replace("-", "_") or PLUGIN in map(_name, requires):
        return
    wanted = ", ".join(f'"{one}"' for one in (*requires, PLUGIN))
    raise UsageError(
        f"{project.pyproject_file}: build-backend is {backend}, and requires has no {PLUGIN}: "
        "nothing can build the project",
        f"[build-system] requires = [{wanted}]",
    )


def _name(requirement: object) -> str:
    try:
        return canonicalize_name(Requirement(str(requirement)).name)
    except InvalidRequirement:
        return ""


def _describe(project: Project) -> str:
    """Return the nearest tag with distance and commit, nothing where git knows none."""
    words = ["git", "-C", str(project.root), "describe", "--tags", "--long", "--match", "v[0-9]*"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def unheeded_plugins(project: Project) -> list[str]:
    """Return the plugins that the project asks for and that no image runs.

    The plugin for dynamic versions works as a build backend, and is heeded then.
    """
    asked = set(table(project.pyproject, "tool.poetry.requires-plugins"))
    if _is_dynamic(project):
        asked.add(PLUGIN)
    heeded = set() if project.is_built_by_poetry else {PLUGIN}
    return sorted(asked - HARMLESS - heeded)


def _is_dynamic(project: Project) -> bool:
    return table(project.pyproject, f"tool.{PLUGIN}").get("enable") is True
