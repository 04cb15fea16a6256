"""A page that says which Python serves it."""

import sys

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Say hello with the Python's release."""
    return f"hello from python_pin {sys.version_info.major}.{sys.version_info.minor}"
