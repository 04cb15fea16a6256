"""The limit that an app ran into: of memory, of processes, of what `/tmp` is for."""

import re

from shanty.container import PROCESSES
from shanty.failure.case import Case, Diagnosis
from shanty.failure.raised import Raised
from shanty.limits import doubled

# How Python, OpenBLAS, shells and Rust say that there can be no further process or thread.
CROWDED = re.compile(
    r"can't start new thread|pthread_create failed|(?i:cannot fork|fork: retry)"
    r"|failed to spawn thread: .*code: 11\b"
)
FORKING = re.compile(r"\bfork\w*\(|_fork_exec|_execute_child|_start_new_thread|_posixsubprocess")
MEMORY_PATH = r"'?(?P<path>/(?:tmp|dev/shm)/[^':]*)"


def out_of_memory(limit: str | None) -> Diagnosis:
    """Return what there is to say of a container in which the kernel ended a process."""
    if limit is None:
        return Diagnosis(
            "the machine had no more memory for it", "let it take less, or free some memory"
        )
    return Diagnosis(
        f"it needs more memory than --memory {limit}", f"give it more: --memory {doubled(limit)}"
    )


def too_many_processes(case: Case) -> Diagnosis | None:
    """Explain a line that says there can be no further process or thread."""
    return _crowded() if CROWDED.search(case.log) else None


def reached_limit(raised: Raised, _case: Case) -> Diagnosis | None:
    """Explain an exception over one process too many, or over what `/tmp` does not allow."""
    if CROWDED.search(raised.message):
        return _crowded()
    if "[Errno 11]" in raised.first_said and FORKING.search(raised.frames):
        return _crowded()
    if "[Errno 28]" in raised.first_said:
        # It seldom says where; but where it may write at all is memory.
        return Diagnosis(
            "there is no room for what it writes: /tmp holds half of the memory, /dev/shm 64 MB",
            "give it more with --memory, or let it write to the disk with --writable",
        )
    return _not_run(raised)


def _crowded() -> Diagnosis:
    return Diagnosis(
        f"it starts more than the {PROCESSES} processes and threads that it may have",
        "let it start fewer: with --workers, or by a setting of its own",
    )


def _not_run(raised: Raised) -> Diagnosis | None:
    """Explain a program or a library that lies where nothing may be run."""
    program = "_execute_child" in raised.frames and re.search(
        rf"\[Errno 13\] .*{MEMORY_PATH}", raised.first_said
    )
    library = re.search(rf"{MEMORY_PATH}: failed to map segment", raised.message)
    found = program or library
    if not found:
        return None
    return Diagnosis(
        f"it runs {found['path']}, and nothing that lies there may be run",
        "put it into the image, or add --writable to what you typed",
    )
