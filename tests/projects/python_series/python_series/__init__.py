"""A page that says which Python serves it."""

import platform

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Say hello with the Python's release."""
    return f"hello from python_series {platform.python_version()}"
