"""The office: not for visitors."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Show the accounts."""
    return "the office of two_apps"
