"""The pages of the shop window."""

from flask import Blueprint

pages = Blueprint("pages", __name__)


@pages.get("/")
def index() -> str:
    """Say hello."""
    return "hello from flask_src"
