"""The SSH agent that Poetry is lent where a dependency is fetched with it."""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from shanty.dependencies.lock import Lock
from shanty.editing.neighbours import declared
from shanty.project import Project

OVER_SSH = re.compile(r"\b(?:git\+)?ssh://|\bgit@[\w.-]+:")
SOCKET = "SSH_AUTH_SOCK"
INSIDE = "/run/ssh-agent"
USERS = "/etc/passwd"
# Poetry's own client takes no options for SSH: git itself is told them by the image.
BY_GIT = {"POETRY_SYSTEM_GIT_CLIENT": "true", "POETRY_EXPERIMENTAL_SYSTEM_GIT_CLIENT": "true"}


def is_over_ssh(project: Project, lock: Lock | None, words: Iterable[str]) -> bool:
    """Tell whether something that is locked, declared or typed is fetched over SSH."""
    locked = (one.url for one in (lock.packages if lock else ()) if one.source == "git")
    texts = (*locked, *words, *map(str, declared(project.pyproject)))
    return any(OVER_SSH.search(text) for text in texts)


def agent_socket(environment: Mapping[str, str]) -> Path | None:
    """Return the socket of the agent that answers this person, `None` where there is none."""
    socket = Path(environment.get(SOCKET) or "/nonexistent")
    return socket if socket.is_socket() else None


def users() -> str:
    """Return a list of users with the caller: to nobody else does SSH talk."""
    root, caller = "root:x:0:0:root:/root:/bin/sh\n", os.getuid()
    return f"{root}caller:x:{caller}:{os.getgid()}::/tmp:/bin/sh\n" if caller else root
