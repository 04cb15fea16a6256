"""Why a build's steps were not written to where other machines would read them."""

import re

from shanty.door import door
from shanty.errors import MachineError
from shanty.failure.case import Diagnosis, masked

REFUSED = re.compile(r"Cache export (?:feature )?is (?:currently )?not supported")
EXPORTING = re.compile(r"^\s*> exporting cache to (?P<kind>[\w -]+):", re.MULTILINE)
REASON = re.compile(r"^ERROR: (?:failed to solve: )?(.*)$", re.MULTILINE)


ATTESTED = re.compile(
    r"Attestations? (?:is|are) not supported|Multi-platform build is not supported for the docker"
    r"|does not currently support exporting manifest lists"
)


def not_kept(said: str) -> Diagnosis | None:
    """Explain an image that an engine cannot keep with all its parts, `None` for anything else."""
    if not ATTESTED.search(said):
        return None
    return Diagnosis(
        "this engine keeps images of one platform alone, and no proof of where they are from",
        '{"features": {"containerd-snapshotter": true}} in /etc/docker/daemon.json, or a --builder '
        "of another driver",
        MachineError,
    )


def not_exported(said: str) -> Diagnosis | None:
    """Explain a cache that was not exported, `None` where it was not that."""
    if REFUSED.search(said):
        return Diagnosis(
            "this engine exports its cache neither to a registry nor to a folder",
            f"{door()} build --cache-to type=inline  # in the image, for whoever it is pushed to; "
            'or, for all of it: {"features": {"containerd-snapshotter": true}} in '
            "/etc/docker/daemon.json, or a --builder of another driver",
            MachineError,
        )
    exporting = EXPORTING.search(said)
    if exporting is None:
        return None
    reason = masked((REASON.findall(said) or ["it does not say why"])[-1])
    return Diagnosis(
        f"the cache was not exported to {exporting['kind']}: {reason}",
        f"{door()} build  # without --cache-to, until that is mended",
    )
