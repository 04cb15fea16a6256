"""Certificates in a file, told apart by what they are and not by how their lines break."""

import re

CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----(?P<body>[A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----"
)


def certificates(content: bytes) -> frozenset[bytes]:
    """Return the body of each certificate in a text, without blanks."""
    if b"-----BEGIN CERTIFICATE-----" not in content:
        return frozenset()
    return frozenset(b"".join(found["body"].split()) for found in CERTIFICATE.finditer(content))
