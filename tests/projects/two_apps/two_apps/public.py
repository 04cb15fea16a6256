"""The front of the shop."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Say hello."""
    return "hello from two_apps"
