"""A page made by a factory."""

from flask import Flask


def make_app() -> Flask:
    """Return the app."""
    app = Flask(__name__)

    @app.get("/")
    def index() -> str:
        return "hello from flask_make_app"

    return app
