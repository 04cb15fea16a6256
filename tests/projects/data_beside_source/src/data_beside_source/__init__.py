"""A page filled from a file in the package."""

import json
from pathlib import Path

from flask import Flask, render_template

WORDS = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Show the greeting in the template."""
    return render_template("index.html", greeting=WORDS["greeting"])
