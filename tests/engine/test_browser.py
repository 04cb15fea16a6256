"""Development as a browser sees it: edits, errors, and Werkzeug's console."""

import http.client
import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.engine.support import CHECKOUT, Workspace, docker, edit, free_port, get, wait_for

ARTIFACTS = CHECKOUT / "artifacts"
PAGES = Path("src/coach_planner/pages.py")
TEMPLATE = Path("src/coach_planner/templates/week.html")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """Return a page of the machine's own Chromium."""
    chromium = shutil.which("chromium")
    assert chromium, "no chromium is here: apt-get install --yes chromium"
    with sync_playwright() as playwright:
        # Root has no sandbox, and a container no room in /dev/shm.
        options = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=chromium, args=options)
        yield browser.new_page()
        browser.close()


def other_address() -> str:
    """Return an address of this machine that is not loopback."""
    addresses = (one for some in psutil.net_if_addrs().values() for one in some)
    return next(
        one.address
        for one in addresses
        if one.family == socket.AF_INET and not one.address.startswith("127.")
    )


def asked(address: str, port: int, path: str, host: str, cookie: str) -> tuple[int, str]:
    """Return status and text of a page that is asked for by a name for its host."""
    connection = http.client.HTTPConnection(address, port, timeout=5)
    connection.request("GET", path, headers={"Host": host, "Cookie": cookie})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_the_page_changes_after_an_edit(workspace: Workspace, page: Page) -> None:
    """Of a template and of Python, with nothing but the browser's own reload."""
    port = free_port()
    workspace.invoke("dev", "--port", str(port), "--detach")
    page.goto(f"http://127.0.0.1:{port}/")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("This week's training")
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "sample.png")

    edit(workspace.sample / TEMPLATE, "This week's training", "Next week's training")
    page.reload()
    expect(heading).to_have_text("Next week's training")

    edit(
        workspace.sample / PAGES,
        "return render_template",
        'return "<h1>Rest</h1>" or render_template',
    )
    wait_for(lambda: "<h1>Rest" in get(port)[1])
    page.reload()
    expect(heading).to_have_text("Rest")


def test_a_syntax_error_shows_in_the_browser_and_goes_again(
    workspace: Workspace, page: Page
) -> None:
    port = free_port()
    workspace.invoke("dev", "--port", str(port), "--detach")
    edit(workspace.sample / PAGES, '{"status": "ok"}', '{"status": "ok"')
    wait_for(lambda: get(port)[0] == 500)
    page.goto(f"http://127.0.0.1:{port}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("SyntaxError")
    edit(workspace.sample / PAGES, '{"status": "ok"', '{"status": "ok"}')
    wait_for(lambda: get(port)[0] == 200)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This week's training")


def test_the_console_of_an_error_works_on_loopback_and_only_there(
    workspace: Workspace, page: Page
) -> None:
    """It wants the PIN of the log, and a name of this machine's own."""
    port = free_port()
    edit(workspace.sample / PAGES, '{"status": "ok"}', "1 / 0")
    workspace.invoke("dev", "--port", str(port), "--detach")
    pin = re.findall(
        r"Debugger PIN: ([\d-]+)", docker("logs", f"{workspace.image}-dev-{port}").stderr
    )

    page.goto(f"http://127.0.0.1:{port}/health")
    expect(page.get_by_role("heading", level=1)).to_have_text("ZeroDivisionError")
    page.screenshot(path=ARTIFACTS / "debugger.png")
    frame = page.locator("div.frame").last
    # It shows where the pointer is.
    frame.locator("img").first.dispatch_event("click")
    page.locator("div.pin-prompt input[name=pin]").fill(pin[-1])
    page.locator("div.pin-prompt input[name=btn]").click()
    page.wait_for_function("EVALEX_TRUSTED")
    console = page.locator("pre.console")
    console.locator("input").fill("6 * 7")
    console.locator("input").press("Enter")
    expect(console).to_contain_text("42")
    page.screenshot(path=ARTIFACTS / "console.png")

    secret = re.findall(r'SECRET = "(\w+)"', page.content())[0]
    number = str(frame.get_attribute("id")).removeprefix("frame-")
    command = f"/health?__debugger__=yes&cmd=6*7&frm={number}&s={secret}"
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    status, text = asked("127.0.0.1", port, command, f"127.0.0.1:{port}", cookie)
    assert (status, "42" in text) == (200, True)
    status, text = asked("127.0.0.1", port, command, f"evil.example:{port}", cookie)
    assert (status, "42" in text) == (400, False)
    with pytest.raises(OSError, match=r"refused|timed out"):
        asked(other_address(), port, command, f"127.0.0.1:{port}", cookie)
