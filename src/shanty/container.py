"""The containers of a project, each as a whole command line."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from shanty.context import Context
from shanty.debugger import debugger_words
from shanty.identity import identity
from shanty.limits import memory_bytes
from shanty.request import Request, base_name, csv, tag
from shanty.settings import Settings

CA = "/run/secrets/ca"

# What the docker command reads for itself: a container's value must not reach it that way.
CLIENT_VARIABLES = {
    *("PATH", "HOME", "DOCKER_API_VERSION", "DOCKER_CERT_PATH", "DOCKER_CONFIG", "DOCKER_CONTEXT"),
    *("DOCKER_HOST", "DOCKER_TLS", "DOCKER_TLS_VERIFY"),
}

# Above gunicorn's 30 seconds of grace for requests in flight.
STOP_TIMEOUT = 40

UNPRIVILEGED = ("--cap-drop", "ALL", "--security-opt", "no-new-privileges")

# What the app is wrapped by where it is to take orders, and the variable that it travels in.
ORDERS = Path(__file__).parent / "verify" / "inside" / "sitecustomize.py"
SITE = "SHANTY_SITE"
TAKE_ORDERS = (
    'printf %s "$SHANTY_SITE" > /tmp/sitecustomize.py; unset SHANTY_SITE; '
    'PYTHONPATH="/tmp${PYTHONPATH:+:$PYTHONPATH}" exec "$@"'
)

# What is run in a container that runs already is found again by a variable of its own.
MARK = "SHANTY_RUN"
# A shell at its prompt ignores SIGTERM, and heeds that its terminal is closed.
END = (
    'for one in /proc/[0-9]*; do grep -qs "$0=$1" "$one/environ" || continue; signal=TERM; '
    'grep -qs "^SigIgn:.*[4-7c-f]...$" "$one/status" && signal=HUP; '
    'kill -s "$signal" "${one#/proc/}"; done'
)
MARKS = "cat /proc/[0-9]*/environ 2> /dev/null | tr '\\0' '\\n' | grep \"^$0=\" | sort --unique"

# Processes and threads: room for dozens of workers with dozens of threads each.
PROCESSES = 2048


@dataclass(frozen=True)
class ContainerOptions:
    """What a person may ask of one container.

    `env` holds `KEY=VALUE` or `KEY`, which takes the caller's own value; `memory` and `cpus` are
    limits as Docker takes them; `ca` is the machine's CA bundle, which development needs for what
    it fetches; `security` is what the engine says of its own, for what is mounted; `networks` are
    those where it finds its services; `debug_port` is where an editor attaches, here and inside;
    `again` is whether it takes the place of one, and waits for an edit where the app cannot start.
    """

    env: tuple[str, ...] = ()
    env_file: str | None = None
    tty: bool = False
    detach: bool = False
    host: str = "127.0.0.1"
    workers: int | None = None
    writable: bool = False
    memory: str | None = None
    cpus: str | None = None
    ca: Path | None = None
    security: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    debug_port: int | None = None
    again: bool = False


def development_server(
    context: Context, settings: Settings, options: ContainerOptions, lock: str
) -> Request:
    """Return the development server: the sources mounted, the port published, the lock named."""
    # A breakpoint wants an answer, so a terminal is there for the server too.
    terminal = ("--interactive", "--tty") if options.tty else ()
    words = ["--label", f"shanty.lock={lock}", "--init", *terminal]
    words += [*_mount(context, options), *_publish(settings, options)]
    words += debugger_words(options.debug_port, options.host)
    words += ["--env", "SHANTY_AGAIN=1"] if options.again else []
    words += [tag(settings, "development")]
    return _run(context, development_name(settings), "dev", options, words)


def development_name(settings: Settings) -> str:
    """Return the name of the development server at a port."""
    return f"{base_name(settings)}-dev-{settings.port}"


@dataclass(frozen=True)
class Trial:
    """A container that an image is proved with: its name, the port here and the one inside.

    With `capabilities` none is dropped. With an `interface`, `wsgi` or `asgi`, the app takes
    orders from its requests, as `verify/inside/sitecustomize.py` says; `start` are then the words
    that the image is started with.
    """

    image: str
    name: str
    port: int
    inner_port: int
    capabilities: bool = False
    interface: str = ""
    start: tuple[str, ...] = ()


def production_server(context: Context, settings: Settings, options: ContainerOptions) -> Request:
    """Return the production server, held to what it needs: no capability, a read-only root."""
    words = [*UNPRIVILEGED, *_held(options), *_publish(settings, options)]
    words += [tag(settings, "production")]
    return _run(context, f"{base_name(settings)}-prod-{settings.port}", "prod", options, words)


def trial_server(context: Context, options: ContainerOptions, trial: Trial) -> Request:
    """Return a production server that is held as `prod` holds it, but for what a trial says."""
    words = [] if trial.capabilities else [*UNPRIVILEGED]
    words += [*_held(options), "--env", f"PORT={trial.inner_port}"]
    words += ["--publish", f"127.0.0.1:{trial.port}:{trial.inner_port}"]
    if trial.interface:
        words += ["--env", f"SHANTY_INTERFACE={trial.interface}", "--env", SITE]
        words += ["--entrypoint", "/bin/sh", trial.image, "-euc", TAKE_ORDERS, "sh", *trial.start]
    else:
        words += [trial.image]
    asked = _run(context, trial.name, "verify", options, words)
    environment = {**asked.environment, SITE: ORDERS.read_text("utf-8")}
    return replace(asked, environment=environment, is_owned=True)


def _held(options: ContainerOptions) -> list[str]:
    """Return what a production server is held to."""
    words = ["--pids-limit", str(PROCESSES), "--stop-timeout", str(STOP_TIMEOUT)]
    if options.writable:
        # Its files are root's: root without any capability may write to them, and to no others.
        words += ["--user", "0:0"]
    else:
        words += ["--read-only", "--tmpfs", _temporary(options)]
    if options.memory:
        # As much with swap as without: none of it is swapped out.
        words += ["--memory", options.memory, "--memory-swap", options.memory]
    if options.cpus:
        words += ["--cpus", options.cpus]
    if options.workers:
        words += ["--env", f"WEB_CONCURRENCY={options.workers}"]
    return words


def command(
    context: Context,
    settings: Settings,
    words: Iterable[str],
    options: ContainerOptions,
    name: str,
) -> Request:
    """Return any command in the development image, the sources mounted."""
    inner = ["--init", "--interactive", *_terminal(options), *_mount(context, options)]
    inner += [tag(settings, "development"), *words]
    return _run(context, name, "run", options, inner)


def shell(
    context: Context,
    settings: Settings,
    target: str,
    options: ContainerOptions,
    name: str,
) -> Request:
    """Return a shell in place of the entrypoint, the sources mounted where they are developed."""
    words = ["--init", "--interactive", *_terminal(options)]
    if target == "development":
        # The script gives the caller a name, then opens the shell.
        words += [*_mount(context, options), "--entrypoint", "docker-entrypoint.sh"]
        words += [tag(settings, target), "/bin/bash"]
    else:
        words += ["--entrypoint", "/bin/bash", tag(settings, target)]
    return _run(context, name, "shell", options, words)


def joined(name: str, words: Iterable[str], options: ContainerOptions, mark: str) -> Request:
    """Return any command in a container that runs, where `end_joined` finds it by its mark."""
    inner, values = _environment(options)
    arguments = ["docker", "exec", "--interactive", *_terminal(options), *inner]
    return Request((*arguments, "--env", MARK, name, *words), {**values, MARK: mark})


def end_joined(name: str, mark: str) -> Request:
    """Return the end of what was marked in a container."""
    return Request(("docker", "exec", name, "/bin/sh", "-c", END, MARK, mark))


def marks(name: str) -> Request:
    """Return the question what is marked in a container."""
    return Request(("docker", "exec", name, "/bin/sh", "-c", MARKS, MARK))


def _run(
    context: Context, name: str, task: str, options: ContainerOptions, words: Iterable[str]
) -> Request:
    """Return `docker run` with what every container shares; a detached one outlives its end."""
    arguments = ["docker", "run", "--detach" if options.detach else "--rm", "--pull", "never"]
    arguments += ["--name", name]
    arguments += [
        "--label",
        f"shanty.project={context.project.id}",
        "--label",
        f"shanty.task={task}",
    ]
    for network in options.networks:
        arguments += ["--network", network]
    inner, values = _environment(options)
    return Request((*arguments, *inner, *words), values, name, is_owned=not options.detach)


def _environment(options: ContainerOptions) -> tuple[list[str], dict[str, str]]:
    """Return what names the variables of a container, and their values by name.

    The values of `--env` travel by name, for a command line is no secret.
    """
    words = ["--env-file", options.env_file] if options.env_file else []
    pairs = [entry.partition("=") for entry in options.env]
    for key, given, value in pairs:
        words += ["--env", f"{key}={value}" if given and key in CLIENT_VARIABLES else key]
    values = {key: value for key, given, value in pairs if given and key not in CLIENT_VARIABLES}
    return words, values


def _terminal(options: ContainerOptions) -> tuple[str, ...]:
    return ("--tty",) if options.tty else ()


def _mount(context: Context, options: ContainerOptions) -> tuple[str, ...]:
    """Return the sources as mounts, used as the caller so that new files are the caller's."""
    words = [*identity(options.security), "--security-opt", "no-new-privileges"]
    for path in (context.project_dir, *context.path_dependencies):
        target = context.app_dir if path == context.project_dir else context.inside(path)
        source = context.root / path
        words += ["--mount", csv("type=bind", f"source={source}", f"target={target}")]
    if options.ca:
        words += ["--mount", csv("type=bind", f"source={options.ca}", f"target={CA}", "readonly")]
        for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"):
            words += ["--env", f"{variable}={CA}"]
    return tuple(words)


def _temporary(options: ContainerOptions) -> str:
    """Return `/tmp` in memory: half of it, as the kernel gives half of the machine's."""
    size = f",size={memory_bytes(options.memory) // 2}" if options.memory else ""
    return f"/tmp:noexec,nosuid,nodev{size}"  # noqa: S108 - the container's own


def _publish(settings: Settings, options: ContainerOptions) -> tuple[str, ...]:
    """Return one port inside and out, so that the address in the server's log is true."""
    port = settings.port
    # Docker takes an address and no name.
    host = "127.0.0.1" if options.host == "localhost" else options.host
    host = f"[{host}]" if ":" in host else host
    return ("--env", f"PORT={port}", "--publish", f"{host}:{port}:{port}")
