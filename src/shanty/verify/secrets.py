"""The check that nothing secret of this machine's has come into an image."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from shanty.image.archive import Image
from shanty.image.file import File
from shanty.network import ca_bundle
from shanty.verify.certificates import certificates
from shanty.verify.check import Check, judged
from shanty.verify.known_secrets import Known, known_secrets
from shanty.verify.subject import Subject

# Where Debian keeps them all together.
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"


def secrets(subject: Subject, environment: Mapping[str, str]) -> Check:
    """Look for this machine's secrets and its CA bundle in every layer, the config and the history.

    What a layer has and a later one takes away counts: it is in the image all the same.
    """
    known = known_secrets(subject.project, environment)
    bundle = ca_bundle(environment)
    faults = [
        *_in_configuration(subject.image, known),
        *_in_layers(subject, known, bundle),
    ]
    looked = f"none of the {len(known)} secrets known here"
    return judged("contents/secrets", faults, f"{looked}{', nor the CA bundle' if bundle else ''}")


def _in_configuration(image: Image, known: list[Known]) -> Iterator[str]:
    """Look in what starts a container and in the commands that made the layers."""
    places = {"its settings": image.settings, "its history": image.config.get("history")}
    for place, values in places.items():
        text = json.dumps(values, ensure_ascii=False)
        for one in known:
            if json.dumps(one.text, ensure_ascii=False)[1:-1] in text:
                yield f"{place} holds {one.name}"


def _in_layers(subject: Subject, known: list[Known], bundle: Path | None) -> Iterator[str]:
    image = subject.image
    # What the base has is everybody's.
    own = (certificates(bundle.read_bytes()) if bundle else frozenset()) - _of_base(image)
    for layer in image.layers:
        for file in () if layer.from_base else layer.files:
            if file.kind == "file":
                content = image.read(file)
                yield from (
                    f"{file.path} holds {one.name}" for one in known if one.value in content
                )
                if not _is_locked(subject, file) and certificates(content) & own:
                    yield f"{file.path} holds certificates of {bundle}"


def _of_base(image: Image) -> frozenset[bytes]:
    """Return the certificates that the base image trusts."""
    found = (file for layer in image.layers if layer.from_base for file in layer.files)
    return certificates(b"".join(image.read(file) for file in found if file.path == TRUSTED))


def _is_locked(subject: Subject, file: File) -> bool:
    """Tell whether a file is a distribution's, which may have public certificates of its own."""
    return subject.image.added.get(file.path) is file and file.path in subject.owned
