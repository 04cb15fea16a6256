"""A page made by a factory."""

from flask import Flask


def create_app() -> Flask:
    """Return the app."""
    app = Flask(__name__)

    @app.get("/")
    def index() -> str:
        return "hello from dependency_groups_pep735"

    return app
