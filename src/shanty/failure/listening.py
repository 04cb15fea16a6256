"""Where a server listens inside its container, and why nobody reaches it there."""

import ipaddress
import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from shanty.failure.case import Diagnosis

# What the kernel says of them: the state of a socket that listens.
FILES = ("/proc/net/tcp", "/proc/net/tcp6")
LISTENING = "0A"
# Docker's own name server listens there.
NAME_SERVER = ipaddress.ip_address("127.0.0.11")
OWN_COMMAND = "let it listen where PORT says: serve = '… --bind \"0.0.0.0:$PORT\"'"


class Listener(NamedTuple):
    """A socket that listens."""

    address: ipaddress.IPv4Address | ipaddress.IPv6Address
    port: int

    @property
    def is_loopback(self) -> bool:
        """Tell whether none but the container itself reaches it."""
        mapped = getattr(self.address, "ipv4_mapped", None)
        return bool((mapped or self.address).is_loopback)


def listeners(sockets: str) -> Iterator[Listener]:
    """Yield what listens, by the lines of the kernel's two files."""
    for line in sockets.splitlines():
        words = line.split()
        if len(words) > 3 and words[3] == LISTENING:  # noqa: PLR2004
            address, _, port = words[1].partition(":")
            # Words of four bytes, each in the order of the machine.
            raw = b"".join(
                bytes.fromhex(address[at : at + 8])[::-1] for at in range(0, len(address), 8)
            )
            found = Listener(ipaddress.ip_address(raw), int(port, 16))
            if found.address != NAME_SERVER:
                yield found


def only_inside(sockets: str, port: int, serve: str | None) -> Diagnosis | None:
    """Explain a server whose port is open to its own container alone, `None` for any other."""
    at_port = [one for one in listeners(sockets) if one.port == port]
    if not at_port or not all(one.is_loopback for one in at_port):
        return None
    own = re.sub(r"\b127\.0\.0\.1\b|\blocalhost\b|\[::1\]", "0.0.0.0", serve or "")  # noqa: S104
    return Diagnosis(
        f"it listens on {at_port[0].address} inside, where the container alone reaches it",
        _command(own, serve),
    )


def elsewhere(sockets: str, port: int, serve: str | None) -> Diagnosis | None:
    """Explain a server that is not at its port: at which it is, or that it is at none."""
    found = sorted({one.port for one in listeners(sockets)})
    if not sockets or port in found:
        return None
    if not found:
        return Diagnosis("nothing in it listens on any port", _patience(serve))
    own = re.sub(rf"\b{found[0]}\b", "$PORT", serve or "")
    return Diagnosis(
        f"it listens on port {found[0]} inside, and not on the one that PORT names",
        _command(own, serve),
    )


def _command(own: str, serve: str | None) -> str:
    if own == (serve or ""):
        return OWN_COMMAND
    return f"[tool.shanty] serve = {json.dumps(own, ensure_ascii=False)}"


def _patience(serve: str | None) -> str:
    if serve:
        return f"let [tool.shanty] serve = {serve!r} be a command that serves at 0.0.0.0:$PORT"
    return "if it needs longer, start it without --detach, which waits for nothing"
