"""Making a machine ready: an engine with buildx, installed and started where it is missing."""

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from shanty import engine
from shanty.endpoint import endpoint
from shanty.errors import AccessError, HungError, MachineError
from shanty.request import Request
from shanty.setup import apt
from shanty.setup.consent import Setup, as_root, check
from shanty.terminal import announce

ENGINE_LOG = Path("/var/log/dockerd.log")
START_SECONDS = 60
END_SECONDS = 10
POLL_SECONDS = 0.1


def ensure_engine(setup: Setup) -> None:
    """Install and start what is missing of an engine with buildx; do nothing where all is there."""
    if not _is_ready():
        _check_elsewhere()
        _end_hung(setup)
        if not shutil.which("dockerd") or not _has_client() or _is_too_old():
            apt.install_engine(setup)
            engine.forget()
        if setup.dry or not _answers():
            setup.agree("Start the Docker engine?")
            _start(setup)
        if setup.dry:
            return
    engine.check_engine()
    setup.say(f"engine: Docker {engine.engine_version()}, buildx {engine.buildx_version()}")


def _is_ready() -> bool:
    try:
        engine.check_engine()
    except AccessError:
        raise
    except MachineError:
        return False
    return True


def _check_elsewhere() -> None:
    """Raise what is at fault with an engine elsewhere: none is set up in its place."""
    if endpoint().leader and engine.engine_version() < engine.OLDEST_ENGINE:
        engine.check_engine()


def _end_hung(setup: Setup) -> None:
    """End an engine that runs and does not answer; it is started like one that is not there."""
    try:
        engine.is_reachable()
    except HungError:
        setup.agree("The Docker engine does not answer. End it, and start it anew?")
        setup.change(("pkill", "-KILL", "-x", "dockerd"))
        # A new one refuses to start beside it.
        deadline = time.monotonic() + END_SECONDS
        while not setup.dry and _is_running("dockerd") and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)


def _is_running(name: str) -> bool:
    import psutil  # noqa: PLC0415 - wanted by one fault only

    # One that nobody has buried yet counts too: its number is still taken.
    return any(one.info["name"] == name for one in psutil.process_iter(["name"]))


def _answers() -> bool:
    """Tell whether an engine answers; one that takes its time, at its start too, does not yet."""
    try:
        return engine.is_reachable()
    except HungError:
        return False


def _is_too_old() -> bool:
    return _answers() and engine.engine_version() < engine.OLDEST_ENGINE


def _has_client() -> bool:
    return bool(shutil.which("docker")) and engine.buildx_version() is not None


def _start(setup: Setup) -> None:
    if Path("/run/systemd/system").is_dir():
        setup.change(("systemctl", "enable", "--now", "docker"))
    else:
        request = Request((*as_root(), "setsid", "--fork", "dockerd"))
        announce(request, dry=setup.dry)
        if setup.dry:
            return
        with tempfile.TemporaryFile() if as_root() else ENGINE_LOG.open("ab") as log:
            done = subprocess.run(
                request.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=False,
            )
        check(request.arguments, done.returncode)
    deadline = time.monotonic() + START_SECONDS
    while not setup.dry and not _answers():
        if time.monotonic() > deadline:
            raise MachineError(
                f"the Docker engine does not answer {START_SECONDS} s after its start",
                f"read {ENGINE_LOG}" if not as_root() else "sudo dockerd  # and read what it says",
            )
        time.sleep(POLL_SECONDS)
