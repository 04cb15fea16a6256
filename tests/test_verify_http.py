"""Requests to a container that is on trial."""

import socket
from http.server import BaseHTTPRequestHandler

import pytest

from shanty.verify import http
from shanty.verify.http import ask
from tests.verifying import HOST, serving


def echo(request: BaseHTTPRequestHandler) -> tuple[int, str]:
    """Answer with what was asked."""
    told = request.headers.get("X-Shanty-Delay"), request.headers.get("Connection")
    return 418, f"{request.command} {request.path} {told}"


def test_an_answer_comes_with_its_status_its_page_and_the_seconds_it_took() -> None:
    with serving(echo) as port:
        page = ask(port, "/quay?a=1", "SHANTY", {"X-Shanty-Delay": "2"})
    assert (page.asked, page.status) == ("SHANTY /quay?a=1", 418)
    assert page.text == "SHANTY /quay?a=1 ('2', 'close')"
    assert 0 < page.seconds < http.SECONDS


def test_the_first_page_is_asked_for_unless_told_otherwise() -> None:
    with serving(echo) as port:
        page = ask(port)
    assert (page.asked, page.text) == ("GET /", "GET / (None, 'close')")


def test_a_page_that_is_no_utf_8_is_read_as_far_as_it_goes() -> None:
    def respond(request: BaseHTTPRequestHandler) -> tuple[int, str]:
        request.wfile.write(b"HTTP/1.0 200 OK\r\n\r\nquay \xff")
        return 0, ""

    with serving(respond) as port:
        assert ask(port).text == "quay \N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "said", [b"", b"220 ftp\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ncut off"]
)
def test_what_is_no_whole_answer_has_no_status(said: bytes) -> None:
    def respond(request: BaseHTTPRequestHandler) -> tuple[int, str]:
        request.wfile.write(said)
        return 0, ""

    with serving(respond) as port:
        page = ask(port)
    assert (page.asked, page.status, page.text) == ("GET /", 0, "")


def test_a_port_that_nobody_has_gives_no_answer() -> None:
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
    assert ask(port).status == 0


def test_who_does_not_answer_is_not_waited_for_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "SECONDS", 0.05)
    with socket.create_server((HOST, 0)) as listening:
        page = ask(listening.getsockname()[1])
    assert page.status == 0
    assert 0.05 <= page.seconds < 5
