"""One page."""

from flask import Flask

flask_pages = Flask(__name__)


@flask_pages.get("/")
def index() -> str:
    """Say hello."""
    return "hello from asgi_wrapper"
