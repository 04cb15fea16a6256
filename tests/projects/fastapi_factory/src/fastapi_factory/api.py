"""The API."""

from fastapi import FastAPI


def create_app() -> FastAPI:
    """Return the API."""
    api = FastAPI(title="fastapi_factory")

    @api.get("/")
    async def index() -> dict[str, str]:
        return {"message": "hello from fastapi_factory"}

    return api
