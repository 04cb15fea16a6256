"""Let a request say that it takes long, or that the app is to fail on it.

`verify` puts this where Python looks first, in a container of its own, to see what becomes of
requests in flight and what an error page says. Python runs it before anything else; the app that
`APP` names is wrapped as soon as its module is there.
"""

import importlib.abc
import importlib.util
import os
import sys
import time

MODULE, _, TARGET = os.environ.get("APP", "").partition(":")
INTERFACE = os.environ.get("SHANTY_INTERFACE", "")


def wsgi(app):
    """Return a WSGI app that heeds the two headers."""

    def wrapped(environ, start_response):
        time.sleep(float(environ.get("HTTP_X_SHANTY_DELAY", 0)))
        if "HTTP_X_SHANTY_FAULT" in environ:
            environ["PATH_INFO"] = None
        return app(environ, start_response)

    return wrapped


def asgi(app):
    """Return an ASGI app that heeds the two headers."""

    async def wrapped(scope, receive, send):
        headers = dict(scope.get("headers") or ())
        if b"x-shanty-delay" in headers:
            import asyncio

            await asyncio.sleep(float(headers[b"x-shanty-delay"]))
        if b"x-shanty-fault" in headers:
            scope = {**scope, "path": None}
        await app(scope, receive, send)

    return wrapped


WRAP = {"wsgi": wsgi, "asgi": asgi}


def wrap(module):
    """Put a wrapped app, or a factory of one, in the place of a module's own."""
    *parents, name = TARGET.split("(")[0].split(".")
    owner = module
    for parent in parents:
        owner = getattr(owner, parent)
    own = getattr(owner, name)
    wrapped = (
        (lambda *given, **named: WRAP[INTERFACE](own(*given, **named)))
        if "(" in TARGET
        else WRAP[INTERFACE](own)
    )
    setattr(owner, name, wrapped)


class Finder(importlib.abc.MetaPathFinder):
    """Wrap the app once its module has been run."""

    def find_spec(self, name, path=None, target=None):
        """Return the spec of the app's module, as it would be found without this."""
        if name != MODULE:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None:
            run = spec.loader.exec_module

            def exec_module(module):
                run(module)
                wrap(module)

            spec.loader.exec_module = exec_module
        return spec


if INTERFACE in WRAP:
    sys.meta_path.insert(0, Finder())
