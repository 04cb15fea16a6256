"""Questions that are asked beside each other, and waited for no longer than they are worth."""

import subprocess
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

from shanty.docker_fault import docker_fault, hung_engine, no_client
from shanty.engine import patience

# With what else there is to do, a look at an engine that hangs ends within 5 seconds.
ENGINE_SECONDS = 3.0

Answer = TypeVar("Answer")


def later(ask: Callable[[], Answer]) -> "Future[Answer]":
    """Begin to ask something, and return what will hold the answer, or the error.

    Nobody waits for the thread at the end: what looks up a name can be interrupted by nothing.
    """
    future: Future[Answer] = Future()

    def run() -> None:
        try:
            future.set_result(ask())
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is wanted
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def run_docker(*words: str) -> "subprocess.CompletedProcess[str]":
    """Return how a docker command ended that only looks.

    Raises `TimeoutError` where it takes too long, and ends it.
    """
    try:
        return subprocess.run(
            ("docker", *words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience(ENGINE_SECONDS),
            check=False,
        )
    except FileNotFoundError as error:
        raise no_client() from error
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(f"not within {ENGINE_SECONDS:.0f} s") from error


def ask_docker(*words: str) -> str:
    """Return what a docker command prints; raise our fault for Docker's, and for a hung engine."""
    try:
        done = run_docker(*words)
    except TimeoutError as error:
        raise hung_engine(ENGINE_SECONDS) from error
    if done.returncode:
        raise docker_fault(done.stderr)
    return done.stdout
