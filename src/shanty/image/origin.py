"""What made a layer, in plain words."""

import re

# What the steps of Shanty's Dockerfile have in them that lead to production, and what they make.
STEPS = (
    (r"^WORKDIR ", "the folder of the app"),
    (r"\$SYSTEM_PACKAGES", "Debian packages, and the standard library compiled"),
    (r"app:x:10001", "the user of the app, the entrypoint, and what starts the server"),
    (r"^COPY .*/made/packages ", "the packages of the lock, and the server that it lacks"),
    (r"^COPY .*/made/installed ", "the wheel of the project"),
    (r"cp -R \S+/app/\. ", "the files of the project"),
)
LONGEST = 60


def origin(command: str) -> str:
    """Return what made a layer: a step of Shanty's, else the start of the command itself."""
    for pattern, words in STEPS:
        if re.search(pattern, command):
            return words
    plain = re.sub(r"^RUN (?:\|\d+ .*? )?/bin/sh -c ", "RUN ", command.removesuffix(" # buildkit"))
    plain = " ".join(plain.split())
    return (plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…") or "a step of its own"
