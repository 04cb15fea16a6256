"""One page."""

from flask import Flask

board = Flask(__name__)


@board.get("/")
def index() -> str:
    """Say hello."""
    return "hello from flask_flaskenv"
