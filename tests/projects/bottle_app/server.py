"""One page."""

import bottle

app = bottle.Bottle()


@app.get("/")
def index():
    """Say hello."""
    return "hello from bottle_app"


if __name__ == "__main__":
    app.run(port=8080)
