"""Serve the page."""

import os

from waitress import serve

from serve_override import app

app.config["GREETING"] = "hello"
serve(app, host="0.0.0.0", port=int(os.environ.get("PORT", "8080")))  # noqa: S104
