"""An endpoint with a typed answer."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Greeting(BaseModel):
    """What the endpoint answers."""

    text: str


@app.get("/")
def index() -> Greeting:
    """Say hello."""
    return Greeting(text="hello from wheels_choose_python")
