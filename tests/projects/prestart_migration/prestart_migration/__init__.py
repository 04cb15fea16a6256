"""A page read from a database."""

import sqlite3
from contextlib import closing

from flask import Flask

from prestart_migration.migrate import DATABASE

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Show the greeting in the table."""
    with closing(sqlite3.connect(DATABASE)) as connection:
        (text,) = connection.execute("SELECT text FROM greeting").fetchone()
    return text
