"""The web site."""

from flask import Flask

from decoy_module.app import app as info

application = Flask(info.name)


@application.get("/")
def index() -> str:
    """Say hello."""
    return f"hello from {info.name} {info.version}"
