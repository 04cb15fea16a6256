"""A page that needs a setting."""

import os

from flask import Flask

MY_SETTING = os.environ["MY_SETTING"]

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Show the setting."""
    return f"hello from env_needed with {MY_SETTING}"
