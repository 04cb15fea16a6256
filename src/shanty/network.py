"""How this machine reaches others: its CA bundle and its proxies."""

from collections.abc import Mapping
from pathlib import Path

from shanty.errors import UsageError

# The variables by which a machine names its CA bundle, the first set one first.
CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "FTP_PROXY")


def ca_bundle(environment: Mapping[str, str]) -> Path | None:
    """Return the CA bundle that the environment names; raise `UsageError` when it is not there."""
    for variable in CA_VARIABLES:
        if value := environment.get(variable):
            if not Path(value).is_file():
                what = "that is a folder" if Path(value).is_dir() else "there is no such file"
                raise UsageError(
                    f"{variable} names {value}, and {what}",
                    f"point {variable} at the machine's CA bundle, or unset it",
                )
            return Path(value)
    return None


def set_proxies(environment: Mapping[str, str]) -> list[str]:
    """Return the variables that name a proxy, in either case."""
    names = [name for upper in PROXY_VARIABLES for name in (upper, upper.lower())]
    return [name for name in names if environment.get(name)]
