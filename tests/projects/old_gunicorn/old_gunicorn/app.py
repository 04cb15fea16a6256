"""A page made by a factory."""

from flask import Flask


def create_app():
    """Return the app."""
    app = Flask(__name__)

    @app.get("/")
    def index() -> str:
        return "hello from old_gunicorn"

    return app
