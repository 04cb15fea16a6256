"""The endpoints."""

from fastapi import APIRouter

router = APIRouter()


@router.get("/")
async def index() -> dict[str, str]:
    """Say hello."""
    return {"message": "hello from fastapi_uvicorn"}
