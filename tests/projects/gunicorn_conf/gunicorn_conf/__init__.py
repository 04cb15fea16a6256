"""A page that needs what gunicorn.conf.py sets."""

import os

from flask import Flask

app = Flask(__name__)
greeting = os.environ["GREETING"]


@app.get("/")
def index() -> str:
    """Say hello."""
    return f"{greeting} from gunicorn_conf"
