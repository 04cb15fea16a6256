"""What the facts say of whole projects, each locked by a real Poetry."""

from pathlib import Path

import pytest

from shanty.dependencies.lock import check_fresh, read_lock
from shanty.dependencies.python_version import check_admitted, newest_admitted
from shanty.project import find_project
from shanty.recipe import Recipe, read_recipe
from shanty.search.application import find_application
from shanty.settings import Given, resolve

PROJECTS = Path(__file__).parent / "projects"
ROOTS = sorted(lock.parent for lock in PROJECTS.rglob("poetry.lock"))


def name_of(root: Path) -> str:
    """Return a project's path below the folder of them all."""
    return root.relative_to(PROJECTS).as_posix()


@pytest.mark.parametrize("root", ROOTS, ids=name_of)
def test_a_lock_that_poetry_wrote_is_fresh_whatever_its_format(root: Path) -> None:
    project = find_project(root)
    lock = read_lock(project)
    check_fresh(project, lock)
    assert lock.content_hash


@pytest.mark.parametrize("root", ROOTS, ids=name_of)
def test_the_python_that_is_chosen_is_admitted(root: Path) -> None:
    constraint = find_project(root).requires_python
    check_admitted(newest_admitted(constraint), constraint)


# Where each callable is, told by whoever wrote the project; `two_apps` and `serve_override` say it
# in their settings, and the rest is found.
FOUND = {
    "asgi_wrapper": "asgi_wrapper.asgi:app",
    "bottle_app": "server:app",
    "data_beside_source": "data_beside_source:app",
    "decoy_module": "decoy_module.server:application",
    "django_asgi": "lighthouse.asgi:application",
    "django_daphne": "harbour.asgi:application",
    "django_wsgi": "config.wsgi:application",
    "env_needed": "env_needed:app",
    "extra_server": "extra_server.app:app",
    "falcon_asgi": "falcon_asgi.app:app",
    "fastapi_factory": "fastapi_factory.api:create_app()",
    "fastapi_gunicorn": "fastapi_gunicorn.main:app",
    "fastapi_uvicorn": "app.main:app",
    "flask_factory_args": "flask_factory_args.web:create_app()",
    "flask_flaskenv": "noticeboard.entry:board",
    "flask_flat": "flask_flat:app",
    "flask_init_app": "flask_init_app:init_app()",
    "flask_make_app": "flask_make_app.server:make_app()",
    "flask_no_package": "main:app",
    "flask_root_module": "app:app",
    "flask_single_module": "flask_single_module:app",
    "flask_src": "flask_src:create_app()",
    "flask_upper": "flask_upper.wsgi:APPLICATION",
    "granian_app": "granian_app.main:app",
    "granian_wsgi": "granian_wsgi:app",
    "gunicorn_conf": "gunicorn_conf:app",
    "monorepo/app": "cargo_office:app",
    "multi_package": "shopfront:app",
    "namespace_package": "acme.web.app:app",
    "no_server": "no_server:app",
    "no_server_asgi": "no_server_asgi.main:app",
    "own_metadata": "own_metadata:create_app()",
    "plain_asgi": "plain_asgi:app",
    "plain_wsgi": "plain_wsgi:application",
    "poetry1_metadata": "poetry1_metadata.app:create_app()",
    "quart_hypercorn": "quart_hypercorn:app",
    "starlette_hypercorn": "starlette_hypercorn.asgi:app",
    "waitress_app": "waitress_app:create_app()",
    "wheels_choose_python": "wheels_choose_python.main:app",
}


@pytest.mark.parametrize(("name", "target"), FOUND.items())
def test_the_application_of_a_project_is_found_without_a_word(name: str, target: str) -> None:
    assert find_application(find_project(PROJECTS / name)).target == target


def recipe_of(root: Path) -> Recipe:
    """Return what the images of a project are made of, as it stands."""
    project = find_project(root)
    lock = read_lock(project)
    return read_recipe(project, lock, resolve(Given(project, lock, {}, {})))


# Who serves each in production, where that is not a gunicorn of the lock's main group.
SERVERS = {
    "asgi_wrapper": "uvicorn",
    "dependency_groups_pep735": "gunicorn 27.0.1, from the group server",
    "django_asgi": "uvicorn",
    "django_daphne": "daphne",
    "extra_server": "uvicorn 0.54.0, from the extra server",
    "falcon_asgi": "uvicorn",
    "fastapi_factory": "uvicorn",
    "fastapi_uvicorn": "uvicorn",
    "granian_app": "granian",
    "granian_wsgi": "granian",
    "gunicorn_with_uvicorn": "uvicorn",
    "no_server": "gunicorn, which is not in the lock",
    "no_server_asgi": "gunicorn, which is not in the lock",
    "optional_group_server": "gunicorn 27.0.1, from the group prod",
    "plain_asgi": "uvicorn",
    "quart_hypercorn": "hypercorn",
    "serve_override": "[tool.shanty] serve",
    "starlette_hypercorn": "hypercorn",
    "waitress_app": "waitress",
    "wheels_choose_python": "uvicorn",
}
# Those whose files production holds, for they are no wheel.
FILES = {
    *("bottle_app", "django_wsgi", "flask_no_package", "flask_root_module", "readme_missing_ok"),
}
APPS = [root for root in ROOTS if name_of(root) != "monorepo/lib"]


@pytest.mark.parametrize("root", APPS, ids=name_of)
def test_a_project_is_served_by_what_its_lock_has(root: Path) -> None:
    server = recipe_of(root).production
    assert server.reason.startswith(SERVERS.get(name_of(root), "gunicorn "))


@pytest.mark.parametrize("root", APPS, ids=name_of)
def test_production_holds_the_wheel_where_the_app_is_in_it(root: Path) -> None:
    recipe = recipe_of(root)
    files = name_of(root) in FILES
    assert (recipe.ship, recipe.install) == (("files", "none") if files else ("wheel", "poetry"))
