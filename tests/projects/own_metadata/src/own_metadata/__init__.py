"""A page that shows the installed version."""

from importlib.metadata import version

from flask import Flask

__version__ = version("own-metadata")


def create_app() -> Flask:
    """Return the app."""
    flask = Flask(__name__)

    @flask.get("/")
    def index() -> str:
        return f"hello from own_metadata {__version__}"

    return flask
