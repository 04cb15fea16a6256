"""What web frameworks call their applications, and how those are served."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kind:
    """A framework and the interface of its applications: `wsgi`, `asgi`, empty for neither."""

    framework: str
    interface: str


# How an application is come by, written as the module's first part and the last names: Flask may
# be imported from flask or from flask.app.
WSGI = {
    "bottle": ("bottle.Bottle()", "bottle.default_app()", "bottle.app()"),
    "cherrypy": ("cherrypy.Application()", "cherrypy.tree.mount()"),
    "django": (
        "django.get_wsgi_application()",
        "django.WSGIHandler()",
        "configurations.get_wsgi_application()",
    ),
    "falcon": ("falcon.App()", "falcon.API()"),
    "flask": (
        "flask.Flask()",
        "apiflask.APIFlask()",
        "connexion.App().app",
        "connexion.FlaskApp().app",
        "dash.Dash().server",
        "eve.Eve()",
        "flask_api.FlaskAPI()",
        "flask_openapi3.OpenAPI()",
    ),
    "pyramid": ("pyramid.Configurator().make_wsgi_app()", "pyramid.get_app()"),
    "wsgi": (
        "a2wsgi.ASGIMiddleware()",
        "microdot.wsgi.Microdot()",
        "molten.App()",
        "paste.loadapp()",
        "pecan.make_app()",
        "spyne.WsgiApplication()",
        "web.application().wsgifunc()",
        "webob.wsgify()",
        "werkzeug.Request.application()",
        "werkzeug.DispatcherMiddleware()",
        "werkzeug.responder()",
    ),
}
ASGI = {
    "django": (
        "django.get_asgi_application()",
        "django.ASGIHandler()",
        "channels.ProtocolTypeRouter()",
        "channels.get_default_application()",
        "configurations.get_asgi_application()",
    ),
    "falcon": ("falcon.asgi.App()",),
    "fastapi": (
        "fastapi.FastAPI()",
        "cadwyn.Cadwyn()",
        "fastapi_offline.FastAPIOffline()",
        "gradio.mount_gradio_app()",
    ),
    "litestar": ("litestar.Litestar()", "starlite.Starlite()"),
    "quart": ("quart.Quart()", "quart_trio.QuartTrio()"),
    "sanic": ("sanic.Sanic()",),
    "starlette": ("starlette.Starlette()", "fasthtml.FastHTML()", "fasthtml.fast_app()[0]"),
    "asgi": (
        "ariadne.asgi.GraphQL()",
        "asgiref.WsgiToAsgi()",
        "blacksheep.Application()",
        "connexion.App()",
        "connexion.AsyncApp()",
        "connexion.FlaskApp()",
        "emmett.App()",
        "esmerald.Esmerald()",
        "fastmcp.FastMCP().http_app()",
        "lilya.Lilya()",
        "mcp.FastMCP().sse_app()",
        "mcp.FastMCP().streamable_http_app()",
        "microdot.asgi.Microdot()",
        "muffin.Application()",
        "ravyn.Ravyn()",
        "responder.API()",
        "strawberry.asgi.GraphQL()",
        # Whatever distribution it is from, it takes a WSGI application and is an ASGI one.
        "WSGIMiddleware()",
    ),
}
NEITHER = {
    "aiohttp": ("aiohttp.web.Application()",),
    "robyn": ("robyn.Robyn()",),
    "tornado": ("tornado.Application()",),
}
KINDS = {
    known: Kind(framework, interface)
    for interface, frameworks in (("asgi", ASGI), ("wsgi", WSGI), ("", NEITHER))
    for framework, names in frameworks.items()
    for known in names
}
# Whoever builds on one of these keeps the name: VersionedFastAPI is a FastAPI.
FAMILIES = {
    "FastAPI": "fastapi.FastAPI()",
    "Flask": "flask.Flask()",
    "Quart": "quart.Quart()",
    "Starlette": "starlette.Starlette()",
}
FAMILY = re.compile(rf"({'|'.join(FAMILIES)})\(\)$")
MAKING = re.compile(
    "|".join(sorted({rf"\b{known.split('(')[0].rpartition('.')[2]}\(" for known in KINDS}))
)
WRAPPER = re.compile(r"(Middleware|Fix|Noise|Cling|Proxied|DebuggedApplication)\(\)$")
FACTORY = re.compile(r"(^|\.)(create|make|build|get|init)_(\w+_)?(app|application)\(\)$")


def kind_of_name(name: str) -> Kind | None:
    """Return what stands at a name from outside the project, such as `flask.app.Flask()`."""
    for known, kind in KINDS.items():
        if _is(name, known):
            return kind
    last = name.rpartition(".")[2]
    if found := FAMILY.search(last):
        return KINDS[FAMILIES[found[1]]]
    # By PEP 3333 and the ASGI specification there is no other thing to call by these words.
    words = last.lower() if "()" in name and "app" in last.lower() else ""
    return next((Kind(one, one) for one in ("wsgi", "asgi") if one in words), None)


def _is(name: str, known: str) -> bool:
    top, _, rest = known.partition(".")
    if not rest:
        return name.endswith(f".{known}")
    return name == known or (name.startswith(f"{top}.") and name.endswith(f".{rest}"))


def kind_of_module(module: str) -> Kind | None:
    """Return what is made with a module from outside the project, judged by its name alone."""
    top = module.partition(".")[0]
    return next((kind for known, kind in KINDS.items() if known.startswith(f"{top}.")), None)


def wraps(name: str) -> bool:
    """Tell whether a name from outside makes of one application another of the same interface."""
    return bool(WRAPPER.search(name))


def is_factory_name(name: str) -> bool:
    """Tell whether a call from outside reads like one that makes an application."""
    return bool(FACTORY.search(name))


def may_make(file: Path) -> bool:
    """Tell whether a file has the name of a framework's application in it, unparsed."""
    return bool(MAKING.search(file.read_text(encoding="utf-8", errors="replace")))
