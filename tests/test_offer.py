"""What a module offers to a server: applications, and factories that make them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shanty.search.offer import Offer, Offers, first_name
from shanty.search.source import Module, Source

FLASK = "from flask import Flask\n"
FASTAPI = "from fastapi import FastAPI\n"
Offered = Callable[..., list[Offer]]


@pytest.fixture
def offered(tmp_path: Path) -> Offered:
    """Return a function that writes a package of these files and tells what it offers."""

    def offered(
        text: str, files: dict[str, str] | None = None, *, own: bool = False
    ) -> list[Offer]:
        for name, content in {"harbour/__init__.py": text, **(files or {})}.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        module = Module("harbour", tmp_path / "harbour" / "__init__.py", tmp_path)
        return Offers(Source([tmp_path])).of(module, own=own)

    return offered


def told(offers: list[Offer]) -> list[str]:
    """Return offers as `app flask/wsgi`, those that are not certain with a question mark."""
    return [
        f"{one.expression} {one.kind.framework}/{one.kind.interface}{'' if one.certain else '?'}"
        for one in offers
    ]


# Objects


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FLASK + "app = Flask(__name__)", "app flask/wsgi"),
        (FLASK + "APPLICATION = Flask(__name__)", "APPLICATION flask/wsgi"),
        (FLASK + "lighthouse = Flask(__name__)", "lighthouse flask/wsgi"),
        ("import flask\napp = flask.Flask(__name__)", "app flask/wsgi"),
        ("import flask.app\napp = flask.app.Flask(__name__)", "app flask/wsgi"),
        ("import flask as f\napp: f.Flask = f.Flask(__name__)", "app flask/wsgi"),
        ("from flask import *\napp = Flask(__name__)", "app flask/wsgi"),
        ("from quay import build\nfrom flask import Flask\napp: Flask = build()", "app flask/wsgi"),
        ("from quay import build\napp: 'Flask | None' = build()\n" + FLASK, "app flask/wsgi"),
        (
            "from typing import Optional\nfrom quay import build\napp: Optional[Flask] = build()\n"
            + FLASK,
            "app flask/wsgi",
        ),
        (FLASK + "def build(): return Flask(__name__)\napp = build()", "app flask/wsgi"),
        (FLASK + "build = lambda name: Flask(name)\napp = build('x')", "app flask/wsgi"),
        (FLASK + "app = Flask(__name__)\napp.wsgi_app = Fix(app.wsgi_app)", "app flask/wsgi"),
        (FASTAPI + "app = FastAPI() if x else None", "app fastapi/asgi"),
        (FASTAPI + "app = None or FastAPI()", "app fastapi/asgi"),
        (FASTAPI + "with x() as y:\n    app = FastAPI()", "app fastapi/asgi"),
        (FASTAPI + "class Port(FastAPI): ...\napp = Port()", "app fastapi/asgi"),
        (FASTAPI + "class A(FastAPI): ...\nclass B(A): ...\napp = B()", "app fastapi/asgi"),
        (
            "try:\n    from x import app\nexcept E:\n    " + FASTAPI + "    app = FastAPI()",
            "app fastapi/asgi",
        ),
        ("import bottle\napplication = bottle.default_app()", "application bottle/wsgi"),
        ("from falcon.asgi import App\napi = App()", "api falcon/asgi"),
        ("from dash import Dash\ndash = Dash()\nserver = dash.server", "server flask/wsgi"),
        ("from fasthtml import fast_app\napp, rt = fast_app()", "app starlette/asgi"),
        (
            FASTAPI + "def make():\n    one, two = FastAPI(), 2\n    return two, one\n"
            "two, app = make()",
            "app fastapi/asgi",
        ),
        (FLASK + "class Port:\n    app = Flask(__name__)\napp = Port.app", "app flask/wsgi"),
        (
            FLASK
            + "class Port:\n    def __init__(self):\n        x = 1\n        self.web = Flask('x')\n"
            "    def build(self):\n        return self.web\napp = Port().build()",
            "app flask/wsgi",
        ),
        (
            "import dash\nclass A(dash.Dash): ...\nclass B(A): ...\napp = B().server",
            "app flask/wsgi",
        ),
        ("from aiohttp import web\napp = web.Application()", "app aiohttp/"),
    ],
)
def test_an_object_of_a_framework_is_offered(offered: Offered, text: str, expected: str) -> None:
    assert told(offered(text))[:1] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def site(environ, start_response): ...", "site wsgi/wsgi"),
        ("def app(request, respond): ...", "app wsgi/wsgi"),
        ("app = lambda environ, start_response: []", "app wsgi/wsgi"),
        ("async def site(scope, receive, send): ...", "site asgi/asgi"),
        ("async def app(a, b, c): ...", "app asgi/asgi"),
        (
            "class S:\n    def __call__(self, env, start_response): ...\nsite = S()",
            "site wsgi/wsgi",
        ),
        (
            "class S:\n    async def __call__(self, scope, receive, send): ...\nsite = S()",
            "site asgi/asgi",
        ),
        ("class app:\n    def __init__(self, environ, start_response): ...", "app wsgi/wsgi"),
        (
            "from werkzeug import Request\n@Request.application\ndef site(request): ...",
            "site wsgi/wsgi",
        ),
    ],
)
def test_a_callable_by_the_letter_of_wsgi_or_asgi_is_offered(
    offered: Offered, text: str, expected: str
) -> None:
    assert told(offered(text)) == [expected]


FIX = "from werkzeug.middleware.proxy_fix import ProxyFix\n"
DJANGO = "from django.core.wsgi import get_wsgi_application\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FLASK + FIX + "app = Flask(__name__)\napp = ProxyFix(app)", ["app wsgi/wsgi"]),
        (FLASK + FIX + "app = ProxyFix(app=Flask(__name__))", ["app wsgi/wsgi"]),
        (
            FLASK + FIX + "site = Flask(__name__)\nfixed = ProxyFix(site)",
            ["fixed wsgi/wsgi", "site flask/wsgi"],
        ),
        (
            FASTAPI + "import socketio\napp = FastAPI()\noutside = socketio.ASGIApp(io, app)",
            ["outside asgi/asgi", "app fastapi/asgi"],
        ),
        (
            FLASK + "from x import Unknown\nsite = Flask(__name__)\napplication = Unknown(site)",
            ["application wsgi/wsgi", "site flask/wsgi"],
        ),
        (
            FLASK + "def configured(app): return app\napp = configured(Flask(__name__))",
            ["app flask/wsgi"],
        ),
        (
            FLASK + "def configured(*, app): return app\napp = configured(app=Flask(__name__))",
            ["app flask/wsgi"],
        ),
        (
            DJANGO + "from whitenoise import WhiteNoise\n"
            "application = WhiteNoise(get_wsgi_application())",
            ["application django/wsgi"],
        ),
        (
            "import x\nfrom aiohttp import web\napp = x.SomeMiddleware(web.Application())",
            ["app aiohttp/"],
        ),
    ],
)
def test_a_wrapper_is_offered_before_what_it_wraps(
    offered: Offered, text: str, expected: list[str]
) -> None:
    """What wraps Flask is not Flask to its tools any more; Django goes by its settings."""
    assert told(offered(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "app = None",
        "app = 'harbour'",
        "app: Flask",
        "app += 1",
        "x['app'] = Flask()",
        FLASK + "app: Flask = None",
        FLASK + "_app = Flask(__name__)",
        FLASK + "test_app = Flask(__name__)",
        FLASK + "x.app = Flask(__name__)",
        FLASK + "def f():\n    app = Flask(__name__)",
        FLASK + "if __name__ == '__main__':\n    app = Flask(__name__)",
        FLASK + "async def build(): return Flask(__name__)\napp = build()",
        FLASK + "def build(): return Flask(__name__), 1\napp = build()",
        FLASK + "def build(): return Flask(__name__),\napp = build()[1]",
        FLASK + "def build(): yield Flask(__name__)\napp = build()",
        FLASK + "app = {'a': Flask(__name__)}['a']",
        "from flask import Blueprint\napp = Blueprint('app', __name__)",
        "from fastapi import APIRouter\napi = APIRouter()",
        "from celery import app",
        "from celery import app as application",
        "import app",
        "from x import Middleware\nsite = Middleware",
        "from x import SomeMiddleware\nsite = SomeMiddleware(1)",
        "class app: ...",
        "class Feed:\n    def __init__(self, scope, receive, send): ...",
        "def app(): ...",
        "def app(x, y=1): ...",
        "def application(x, y, z): ...",
        "async def app(x, y): ...",
        "site = lambda x, y: 1",
        "app = unknown()",
        "app = app",
        "app = make().run.app",
        "def f(): ...\napp = f.app",
        "class A: a, b = 1, 2\napp = A().a\napi = A().b[0]\nwsgi = A()[0]",
        "def f(): return f()\napp = f()",
        "class A(B): ...\nclass B(A): ...\napp = A()\napi = A().x",
        "from flask_sqlalchemy import SQLAlchemy\n"
        + FLASK
        + "def create_app(c): return Flask(c)\ndb = SQLAlchemy(create_app(1))",
    ],
)
def test_a_name_that_no_server_could_call_is_passed_over(offered: Offered, text: str) -> None:
    assert told(offered(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        FLASK + "app = Flask(__name__)\napp.run(debug=True)",
        FASTAPI + "import uvicorn\napp = FastAPI()\nuvicorn.run(app)",
        FLASK + "import waitress\napp = Flask(__name__)\nwaitress.serve(app)",
        FLASK + "from wsgiref.simple_server import make_server\napp = Flask(__name__)\n"
        "with make_server('', 80, app) as server:\n    server.serve_forever()",
    ],
)
def test_a_module_that_starts_a_server_when_it_is_imported_offers_nothing(
    offered: Offered, text: str
) -> None:
    assert told(offered(text)) == []


def test_a_module_that_runs_something_else_offers_what_it_has(offered: Offered) -> None:
    text = "import asyncio, x.y\napp = Flask(__name__)\nasyncio.run(f())\nx.y.z.run()\nprint()\n"
    assert told(offered(FLASK + text)) == ["app flask/wsgi"]


# Factories


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def create_app(): return Flask(__name__)", ["create_app() flask/wsgi"]),
        ("def launch():\n    app = Flask(__name__)\n    return app", ["launch() flask/wsgi"]),
        ("def create_app(a=None, *b, c=1, **d): return Flask(a)", ["create_app() flask/wsgi"]),
        ("def create_app() -> Flask: ...", ["create_app() flask/wsgi"]),
        ("def create_app() -> 'Flask': return x", ["create_app() flask/wsgi"]),
        ("def create_app() -> 'Flask[': return x", ["create_app() flask/wsgi?"]),
        ("def create_app(kind=Flask): return kind('x')", ["create_app() flask/wsgi"]),
        ("def create_app(*, kind=Flask): return kind('x')", ["create_app() flask/wsgi"]),
        ("def a(app: Flask = None): return app", ["a() flask/wsgi"]),
        (
            "def create_app():\n    if x: return None\n    with y: return Flask('x')",
            ["create_app() flask/wsgi"],
        ),
        (
            "def build(): return Flask('x')\ndef make_app(): return build()\napp = make_app()",
            ["app flask/wsgi", "make_app() flask/wsgi", "build() flask/wsgi"],
        ),
    ],
)
def test_a_function_that_returns_one_is_a_factory(
    offered: Offered, text: str, expected: list[str]
) -> None:
    assert told(offered(FLASK + text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "create_app = 3",
        "class create_app: ...",
        "def create_app(): ...",
        "def create_app(): return None",
        "async def create_app(): return Flask('x')",
        "def create_app(config): return Flask('x')",
        "def create_app(*, config): return Flask('x')",
        "def view(): return 'hello'",
        "from x import create_app",
    ],
)
def test_what_cannot_be_called_or_returns_none_is_no_factory(offered: Offered, text: str) -> None:
    assert told(offered(FLASK + text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import json\ndef create_app(): return build()", "create_app() wsgi/wsgi?"),
        ("from quart.x import y\ndef create_app(): return build()", "create_app() quart/asgi?"),
        ("from quay import create_app\napp = create_app()", "app wsgi/wsgi?"),
    ],
)
def test_what_reads_like_an_application_is_offered_with_doubt(
    offered: Offered, text: str, expected: str
) -> None:
    assert told(offered(text)) == [expected]


# From elsewhere


def test_an_import_is_followed_inside_the_project(offered: Offered) -> None:
    files = {
        "harbour/web/__init__.py": "from .deep.site import build\nfrom ..serve import server\n",
        "harbour/web/deep/__init__.py": "",
        "harbour/web/deep/site.py": FLASK + "def build(): return Flask('x')\n",
        "harbour/serve.py": FLASK + "server = Flask('x')\n",
    }
    text = "from harbour.web import build as create_app, server as app\n"
    offers = offered(text, files)
    assert told(offers) == ["app flask/wsgi", "create_app() flask/wsgi"]
    assert [one.is_made_here for one in offers] == [False, False]
    assert offered(text, files, own=True) == []


@pytest.mark.parametrize(
    "text",
    [
        "from .web import *\napp = site",
        "from . import web\napp = web.site",
        "import harbour.web\napp = harbour.web.site",
        "import harbour.web as w\napp = w.site",
        "import bare.web\napp = bare.web.site",
        "from bare import web\napp = web.site",
        "def build():\n    from harbour.web import site\n    return site\napp = build()",
    ],
)
def test_every_form_of_import_is_followed(offered: Offered, text: str) -> None:
    site = FLASK + "site = Flask('x')\n"
    assert "app flask/wsgi" in told(offered(text, {"harbour/web.py": site, "bare/web.py": site}))


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("from .web import app", "from . import app"),
        ("from .web import *", "from . import *"),
        ("from .web import *\napp = site", "from . import *"),
        ("from .web import app", ""),
        ("from . import app", ""),
        ("from .web import app", "def app(:"),
    ],
)
def test_imports_that_lead_nowhere_come_to_an_end(offered: Offered, text: str, other: str) -> None:
    assert offered(text, {"harbour/web.py": other}) == []


def test_source_that_goes_round_in_ever_new_circles_comes_to_an_end(offered: Offered) -> None:
    calls = "".join(
        f"def f{n}(x): return f{n + 1}(f{n + 1}(x)) or f{n + 2}(x)\n" for n in range(40)
    )
    assert offered(calls + "app = f0(1)") == []
    assert offered("app = " + " + ".join(["x"] * 300)) == []
    steps = "x0 = 1\n" + "".join(f"x{n} = x{n - 1} or y{n}\n" for n in range(1, 30_000))
    assert offered(steps) == []


def test_the_origin_tells_two_names_for_one_thing(offered: Offered) -> None:
    text = "from .web import site, build\napp = site\nApp = build()\napi = build(1)\n"
    web = FLASK + "site = Flask('x')\ndef build(a=1): return Flask('x')\n"
    found = {one.name: one for one in offered(text, {"harbour/web.py": web})}
    assert found["app"].origin == found["site"].origin
    assert found["App"].origin == found["build"].origin
    assert found["api"].origin != found["build"].origin
    assert found["api"].factory_of is found["App"].factory_of is found["build"].origin[1]


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("app", "app"),
        ("site.wsgi.app", "site"),
        ("create_app('x', db='a:b')", "create_app"),
        ("Port().app", "Port"),
        ("()", ""),
        ("", ""),
        ("3", ""),
        ("a b", ""),
        ("a\0", ""),
    ],
)
def test_an_expression_begins_with_a_name(expression: str, name: str) -> None:
    assert first_name(expression) == name
