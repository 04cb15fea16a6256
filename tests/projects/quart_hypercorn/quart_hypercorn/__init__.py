"""One page."""

from quart import Quart

app = Quart(__name__)


@app.get("/")
async def index() -> str:
    """Say hello."""
    return "hello from quart_hypercorn"
