"""The base image where no registry answers: made from this system's own packages."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from shanty import engine
from shanty.errors import MachineError, UsageError
from shanty.own_base import on_own_base, own_base_image
from shanty.request import pull
from shanty.settings import Given, Resolved, is_official, resolve, resolve_one
from shanty.setup import apt
from shanty.setup.consent import Setup
from shanty.terminal import announce, execute_quietly


def ensure_base_image(
    setup: Setup, base_image: str, python_version: str, carried: str | None = None
) -> None:
    """Make sure that the base image, or the one made here in its place, is on the engine.

    `carried` is the best of the Pythons that this system's suites carry, for the one made here.
    """
    if setup.dry:
        announce(pull(base_image), dry=True)
        return
    official = is_official(base_image, python_version)
    minor = carried or python_version
    own = map(own_base_image, dict.fromkeys((python_version, minor))) if official else ()
    for name in (base_image, *own):
        if engine.image_exists(name):
            setup.say(f"base image: {name}")
            return
    request = pull(base_image)
    announce(request)
    if execute_quietly(request) == 0:
        setup.say(f"base image: {base_image}, pulled")
        return
    system = apt.family()
    if not official or system is None:
        raise MachineError(
            f"{base_image} cannot be pulled, and is not made from this system's packages",
            f"docker pull {base_image}  # and mend what it says",
        )
    suite = apt.suite_with(system, minor)
    setup.say(f"{base_image} cannot be pulled: no registry answers")
    setup.agree(f"Make a base image with Python {minor} from this system's packages?")
    _make_base_image(setup, minor, system, suite)
    setup.say(f"base image: {own_base_image(minor)}, made here")


def carried_python(given: Given) -> str | None:
    """Return the best Python that this system's suites carry; `None` where none will do."""
    system = apt.family()
    if system is None:
        return None
    try:
        return str(resolve_one("python-version", _carried(given, system)).value)
    except UsageError:
        return None


def made_here(given: Given) -> Resolved | None:
    """Return the settings on the best base image that can be made here; `None` where none can."""
    system = apt.family()
    if system is None:
        return None
    try:
        resolved = resolve(_carried(given, system))
        best = resolve_one("python-version", given).value
    except UsageError:
        return None
    key, chosen = "python-version", resolved.settings.python_version
    if chosen != best:
        reason = f"{resolved.sources[key]}; {best} suits better and cannot be had here"
        resolved = replace(resolved, sources={**resolved.sources, key: reason})
    return on_own_base(resolved)


def _carried(given: Given, system: str) -> Given:
    return replace(given, pythons=apt.pythons(system))


def _make_base_image(setup: Setup, python_version: str, system: str, suite: str) -> None:
    if not shutil.which("mmdebstrap"):
        setup.change(("apt-get", "update", "--quiet"))
        setup.change(("apt-get", "install", "--yes", "--no-install-recommends", "mmdebstrap"))
    with tempfile.TemporaryDirectory(prefix="shanty-") as name:
        archive = Path(name) / "base.tar"
        setup.change(
            (
                *("mmdebstrap", "--variant=minbase"),
                # A mirror that lags behind is still a mirror.
                '--aptopt=Acquire::Check-Valid-Until "false"',
                f"--components={','.join(apt.COMPONENTS[system])}",
                "--include=ca-certificates,python3,python3-venv,python3-pip",
                *[
                    f"--dpkgopt=path-exclude=/usr/share/{part}/*"
                    for part in ("doc", "locale", "man")
                ],
                "--dpkgopt=path-include=/usr/share/doc/*/copyright",
                # Where official images have it, and free to be installed into, as theirs is.
                '--customize-hook=ln -s /usr/bin/python3 "$1/usr/local/bin/python"',
                '--customize-hook=rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED',
                # mmdebstrap leaves this machine's own behind.
                '--customize-hook=rm -f "$1/etc/resolv.conf" "$1/etc/hostname"',
                *(suite, str(archive), apt.mirror(system)),
            )
        )
        setup.change(
            (
                *("docker", "import", "--change", 'CMD ["python"]'),
                *(str(archive), own_base_image(python_version)),
            )
        )
