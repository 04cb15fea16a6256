"""A page made by a factory."""

from flask import Flask


def build(name: str) -> Flask:
    """Return the app."""
    app = Flask(name)

    @app.get("/")
    def index() -> str:
        return "hello from flask_upper"

    return app
