"""One endpoint."""

from fastapi import FastAPI

app = FastAPI(title="gunicorn_with_uvicorn")


@app.get("/")
async def index() -> dict[str, str]:
    """Say hello."""
    return {"message": "hello from gunicorn_with_uvicorn"}
