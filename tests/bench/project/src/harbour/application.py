"""The application factory."""

from flask import Flask

from harbour import pages


def create_app() -> Flask:
    """Return the app."""
    app = Flask(__name__)
    app.register_blueprint(pages.blueprint)
    return app
