"""A page from a template outside the package, and a generated word list inside it."""

from pathlib import Path

from flask import Flask, render_template

HERE = Path(__file__).parent
app = Flask(__name__, template_folder=HERE.parent / "templates")


@app.get("/")
def index() -> str:
    """Show the first word."""
    words = (HERE / "words.txt").read_text(encoding="utf-8").split()
    return render_template("greetings/index.html", word=words[0])
