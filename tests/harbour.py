"""The project that command lines are asserted on, and what its images are made of."""

from dataclasses import replace

from shanty.context import Context, read_context
from shanty.dockerfile import shipped_docker
from shanty.project import Project
from shanty.recipe import Recipe
from shanty.server import Server
from shanty.settings import Settings

SETTINGS = Settings(
    poetry_version="2.5.1",
    python_version="3.13",
    app="harbour:create_app()",
    image="harbour",
    base_image="python:3.13-slim",
    port=8888,
    system_packages=(),
    build_system_packages=(),
    groups=("main",),
    extras=(),
    serve=None,
    ship=None,
    prestart=(),
    health_path=None,
    env_file=None,
    size_budget=None,
    test_gate=False,
)
GUNICORN = Server(
    'gunicorn --config /etc/gunicorn.conf.py --bind "0.0.0.0:$PORT" "$APP"', "from the lock"
)
FLASK = Server("python /usr/local/bin/develop.py", "Flask's own")
DOCKERFILE = (shipped_docker() / "Dockerfile").read_text(encoding="utf-8")


def context(project: Project) -> Context:
    """Return the context of a project whose lock has nothing to say."""
    return read_context(project, None)


def recipe(project: Project, **changes: object) -> Recipe:
    """Return the recipe that the shipped Dockerfile is written for, with some changes."""
    usual = Recipe(context(project), GUNICORN, FLASK, "wheel", "poetry", "")
    return replace(usual, **changes)  # type: ignore[arg-type]
