"""A page that says which client library is loaded."""

import psycopg2.extensions
from flask import Flask

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Say hello with the client library's release."""
    return f"hello from sdist_compiles, libpq {psycopg2.extensions.libpq_version()}"
