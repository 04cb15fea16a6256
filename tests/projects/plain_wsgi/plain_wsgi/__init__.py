"""A page without a framework."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer every address alike."""
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8")])
    return [f"hello from plain_wsgi at {environ['PATH_INFO']}".encode()]
