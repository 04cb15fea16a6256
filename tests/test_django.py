"""The application of a Django project, found as Django itself finds it."""

from collections.abc import Callable

import pytest

from shanty.project import Project
from shanty.search.django import find_django
from shanty.search.offer import Offers
from shanty.search.places import Places

MakeProject = Callable[..., Project]
MANAGE = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "{}")\n'
WSGI = "from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n"
ASGI = "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n"
CHANNELS = "from channels.routing import ProtocolTypeRouter\napplication = ProtocolTypeRouter({})\n"
MADE = {"manage.py": MANAGE.format("config.settings"), "config/__init__.py": ""}


def found(project: Project) -> tuple[str, str, str] | None:
    places = Places(project)
    offer = find_django(places, Offers(places.source))
    if offer is None:
        return None
    one, said = offer
    assert one.kind.framework == "django"
    return f"{one.module.name}:{one.expression}", one.kind.interface, said


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (
            "WSGI_APPLICATION = 'config.wsgi.application'",
            ("config.wsgi:application", "wsgi", "WSGI_APPLICATION in config.settings"),
        ),
        (
            "WSGI_APPLICATION, X = 1, 2\nASGI_APPLICATION = 'config.asgi.application'",
            ("config.asgi:application", "asgi", "ASGI_APPLICATION in config.settings"),
        ),
        (
            "class Base:\n    WSGI_APPLICATION = 'config.wsgi.application'",
            ("config.wsgi:application", "wsgi", "WSGI_APPLICATION in config.settings"),
        ),
        (
            "WSGI_APPLICATION = 'config.gone.application'",
            ("config.wsgi:application", "wsgi", "beside the settings config.settings"),
        ),
        (
            "WSGI_APPLICATION = 'config.wsgi.gone'",
            ("config.wsgi:application", "wsgi", "beside the settings config.settings"),
        ),
        ("", ("config.wsgi:application", "wsgi", "beside the settings config.settings")),
    ],
)
def test_the_settings_name_the_application(
    make_project: MakeProject, settings: str, expected: tuple[str, str, str]
) -> None:
    files = {"config/settings.py": settings, "config/wsgi.py": WSGI, "config/asgi.py": ASGI}
    assert found(make_project({**MADE, **files})) == expected


def test_settings_in_a_package_take_from_one_another(make_project: MakeProject) -> None:
    files = {
        "config/settings/__init__.py": "from .base import *\nfrom .gone import *\n",
        "config/settings/base.py": "from . import *\nWSGI_APPLICATION = 'config.wsgi.application'",
        "config/wsgi.py": WSGI,
    }
    project = make_project({**MADE, **files})
    target = "config.wsgi:application"
    assert found(project) == (target, "wsgi", "WSGI_APPLICATION in config.settings")


def test_an_application_that_routes_by_protocol_is_meant(make_project: MakeProject) -> None:
    files = {"config/settings/__init__.py": "", "config/wsgi.py": WSGI, "config/asgi.py": CHANNELS}
    project = make_project({**MADE, **files})
    said = "beside the settings config.settings"
    assert found(project) == ("config.asgi:application", "asgi", said)


def test_an_asgi_application_alone_is_taken(make_project: MakeProject) -> None:
    project = make_project({**MADE, "config/settings.py": "", "config/asgi.py": ASGI})
    assert found(project) == (
        *("config.asgi:application", "asgi", "beside the settings config.settings"),
    )


@pytest.mark.parametrize(
    "manage",
    [
        'if __name__ == "__main__":\n    x("DJANGO_SETTINGS_MODULE", "config.settings.live")\n',
        'import os\nos.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.live"\n',
        'a = "DJANGO_SETTINGS_MODULE"\nb = "config.gone" if x else "config.settings.live"\n',
        'x = "DJANGO_SETTINGS_MODULE", f"config.settings.{stage}"\n',
    ],
)
def test_the_settings_are_those_that_manage_py_uses(make_project: MakeProject, manage: str) -> None:
    project = make_project(
        {
            "src/manage.py": manage,
            "src/config/settings/__init__.py": "",
            "src/config/settings/live.py": "",
            "src/config/wsgi.py": WSGI,
        }
    )
    result = found(project)
    assert result is not None
    assert result[0] == "config.wsgi:application"


@pytest.mark.parametrize(
    "files",
    [
        {"manage.py": "from flask_script import Manager\n", "config/settings.py": ""},
        {"manage.py": MANAGE.format("config.gone")},
        {"manage.py": MANAGE.format("config.settings"), "config/settings.py": ""},
        {"config/wsgi.py": WSGI},
    ],
)
def test_without_django_s_settings_or_application_there_is_none(
    make_project: MakeProject, files: dict[str, str]
) -> None:
    assert found(make_project(files)) is None


def test_of_several_the_nearest_to_the_top_is_taken(make_project: MakeProject) -> None:
    files = {"config/settings.py": "", "config/wsgi.py": WSGI}
    deep = {f"demo/{name}": text for name, text in {**MADE, **files}.items()}
    project = make_project({**deep, "demo/config/wsgi.py": "", **MADE, **files})
    result = found(project)
    assert result is not None
    assert result[0] == "config.wsgi:application"
