"""What a build says, with which of its steps the engine took from its cache."""

import re

from shanty.tee import Tail

# The steps of a plain progress have numbers: `#13 [tools 3/3] RUN …`, then `#13 CACHED`.
# One whose layers are fetched from a cache elsewhere is told to be `DONE` after that.
PLAIN = re.compile(
    rb"#(\d+) (?:\[([^\]]*\d+/\d+)\] |(CACHED)$|(sha256:|extracting sha256:)|(DONE) )"
)
# On a terminal each is drawn again and again, as it is: ` => CACHED [tools 3/3] RUN …  0.0s`.
DRAWN = re.compile(rb"(?:\x1b\[[\d;?]*[a-zA-Z])* => (CACHED )?\[([^\]]*\d+/\d+)\] ")
FETCHED = re.compile(rb"(?:\x1b\[[\d;?]*[a-zA-Z])* => => (?:extracting )?sha256:")
PLATFORM = re.compile(r"\S+/\S+ (?=.*\d+/\d+$)")
# Nothing that names a step is longer.
LINE_BYTES = 64 * 1024


class Progress(Tail):
    """The end of what a build said, and its steps."""

    def __init__(self) -> None:
        super().__init__()
        self._line = self._drawn = b""
        self._names: dict[bytes, bytes] = {}
        self._cached: dict[bytes, bool] = {}

    def add(self, chunk: bytes) -> None:
        """Keep more, and learn of the steps in it."""
        super().add(chunk)
        *lines, rest = (self._line + chunk).split(b"\n")
        self._line = rest[-LINE_BYTES:]
        for line in lines:
            self._read(line.rstrip(b"\r"))

    def _read(self, line: bytes) -> None:
        if drawn := DRAWN.match(line):
            self._drawn = drawn[2]
            self._cached[self._drawn] = bool(drawn[1])
        elif FETCHED.match(line):
            self._cached[self._drawn] = True
        elif plain := PLAIN.match(line):
            number, name, cached, fetched, _ = plain.groups()
            if name:
                self._names[number] = name
            elif step := self._names.get(number):
                self._cached[step] = bool(cached or fetched or self._cached.get(step))

    @property
    def anew(self) -> set[str]:
        """The steps that were carried out, on one platform at least, as `tools 3/3`."""
        return {_key(name) for name, cached in self._cached.items() if not cached}


def _key(name: bytes) -> str:
    """Return a step's name without its platform, and without the blanks that line names up."""
    return PLATFORM.sub("", " ".join(name.decode(errors="replace").split()))
