"""The Flask application factory."""

import os

from flask import Flask

from coach_planner import pages
from coach_planner.plan import Plan


def create_app(database_url: str | None = None) -> Flask:
    """Return the application, its plan kept at `database_url`, else at `DATABASE_URL`."""
    app = Flask(__name__)
    app.extensions["plan"] = Plan(database_url or os.environ.get("DATABASE_URL"))
    app.register_blueprint(pages.blueprint)
    return app
