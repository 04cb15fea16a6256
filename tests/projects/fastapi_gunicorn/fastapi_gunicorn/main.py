"""One endpoint."""

from fastapi import FastAPI

app = FastAPI(title="fastapi_gunicorn")


@app.get("/")
async def index() -> dict[str, str]:
    """Say hello."""
    return {"message": "hello from fastapi_gunicorn"}
