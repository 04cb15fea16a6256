"""The shop's front."""

from flask import Flask
from ledger import total

app = Flask(__name__)


@app.get("/")
def index() -> str:
    """Say hello with the day's takings."""
    return f"hello from multi_package, {total([3, 4])} sold"
