"""The shop window."""

from flask import Flask

from flask_src.pages import pages


def create_app() -> Flask:
    """Return the app with its pages."""
    app = Flask(__name__)
    app.register_blueprint(pages)
    return app
