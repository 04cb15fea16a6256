"""The projects in tests/projects as checkouts of their own, and what is done with one."""

import importlib
import os
import shlex
import shutil
import subprocess
import threading
from pathlib import Path

from shanty.network import ca_bundle
from shanty.workflow import LOST_TRACK
from tests.engine.support import DOORS, Completed, command, docker

PROJECTS = Path(__file__).parents[1] / "projects"
GIT = ("git", "-c", "user.name=Nobody", "-c", "user.email=nobody@example.com")
# Depended on by another, and no app itself.
LIBRARIES = {"monorepo/lib"}
# What a project cannot start without, as its README says.
OPTIONS = {"env_needed": ("--env", "MY_SETTING=1")}
SETTING_UP = threading.Lock()


def name_of(root: Path) -> str:
    """Return a project's path below the folder of them all."""
    return root.relative_to(PROJECTS).as_posix()


ROOTS = [
    root
    for root in sorted(lock.parent for lock in PROJECTS.rglob("poetry.lock"))
    if name_of(root) not in LIBRARIES
]


# What is the same as another's in every way but one, which tests without an engine cover too.
FURTHER = {
    *("asgi_wrapper", "decoy_module", "django_asgi", "falcon_asgi", "fastapi_uvicorn"),
    *("flask_flaskenv", "flask_init_app", "flask_make_app", "flask_single_module", "flask_upper"),
    *("granian_wsgi", "gunicorn_with_uvicorn", "mixed_metadata", "no_server_asgi"),
    *("optional_group_server", "package_include", "plain_asgi", "python_pin"),
    *("readme_missing_ok", "starlette_hypercorn", "two_apps", "waitress_app"),
}


def greeting(root: Path) -> str:
    """Return what a project's page says."""
    return f"hello from {root.relative_to(PROJECTS).parts[0]}"


def shanty(folder: Path, *words: str, code: int | None = 0) -> Completed:
    """Run a task in a project."""
    return command([*DOORS["shanty"], *words], cwd=folder, code=code)


def checked_out(root: Path, folder: Path) -> Path:
    """Return a git checkout of a project, with the neighbours that it stands among."""
    top = PROJECTS / root.relative_to(PROJECTS).parts[0]
    shutil.copytree(top, folder / top.name, ignore=shutil.ignore_patterns("__pycache__"))
    for words in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "x")):
        subprocess.run([*GIT, *words], cwd=folder / top.name, check=True)
    return folder / root.relative_to(PROJECTS)


def start(project: Path, task: str, port: int, *options: str) -> None:
    """Serve a project; where there is no base image, do first what the message says."""
    words = (task, "--detach", "--port", str(port), *options)
    done = shanty(project, *words, code=None)
    if (done.returncode, done.stderr.splitlines()[-1]) == (3, "fix: shanty setup"):
        set_up(project)
        done = shanty(project, *words, code=None)
    assert done.returncode == 0, done.stderr


def set_up(project: Path) -> None:
    """Make sure of a project's base image, one thread at a time."""
    with SETTING_UP:
        shanty(project, "setup", "--yes")


def owned(root: Path, folder: Path) -> tuple[Path, list[str]]:
    """Return a checkout after `shanty init`, and the line that builds it without Shanty."""
    project = checked_out(root, folder)
    words = build_words(project)
    said = shanty(project, "init").stdout.splitlines()
    line = shlex.split(said[-1].removeprefix("without Shanty: "))
    return project, [*line[:-1], *words, line[-1]]


def build_owned(project: Path, line: list[str], tag: str, *words: str) -> str:
    """Build what a project owns under a tag of its own and return that."""
    assert line[:3] == ["docker", "build", "--tag"]
    asked = [*line[:3], tag, *line[4:-1], *words, line[-1]]
    # Builds at the same time may trip over each other: moby/buildkit#2303.
    while LOST_TRACK in (done := command(asked, cwd=project, code=None)).stderr:
        continue
    assert done.returncode == 0, done.stderr
    return tag


def mirror() -> dict[str, str]:
    """Return what leads Poetry to the index that pip asks here, if there is a pip to ask."""
    try:
        index = importlib.import_module("pip._internal.models.index").PyPI
    except ImportError:
        return {}
    return {"POETRY_PYPI_MIRROR_URL": index.simple_url}


def build_words(project: Path) -> list[str]:
    """Return what a build on this machine needs besides: the base image it has, its CA bundle."""
    base = base_image(project)
    if docker("image", "inspect", base, code=None).returncode:
        set_up(project)
        base = base_image(project)
    bundle = ca_bundle(os.environ)
    secret = ["--secret", f"id=ca,src={bundle}"] if bundle else []
    return ["--build-arg", f"BASE_IMAGE={base}", *secret]


def base_image(project: Path) -> str:
    """Return the base image that the project would be built on now."""
    words = shlex.split(shanty(project, "--dry", "build").stdout)
    return next(word for word in words if word.startswith("BASE_IMAGE=")).partition("=")[2]
