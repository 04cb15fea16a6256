"""A page made by a factory."""

from flask import Flask


def init_app() -> Flask:
    """Return the app."""
    app = Flask(__name__)

    @app.get("/")
    def index() -> str:
        return "hello from flask_init_app"

    return app
