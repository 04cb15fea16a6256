"""Making a machine ready: an engine with buildx, and a Python base image.

The one module that knows a system: Debian and its relatives, by apt. Elsewhere it says what to
install.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version

from shanty import engine
from shanty.door import door
from shanty.errors import AccessError, MachineError, UsageError
from shanty.request import Request, pull
from shanty.settings import official_base_image
from shanty.terminal import announce, execute_quietly

ENGINE_LOG = Path("/var/log/dockerd.log")
START_SECONDS = 60

# Which suite carries which Python.
SUITES = {
    "debian": {"3.9": "bullseye", "3.11": "bookworm", "3.13": "trixie", "3.14": "forky"},
    "ubuntu": {"3.10": "jammy", "3.12": "noble", "3.14": "resolute"},
}
# Which suites to look in for an engine, where the machine's own carries one that is too old.
NEWER_SUITES = {"debian": ("trixie", "forky"), "ubuntu": ("noble", "resolute")}
KEYRINGS = {
    "debian": Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    "ubuntu": Path("/usr/share/keyrings/ubuntu-archive-keyring.gpg"),
}
# Where Docker and Python's venv and pip lie.
COMPONENTS = {"debian": ("main",), "ubuntu": ("main", "universe")}
PACKAGES = ("docker.io", "docker-buildx")


@dataclass(frozen=True)
class Setup:
    """How to go about it: `confirm` is asked before each thing that changes the machine."""

    say: Callable[[str], None]
    confirm: Callable[[str], bool]
    dry: bool = False

    def change(self, arguments: Iterable[str], cwd: Path | None = None) -> None:
        """Announce a command and run it as root; raise `MachineError` when it fails."""
        request = Request((*as_root(), *arguments))
        announce(request, dry=self.dry)
        if self.dry:
            return
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            request.arguments,
            env=environment,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
        )
        _check(request.arguments, done.returncode)

    def agree(self, question: str) -> None:
        """Raise `MachineError` unless the person agrees to a change."""
        if not self.dry and not self.confirm(question):
            raise MachineError(f"{question.rstrip('?')}: not done", f"{door()} setup --yes")


def ensure_engine(setup: Setup) -> None:
    """Install and start what is missing of an engine with buildx; do nothing where all is there."""
    if not _is_ready():
        if not shutil.which("dockerd") or not _has_client() or _is_too_old():
            _require_apt()
            setup.agree("Install a Docker engine with buildx?")
            _install(setup)
            engine.client.cache_clear()
        if setup.dry or not engine.is_reachable():
            setup.agree("Start the Docker engine?")
            _start(setup)
        if setup.dry:
            return
    engine.check_engine()
    setup.say(f"engine: Docker {engine.engine_version()}, buildx {engine.buildx_version()}")


def ensure_base_image(setup: Setup, base_image: str, python_version: str) -> None:
    """Make sure that the base image, or the one made here in its place, is on the engine."""
    if setup.dry:
        announce(pull(base_image), dry=True)
        return
    official = base_image == official_base_image(python_version)
    for name in (base_image, *([own_base_image(python_version)] if official else [])):
        if engine.image_exists(name):
            setup.say(f"base image: {name}")
            return
    request = pull(base_image)
    announce(request)
    if execute_quietly(request) == 0:
        setup.say(f"base image: {base_image}, pulled")
        return
    if not official or not _has_apt():
        raise MachineError(
            f"{base_image} cannot be pulled, and is not made from this system's packages",
            f"docker pull {base_image}  (and mend what it says)",
        )
    suite = _suite(python_version)
    setup.say(f"{base_image} cannot be pulled: no registry answers")
    setup.agree(f"Make a base image with Python {python_version} from this system's packages?")
    _make_base_image(setup, python_version, suite)
    setup.say(f"base image: {own_base_image(python_version)}, made here")


def own_base_image(python_version: str) -> str:
    """Return the name of the base image made here, which is never an official one."""
    return f"shanty/python:{python_version}"


def as_root() -> tuple[str, ...]:
    """Return what to put before a command that only root may run."""
    return () if not hasattr(os, "geteuid") or os.geteuid() == 0 else ("sudo",)


def distribution(release: str) -> str | None:
    """Return `debian` or `ubuntu` from the text of `/etc/os-release`, by itself or its parent."""
    pairs = dict(line.split("=", 1) for line in release.splitlines() if "=" in line)
    names = f"{pairs.get('ID', '')} {pairs.get('ID_LIKE', '')}".replace('"', "").split()
    return next((name for name in names if name in SUITES), None)


def _is_ready() -> bool:
    try:
        engine.check_engine()
    except AccessError:
        raise
    except MachineError:
        return False
    return True


def _is_too_old() -> bool:
    return engine.is_reachable() and engine.engine_version() < engine.OLDEST_ENGINE


def _has_client() -> bool:
    return bool(shutil.which("docker")) and engine.buildx_version() is not None


def _has_apt() -> bool:
    return bool(shutil.which("apt-get")) and _distribution() is not None


def _require_apt() -> None:
    if not _has_apt():
        raise MachineError(
            "no Docker engine answers, and this system is neither Debian nor Ubuntu",
            f"install Docker 25 or newer with buildx, start it, then: {door()} setup",
        )


def _distribution() -> str | None:
    release = Path("/etc/os-release")
    return distribution(release.read_text(encoding="utf-8")) if release.is_file() else None


def _install(setup: Setup) -> None:
    setup.change(("apt-get", "update", "--quiet"))
    wanted = [*PACKAGES, *([] if shutil.which("docker") else ["docker-cli"])]
    if setup.dry or _suffices(_candidates(wanted)):
        available = [name for name in wanted if setup.dry or name in _candidates(wanted)]
        setup.change(("apt-get", "install", "--yes", "--no-install-recommends", *available))
    else:
        _install_from_newer_suite(setup, [*wanted, "containerd"])


def _suffices(candidates: dict[str, str]) -> bool:
    if not set(PACKAGES) <= set(candidates):
        return False
    try:
        version = candidates["docker.io"].split(":")[-1]
        return Version(re.split(r"[+~-]", version)[0]) >= engine.OLDEST_ENGINE
    except InvalidVersion:
        return False


def _candidates(packages: Iterable[str], options: Iterable[str] = ()) -> dict[str, str]:
    """Return the version that apt would install of each package, where it would."""
    answer = _ask(("apt-cache", *options, "policy", *packages))
    found = re.findall(r"^(\S+):\n.*\n  Candidate: (?!\(none\))(\S+)", answer, re.MULTILINE)
    return dict(found)


def _install_from_newer_suite(setup: Setup, packages: list[str]) -> None:
    """Take an engine from a newer suite of the same mirror, and what it needs from this one.

    Lists and sources of their own keep the machine's suites, and every other package, as they are.
    """
    family = _distribution() or "debian"
    for suite in NEWER_SUITES[family]:
        with tempfile.TemporaryDirectory(prefix="shanty-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            options = _separate_apt(folder, family, suite)
            setup.change(("apt-get", *options, "update", "--quiet"))
            candidates = _candidates(packages, options)
            if not _suffices(candidates):
                continue
            setup.change(("apt-get", *options, "download", "--quiet", *candidates), cwd=folder)
            files = sorted(str(file) for file in folder.glob("*.deb"))
            setup.change(("apt-get", "install", "--yes", "--no-install-recommends", *files))
            return
    raise MachineError(
        f"no suite of this machine's mirror has Docker {engine.OLDEST_ENGINE} or newer with buildx",
        f"install them by hand, start the engine, then: {door()} setup",
    )


def _separate_apt(folder: Path, family: str, suite: str) -> tuple[str, ...]:
    (folder / "lists" / "partial").mkdir(parents=True)
    place = f"{_mirror(family)} {suite} {' '.join(COMPONENTS[family])}"
    source = f"deb [signed-by={KEYRINGS[family]}] {place}\n"
    (folder / "sources.list").write_text(source, encoding="utf-8")
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "-",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "APT::Sandbox::User": "root",
    }
    return tuple(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))


def _mirror(family: str) -> str:
    """Return the address that this machine's apt has its own system's packages from."""
    form = "$(ORIGIN) $(COMPONENT) $(REPO_URI)"
    answer = _ask(("apt-get", "indextargets", "--format", form, "Created-By: Packages"))
    for line in answer.splitlines():
        origin, component, address = line.split(" ", 2)
        if origin.lower() == family and component == "main":
            return address
    raise MachineError("apt knows no mirror of this system", "apt-get update")


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
        _check(request.arguments, done.returncode)
    deadline = time.monotonic() + START_SECONDS
    while not setup.dry and not engine.is_reachable():
        if time.monotonic() > deadline:
            raise MachineError(
                f"the Docker engine does not answer {START_SECONDS} s after its start",
                f"read {ENGINE_LOG}" if not as_root() else "sudo dockerd  (and read what it says)",
            )
        time.sleep(engine.POLL_SECONDS)


def _suite(python_version: str) -> str:
    family = _distribution() or "debian"
    suite = SUITES[family].get(python_version)
    if suite is None:
        raise UsageError(
            f"no registry answers, and no suite carries Python {python_version}",
            f"set [tool.shanty] python-version to one of {', '.join(SUITES[family])}",
        )
    return suite


def _make_base_image(setup: Setup, python_version: str, suite: str) -> None:
    family = _distribution() or "debian"
    if not shutil.which("mmdebstrap"):
        setup.change(("apt-get", "update", "--quiet"))
        setup.change(("apt-get", "install", "--yes", "--no-install-recommends", "mmdebstrap"))
    with tempfile.TemporaryDirectory(prefix="shanty-") as name:
        archive = Path(name) / "base.tar"
        setup.change(
            (
                *("mmdebstrap", "--quiet", "--variant=minbase"),
                *(("--components=main,universe",) if family == "ubuntu" else ()),
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
                *(suite, str(archive), _mirror(family)),
            )
        )
        setup.change(
            (
                *("docker", "import", "--change", 'CMD ["python"]'),
                *(str(archive), own_base_image(python_version)),
            )
        )


def _ask(arguments: tuple[str, ...]) -> str:
    environment = {**os.environ, "LC_ALL": "C"}
    done = subprocess.run(
        arguments, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    _check(arguments, done.returncode)
    return done.stdout


def _check(arguments: tuple[str, ...], code: int) -> None:
    if code:
        raise MachineError(
            f"{Request(arguments).line} failed with exit code {code}",
            "mend what it says above, then run the same command again",
        )
