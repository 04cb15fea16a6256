"""One resource."""

import falcon.asgi
from falcon.asgi import Request, Response


class Index:
    """The front page."""

    async def on_get(self, _request: Request, response: Response) -> None:
        """Say hello."""
        response.text = "hello from falcon_asgi"


app = falcon.asgi.App()
app.add_route("/", Index())
