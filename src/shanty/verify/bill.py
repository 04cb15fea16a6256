"""The check of the bill of materials: it lists what is installed."""

from pathlib import Path

from packaging.utils import canonicalize_name

from shanty.errors import UsageError
from shanty.sbom.bill import as_json, bill_of_materials, components, same_version
from shanty.verify.check import Check, judged, not_made
from shanty.verify.subject import Subject

NAME = "lock/sbom"


def bill(subject: Subject, packages: Check, text: str | None) -> Check:
    """Hold a bill against the image: the one that is given, else the one that the lock makes.

    Where the `packages` are not as the lock says, the lock's own has no need to be looked at.
    """
    if text is None:
        if not packages.passed:
            return not_made(NAME, "it would be written from a lock that the image differs from")
        text = as_json(bill_of_materials(subject.manifest, subject.distributions, None))
    own = canonicalize_name(subject.project.name)
    found = {(one.name, same_version(one.version)) for one in subject.distributions}
    installed = {pair for pair in found if pair[0] != own}
    listed = components(text)
    faults = [
        *(
            f"{' '.join(one)} is installed, and not in the bill"
            for one in sorted(installed - listed)
        ),
        *(
            f"{' '.join(one)} is in the bill, and not installed"
            for one in sorted(listed - installed)
        ),
    ]
    return judged(NAME, faults, f"{len(listed)} components, each installed in that version")


def read_bill(typed: str) -> str:
    """Return the text of a bill; raise `UsageError` for a file that is none."""
    fix = "write one: shanty sbom --output FILE"
    try:
        text = Path(typed).read_text(encoding="utf-8")
        components(text)
    except OSError as error:
        raise UsageError(f"--sbom {typed} cannot be read: {error.strerror}", fix) from error
    except ValueError as error:
        raise UsageError(f"--sbom {typed} is no bill of materials in CycloneDX", fix) from error
    return text
