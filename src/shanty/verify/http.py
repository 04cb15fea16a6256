"""Requests to a container that is on trial."""

import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass

HOST = "127.0.0.1"
SECONDS = 30


@dataclass(frozen=True)
class Page:
    """What came back: the status, the text, and the seconds it took; status 0 for no whole answer."""

    status: int
    text: str
    seconds: float


def ask(
    port: int, path: str = "/", method: str = "GET", headers: Mapping[str, str] | None = None
) -> Page:
    """Return what a port of this machine answers to one request."""
    started = time.monotonic()
    connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS)
    try:
        connection.request(method, path, headers={**(headers or {}), "Connection": "close"})
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        return Page(answer.status, text, time.monotonic() - started)
    except (OSError, http.client.HTTPException):
        return Page(0, "", time.monotonic() - started)
    finally:
        connection.close()
