"""How this machine reaches others: its CA bundle and its proxies."""

import ssl
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from shanty.doctor.finding import Check, Seen, required
from shanty.doctor.reach import trust, without_credentials
from shanty.errors import UsageError
from shanty.network import CA_VARIABLES, ca_bundle, set_proxies

SCHEMES = {"http", "https", "socks4", "socks5", "socks5h"}
LOOPBACK = ("localhost", "127.", "::1")


def network_checks(environment: Mapping[str, str]) -> tuple[Check, ...]:
    """Return the looks at the settings by which this machine reaches others."""
    return (
        Check(
            "CA bundle",
            "Builds and development containers trust the certificates in it, and no others.",
            partial(_bundle, environment),
        ),
        Check(
            "proxy",
            "Each step of a build that downloads something goes by it.",
            partial(_proxies, environment),
        ),
    )


def trusted_bundle(environment: Mapping[str, str]) -> Path | None:
    """Return the CA bundle; raise `SkippedError` for one that is told of by its own check."""
    return required(lambda: _readable(environment), "the CA bundle is no good")


def _bundle(environment: Mapping[str, str]) -> str:
    bundle = _readable(environment)
    if bundle is None:
        return "none is set: the system's own certificates"
    variable = next(one for one in CA_VARIABLES if environment.get(one))
    return f"{bundle}, by {variable}"


def _readable(environment: Mapping[str, str]) -> Path | None:
    """Return the bundle; raise `UsageError` for one that is missing, or holds no certificate."""
    bundle = ca_bundle(environment)
    variable = next((one for one in CA_VARIABLES if environment.get(one)), "")
    if bundle:
        fix = f"point {variable} at the machine's CA bundle, or unset it"
        try:
            trust(bundle)
        except ssl.SSLError as error:
            raise UsageError(
                f"{variable} names {bundle}, and that holds no certificate in PEM", fix
            ) from error
        except OSError as error:
            raise UsageError(
                f"{variable} names {bundle}, and that cannot be read: {error.strerror}", fix
            ) from error
    return bundle


def _proxies(environment: Mapping[str, str]) -> Iterator[Seen]:
    names = set_proxies(environment)
    if not names:
        yield "none is set"
    for name in names:
        value = environment[name]
        shown = f"{name}={without_credentials(value)}"
        if name.upper() == "NO_PROXY":
            yield shown
        elif fault := _fault(value):
            yield UsageError(
                f"{shown}: {fault}", f"export {name}=http://HOST:PORT, or unset {name}"
            )
        else:
            yield shown


def _fault(value: str) -> str:
    """Return what is wrong with the address of a proxy, empty where nothing is."""
    try:
        # Without a scheme it is taken for http, by curl and by Docker.
        parts = urlsplit(value if "://" in value else f"http://{value}")
        _ = parts.port
    except ValueError:
        # The error would say what stands there, which may be a part of a password.
        return "its port is no number, or its host no name"
    return _fault_of(parts)


def _fault_of(parts: SplitResult) -> str:
    if parts.scheme not in SCHEMES:
        return f"{parts.scheme} is no scheme of a proxy"
    if not parts.hostname:
        return "it names no host"
    if parts.hostname.startswith(LOOPBACK):
        return "in a container, and so in a build, that is not this machine"
    return ""
