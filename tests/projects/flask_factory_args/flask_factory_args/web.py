"""The web side."""

from typing import Any

from flask import Flask


def create_app(config: dict[str, Any] | None = None, *, testing: bool = False) -> Flask:
    """Return the app with a configuration laid over the defaults."""
    app = Flask(__name__)
    app.config.update(GREETING="hello", TESTING=testing)
    app.config.update(config or {})

    @app.get("/")
    def index() -> str:
        return f"{app.config['GREETING']} from flask_factory_args"

    return app
