"""What Docker's client keeps in the caller's home, and may not write there."""

import re
import shlex

from shanty.errors import MachineError
from shanty.failure.case import Diagnosis

REFUSED = re.compile(r"open (?P<file>(?P<folder>\S*/\.docker)/\S+): permission denied")


def notes_refused(said: str) -> Diagnosis | None:
    """Explain a file of the client's that is another user's, `None` where it was not that."""
    found = REFUSED.search(said)
    if found is None:
        return None
    return Diagnosis(
        f"{found['file']} is another user's, as a docker command by sudo leaves it",
        f'sudo chown -R "$(id -u)" {shlex.quote(found["folder"])}',
        MachineError,
    )
