"""One page."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def index(_request: Request) -> PlainTextResponse:
    """Say hello."""
    return PlainTextResponse("hello from no_server_asgi")


app = Starlette(routes=[Route("/", index)])
