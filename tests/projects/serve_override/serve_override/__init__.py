"""A page whose greeting is set by whoever serves it."""

from flask import Flask

app = Flask(__name__)
app.config["GREETING"] = "served by somebody else"


@app.get("/")
def index() -> str:
    """Say hello."""
    return f"{app.config['GREETING']} from serve_override"
