"""A page from a template, with a helper module beside it."""

from flask import Flask, render_template
from greetings import greeting

app = Flask(__name__)


@app.route("/")
def index():
    """Show the greeting."""
    return render_template("index.html", greeting=greeting("flask_root_module"))


if __name__ == "__main__":
    app.run()
