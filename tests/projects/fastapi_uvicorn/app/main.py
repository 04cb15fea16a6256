"""The API."""

from fastapi import FastAPI

from app.routes import router

app = FastAPI(title="fastapi_uvicorn")
app.include_router(router)
