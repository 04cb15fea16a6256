"""Requests to a container that is on trial."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"
SECONDS = 30


@dataclass(frozen=True)
class Page:
    """What came back to a request: status 0 where that is no whole answer, and the seconds."""

    asked: str
    status: int
    text: str
    seconds: float


def ask(
    port: int, path: str = "/", method: str = "GET", headers: Mapping[str, str] | None = None
) -> Page:
    """Return what a port of this machine answers to one request."""
    asked, started = f"{method} {path}", time.monotonic()
    connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS)
    try:
        connection.request(method, path, headers={**(headers or {}), "Connection": "close"})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        return Page(asked, answer.status, text, time.monotonic() - started)
    except (OSError, http.client.HTTPException):
        return Page(asked, 0, "", time.monotonic() - started)
    finally:
        connection.close()
