"""One page."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Say hello."""
    return "hello from pip_locked"
