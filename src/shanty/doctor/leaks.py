"""What goes to the builder and is for nobody else: private files, and secrets in others."""

import shlex
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from shanty.doctor.finding import Check, Note, Seen
from shanty.doctor.sent import Sent, is_private
from shanty.doctor.subject import Subject
from shanty.door import door
from shanty.errors import UsageError
from shanty.ignore_file import literal
from shanty.request import shown
from shanty.verify.known_secrets import Known, known_secrets

WHY = "What goes to the builder is in the layers of an image, for whoever gets that."


def leak_check(subject: Subject, read: Callable[[], Sent]) -> Check:
    """Return the look at what an ignore file lets through."""
    return Check("ignore file", WHY, partial(_leaks, subject, read))


def _leaks(subject: Subject, read: Callable[[], Sent]) -> Iterator[Seen]:
    sent = read()
    leaks = [path for path in sent.paths if is_private(path)]
    for path in leaks:
        yield UsageError(f"{path} goes to the builder", _left_out(sent, path))
    told = list(_told(sent, known_secrets(subject.project, subject.environment)))
    yield from told
    if not leaks and not told:
        yield f"nothing private is among the {len(sent.paths)} files that go to the builder"


def _told(sent: Sent, known: Sequence[Known]) -> Iterator[Note]:
    """Yield which files that go to the builder hold a secret of this machine's."""
    for path in sent.paths if known else ():
        content = sent.start_of(path)
        for one in known:
            if one.value in content and not is_private(path):
                fix = f"take it out of {path}, and have the app read it from its environment"
                yield Note(f"{path} holds {one.name}", fix)


def _left_out(sent: Sent, path: str) -> str:
    """Return how a path is left out."""
    if sent.ignore_file is None or not sent.ignore_file.is_file():
        return f"{door()} init"
    line, file = f"**{literal(path.rpartition('/')[2])}", shown(sent.ignore_file)
    # The last line may have no end.
    return f"printf '\\n%s\\n' {shlex.quote(line)} >> {shlex.quote(file)}"
