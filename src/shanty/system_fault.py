"""What the operating system refuses, as an error of ours."""

import errno
import shlex

from shanty.errors import MachineError

FULL = {errno.ENOSPC, errno.EDQUOT}
REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def system_fault(error: OSError) -> MachineError:
    """Return the error for a call to the system that failed, with the path that it was about."""
    reason = (error.strerror or str(error) or type(error).__name__).lower()
    place = error.filename2 or error.filename
    if place is None:
        return MachineError(f"the system refuses: {reason}", "mend what it names, then try again")
    path = place.decode(errors="replace") if isinstance(place, bytes) else str(place)
    quoted = shlex.quote(path)
    if error.errno in FULL:
        return MachineError(f"{path}: {reason}", f"make room where it lies: df -h {quoted}")
    if error.errno in REFUSED:
        return MachineError(f"{path}: {reason}", f"see who may: ls -ld {quoted}")
    return MachineError(f"{path}: {reason}", f"mend what the system names: ls -ld {quoted}")
