"""One endpoint."""

from fastapi import FastAPI

app = FastAPI(title="granian_app")


@app.get("/")
async def index() -> dict[str, str]:
    """Say hello."""
    return {"message": "hello from granian_app"}
