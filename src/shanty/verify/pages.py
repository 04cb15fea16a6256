"""The checks of what an app shows of itself: a debugger, or a traceback on an error page."""

import secrets
import shlex
from collections.abc import Sequence

from shanty.failure.case import masked
from shanty.verify.check import Check, judged
from shanty.verify.http import Page, ask
from shanty.verify.running import Insides, Running

DEVELOPING = {"--reload", "--debug", "runserver"}
TRACEBACKS = ("Traceback (most recent call last)", "Traceback</", "DEBUG = True")
CONSOLES = ("__debugger__", "Werkzeug Debugger", "Interactive Console")
CONSOLE_PATHS = ("/?__debugger__=yes&cmd=resource&f=debugger.js", "/console")


def consoles(container: Running) -> list[Page]:
    """Return what answers where debuggers have their consoles."""
    return [ask(container.port, path) for path in CONSOLE_PATHS]


def error_pages(container: Running) -> list[Page]:
    """Return what the app shows when it is asked for what it has not got."""
    nowhere = f"/{secrets.token_hex(8)}"
    return [
        ask(container.port, nowhere),
        ask(container.port, f"{nowhere}/%ff%00"),
        ask(container.port, method="SHANTY"),
    ]


def debugger(insides: Insides, pages: Sequence[Page], found: Sequence[str]) -> Check:
    """Look for a debugger: one that was found, in the server's command, or on a page."""
    command = masked(shlex.join(insides.command))
    faults = list(found)
    if set(insides.command) & DEVELOPING or "flask run" in command:
        faults.append(f"the server is one for development: {command}")
    faults += [f"{page.asked} answers with a debugger" for page in pages if _signs(page, CONSOLES)]
    return judged("rights/debugger", faults, "none is installed, switched on or answers")


def tracebacks(pages: Sequence[Page]) -> Check:
    """Look for what only a developer should see on the pages that were answered."""
    shown = [page for page in pages if page.status]
    faults = [f"{page.asked} shows {sign!r}" for page in shown for sign in _signs(page, TRACEBACKS)]
    return judged("rights/tracebacks", faults, f"none on {len(shown)} error pages")


def _signs(page: Page, signs: Sequence[str]) -> list[str]:
    return [sign for sign in signs if sign in page.text]
