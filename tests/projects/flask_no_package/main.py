"""A page with its words in a file beside it."""

from pathlib import Path

from flask import Flask

app = Flask(__name__)


@app.route("/")
def index():
    """Read the greeting from the data folder."""
    return (Path(app.root_path) / "data" / "greeting.txt").read_text(encoding="utf-8")
