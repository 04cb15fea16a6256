"""A page that shows a label."""

from cargo_labels import label
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Show the label."""
    return label("monorepo")
