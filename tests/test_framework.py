"""What web frameworks call their applications, and how those are served."""

from pathlib import Path

import pytest

from shanty.search.framework import (
    Kind,
    is_factory_name,
    kind_of_module,
    kind_of_name,
    may_make,
    wraps,
)


@pytest.mark.parametrize(
    ("name", "framework", "interface"),
    [
        ("flask.Flask()", "flask", "wsgi"),
        ("flask.app.Flask()", "flask", "wsgi"),
        ("dash.Dash().server", "flask", "wsgi"),
        ("bottle.default_app()", "bottle", "wsgi"),
        ("falcon.App()", "falcon", "wsgi"),
        ("falcon.asgi.App()", "falcon", "asgi"),
        ("pyramid.config.Configurator().make_wsgi_app()", "pyramid", "wsgi"),
        ("django.core.wsgi.get_wsgi_application()", "django", "wsgi"),
        ("django.core.asgi.get_asgi_application()", "django", "asgi"),
        ("channels.routing.ProtocolTypeRouter()", "django", "asgi"),
        ("fastapi.FastAPI()", "fastapi", "asgi"),
        ("starlette.applications.Starlette()", "starlette", "asgi"),
        ("quart.Quart()", "quart", "asgi"),
        ("litestar.Litestar()", "litestar", "asgi"),
        ("sanic.Sanic()", "sanic", "asgi"),
        ("aiohttp.web.Application()", "aiohttp", ""),
        ("fastapi_versioning.VersionedFastAPI()", "fastapi", "asgi"),
        ("socketio.WSGIApp()", "wsgi", "wsgi"),
        ("socketio.ASGIApp()", "asgi", "asgi"),
        ("prometheus_client.make_asgi_app()", "asgi", "asgi"),
        ("flask.Flask().wsgi_app", "wsgi", "wsgi"),
        ("starlette.middleware.wsgi.WSGIMiddleware()", "asgi", "asgi"),
        ("a2wsgi.ASGIMiddleware()", "wsgi", "wsgi"),
    ],
)
def test_an_application_is_known_by_how_it_is_come_by(
    name: str, framework: str, interface: str
) -> None:
    assert kind_of_name(name) == Kind(framework, interface)


@pytest.mark.parametrize(
    "name",
    [
        "flask.Flask",
        "flask.Blueprint()",
        "fastapi.APIRouter()",
        "celery.app",
        "typer.Typer()",
        "webapp2.WSGIApplication",
        "wsgiref.simple_server.make_server()",
        "myflask.Flasky()",
    ],
)
def test_what_is_called_alike_is_no_application(name: str) -> None:
    assert kind_of_name(name) is None


def test_a_wrapper_is_known_by_its_name() -> None:
    assert wraps("werkzeug.middleware.proxy_fix.ProxyFix()")
    assert wraps("asgi_correlation_id.CorrelationIdMiddleware()")
    assert not wraps("flask_sqlalchemy.SQLAlchemy()")


def test_a_call_that_makes_an_application_reads_like_it() -> None:
    assert is_factory_name("quay.create_app()")
    assert is_factory_name("quay.make_harbour_application()")
    assert not is_factory_name("quay.create_apple()")
    assert not is_factory_name("quay.recreate_app()")


def test_a_module_says_which_framework_it_is_of() -> None:
    assert kind_of_module("quart.json") == Kind("quart", "asgi")
    assert kind_of_module("json") is None


def test_a_file_that_may_make_an_application_has_the_name_of_one(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text("site = Flask(__name__)\n")
    assert may_make(file)
    file.write_bytes(b"\xffFlask = MyFlask()\n")
    assert not may_make(file)
