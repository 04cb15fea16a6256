"""One question by HTTP: whether something answers at an address, by the way this machine goes."""

import re
import shlex
import ssl
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import (
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
    getproxies,
    proxy_bypass,
)

from shanty.doctor.finding import SkippedError
from shanty.doctor.later import later
from shanty.errors import MachineError, UsageError

if TYPE_CHECKING:
    from concurrent.futures import Future

NETWORK_SECONDS = 1.5


@dataclass(frozen=True)
class Address:
    """An address by HTTP, and what it is asked with.

    `bundle` are the certificates to trust in place of the system's; `trusted` is whether any is.
    `user` and `password` are its credentials, which are in no text that is shown.
    """

    url: str
    bundle: Path | None = None
    trusted: bool = False
    user: str = ""
    password: str = ""

    @classmethod
    def of(cls, url: str, bundle: Path | None = None) -> "Address":
        """Return the address that a text names, the credentials in it taken out.

        Raises `UsageError` for what is none.
        """
        try:
            parts = urlsplit(url)
        except ValueError as error:
            shown = without_credentials(url)
            raise UsageError(f"{shown} is no address: {error}", "pip config list") from error
        _, _, place = parts.netloc.rpartition("@")
        plain = urlunsplit(parts._replace(netloc=place))
        user, password = (unquote(one or "") for one in (parts.username, parts.password))
        return cls(plain, bundle, user=user, password=password)


def status_of(address: Address) -> int:
    """Return the status by which an address answers; raise `MachineError` where nothing does."""
    request = Request(address.url, method="HEAD", headers=_headers(address))  # noqa: S310 - http alone
    proxy, trusted = proxy_of(address), trust(address.bundle, address.trusted)
    proxies = {urlsplit(address.url).scheme: proxy} if proxy else {}
    opener = build_opener(ProxyHandler(proxies), HTTPSHandler(context=trusted))
    try:
        with opener.open(request, timeout=NETWORK_SECONDS) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (OSError, HTTPException, ValueError) as error:
        raise unreachable(address, _reason(error)) from error


def unreachable(address: Address, reason: str) -> MachineError:
    """Return the fault of an address at which nothing answers."""
    proxy = proxy_of(address)
    way = f" by the proxy {without_credentials(proxy)}" if proxy else ""
    return MachineError(f"{address.url} does not answer{way}: {reason}", fix_of(address))


def fix_of(address: Address) -> str:
    """Return what shows a person why an address does not answer."""
    return f"curl --head {shlex.quote(address.url)}  # and mend what it says"


def proxy_of(address: Address) -> str:
    """Return the proxy by which an address is reached, empty where it is reached without."""
    parts, proxies = urlsplit(address.url), getproxies()
    if proxy_bypass(parts.netloc):
        return ""
    return proxies.get(parts.scheme) or proxies.get("all", "")


@dataclass(frozen=True)
class Question:
    """An address that is asked, the status to come, and until when that counts."""

    address: Address
    status: "Future[int]"
    deadline: float

    @classmethod
    def about(cls, address: Address) -> "Question":
        """Begin to ask an address."""
        deadline = time.monotonic() + NETWORK_SECONDS
        return cls(address, later(partial(status_of, address)), deadline)

    def answer(self) -> int:
        """Return the status; raise `MachineError` where there is none in time."""
        if proxy_of(self.address).startswith("socks"):
            raise SkippedError("the way is by a SOCKS proxy, which is not gone here")
        try:
            return self.status.result(max(0, self.deadline - time.monotonic()))
        except TimeoutError as error:
            raise unreachable(self.address, f"not within {NETWORK_SECONDS} s") from error


def _headers(address: Address) -> Mapping[str, str]:
    if not address.user:
        return {}
    both = b64encode(f"{address.user}:{address.password}".encode()).decode()
    return {"Authorization": f"Basic {both}"}


@cache
def trust(bundle: Path | None, unseen: bool = False) -> ssl.SSLContext:  # noqa: FBT001, FBT002 - to be cached by
    """Return whom to trust: the certificates of a bundle, else the system's, or anybody `unseen`.

    Raises `OSError` for a bundle without a certificate. Reading one takes its time, so it is once.
    """
    context = ssl.create_default_context(cafile=bundle)
    if unseen:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _reason(error: Exception) -> str:
    """Return why, as the system says it, without a proxy's credentials."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return f"not within {NETWORK_SECONDS} s"
    text = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or str(cause)
    return without_credentials(text)


def without_credentials(text: str) -> str:
    """Return an address, or what names one, without what stands before its host."""
    return re.sub(r"^(.*//)?.*@", r"\1…@", text, flags=re.DOTALL)
