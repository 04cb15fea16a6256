"""What Docker is asked to do: whole command lines, made from facts and settings alone."""

import os
import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from shanty.context import Context
from shanty.dockerfile import check_stages
from shanty.errors import UsageError
from shanty.ignore_file import write_dockerfile
from shanty.index_secrets import Secret, index_secrets
from shanty.recipe import Recipe
from shanty.settings import Settings

TARGETS = ("staging", "development", "build", "production")
CA = "/run/secrets/ca"

# The variables by which a machine names its CA bundle, the first set one first.
CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT")
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "FTP_PROXY")

# What the docker command reads for itself: a container's value must not reach it that way.
CLIENT_VARIABLES = {
    *("PATH", "HOME", "DOCKER_API_VERSION", "DOCKER_CERT_PATH", "DOCKER_CONFIG", "DOCKER_CONTEXT"),
    *("DOCKER_HOST", "DOCKER_TLS", "DOCKER_TLS_VERIFY"),
}

# Above gunicorn's 30 seconds of grace for requests in flight.
STOP_TIMEOUT = 40


@dataclass(frozen=True)
class Request:
    """One command; `environment` holds the values that it names without showing them.

    `container` is the name of the container it starts, if it does.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    container: str = ""

    @property
    def line(self) -> str:
        """The command as one line for a shell."""
        return shlex.join(self.arguments)


@dataclass(frozen=True)
class BuildOptions:
    """What a person may ask of one build beyond its target, as `docker buildx build` names it."""

    tags: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    push: bool = False
    no_cache: bool = False
    pull: bool = False
    builder: str | None = None
    cache_from: str | None = None
    cache_to: str | None = None


@dataclass(frozen=True)
class ContainerOptions:
    """What a person may ask of one container.

    `env` holds `KEY=VALUE` or `KEY`, which takes the caller's own value; `ca` is the machine's CA
    bundle, which development needs for what it fetches.
    """

    env: tuple[str, ...] = ()
    env_file: str | None = None
    tty: bool = False
    detach: bool = False
    host: str = "127.0.0.1"
    workers: int | None = None
    writable: bool = False
    ca: Path | None = None


def tag(settings: Settings, target: str) -> str:
    """Return the tag that a target is built and run under."""
    return f"{settings.image}:{target}"


def check_target(target: str) -> None:
    """Raise `UsageError` unless the Dockerfile has this target."""
    if target not in TARGETS:
        raise UsageError(f"there is no target {target!r}", f"use one of {', '.join(TARGETS)}")


def build(
    settings: Settings,
    recipe: Recipe,
    target: str,
    environment: Mapping[str, str],
    options: BuildOptions = BuildOptions(),
) -> Request:
    """Return the build of one target, with what the machine needs to reach others passed on.

    That is its CA bundle, its proxies, its mirrors, the credentials for private indexes, and its
    SSH agent where a dependency is fetched with that.
    """
    context = recipe.context
    docker = context.owner / "docker" if context.owner else shipped_docker()
    dockerfile = docker / "Dockerfile"
    if context.owner:
        check_stages(dockerfile, TARGETS)
    else:
        dockerfile = write_dockerfile(context, docker, wheel=recipe.ship == "wheel")
    arguments = ["docker", "buildx", "build"]
    arguments += ["--file", shown(dockerfile), "--target", target]
    for name in options.tags or (tag(settings, target),):
        arguments += ["--tag", name]
    arguments += ["--label", f"shanty.project={context.project.id}"]
    for name, value in build_arguments(settings, recipe, dockerfile).items():
        arguments += ["--build-arg", f"{name}={value}"]
    for name in _set_proxies(environment):
        arguments += ["--build-arg", name]
    if not context.owner:
        arguments += ["--build-context", f"docker={shown(docker)}"]
    if bundle := ca_bundle(environment):
        arguments += ["--secret", _csv("id=ca", f"src={bundle}")]
    secrets = index_secrets(context.project, environment)
    for secret in secrets:
        place = f"src={secret.file}" if secret.file else f"env={_variable(secret)}"
        arguments += ["--secret", _csv(f"id={secret.id}", place)]
    if "openssh-client" in recipe.build_packages and environment.get("SSH_AUTH_SOCK"):
        arguments += ["--ssh", "default"]
    arguments += _build_options(options)
    values = {_variable(secret): secret.content for secret in secrets if not secret.file}
    return Request((*arguments, shown(context.root)), values)


def _variable(secret: Secret) -> str:
    """Return the variable by which a secret's content reaches docker and shows in no line."""
    return f"SHANTY_SECRET_{secret.id.upper().replace('-', '_')}"


def build_arguments(settings: Settings, recipe: Recipe, dockerfile: Path) -> dict[str, str]:
    """Return what the Dockerfile is told: of what may be left as it is, only what differs."""
    always = {
        "BASE_IMAGE": settings.base_image,
        "PYTHON_VERSION": settings.python_version,
        "POETRY_VERSION": settings.poetry_version,
        "PROJECT_DIR": recipe.context.project_dir,
        "APP": settings.app,
    }
    groups = dict.fromkeys((*settings.groups, *recipe.production.groups))
    extras = dict.fromkeys((*settings.extras, *recipe.production.extras))
    build_packages = dict.fromkeys((*settings.build_system_packages, *recipe.build_packages))
    optional = {
        "DOCKER_DIR": recipe.context.docker_dir,
        "APP_DIR": recipe.context.app_dir,
        "PATH_DEPENDENCIES": ":".join(recipe.context.path_dependencies),
        "SYSTEM_PACKAGES": " ".join(settings.system_packages),
        "BUILD_SYSTEM_PACKAGES": " ".join(build_packages),
        "POETRY_GROUPS": ",".join(groups),
        "POETRY_EXTRAS": " ".join(extras),
        "INSTALL": recipe.install,
        "PROJECT_VERSION": recipe.version,
        "SHIP": recipe.ship,
        "IMPORT_ROOT": recipe.import_root,
        "SERVER": " ".join(recipe.production.fetched),
        "SERVE": recipe.production.command,
        "STOP_SIGNAL": recipe.production.stop_signal,
        "DEVELOPMENT_SERVER": " ".join(recipe.development.fetched),
        "DEVELOPMENT_SERVE": recipe.development.command,
        "PRESTART": "; ".join(settings.prestart),
        "HEALTH_PATH": settings.health_path or "",
    }
    defaults = argument_defaults(dockerfile)
    return always | {
        name: value for name, value in optional.items() if value != defaults.get(name, "")
    }


def argument_defaults(dockerfile: Path) -> dict[str, str]:
    """Return what each `ARG` of a Dockerfile is when nothing is passed for it."""
    pattern = re.compile(r"^ARG[ \t]+(\w+)=(.*)$", re.MULTILINE)
    found = pattern.findall(dockerfile.read_text(encoding="utf-8"))
    return {name: "".join(shlex.split(value)) for name, value in found}


def _build_options(options: BuildOptions) -> list[str]:
    arguments: list[str] = []
    if options.platforms:
        arguments += ["--platform", ",".join(options.platforms)]
    for name in ("builder", "cache_from", "cache_to"):
        if value := getattr(options, name):
            arguments += [f"--{name.replace('_', '-')}", value]
    arguments += [
        f"--{name.replace('_', '-')}" for name in ("no_cache", "pull") if getattr(options, name)
    ]
    return [*arguments, "--push" if options.push else "--load"]


def development_server(context: Context, settings: Settings, options: ContainerOptions) -> Request:
    """Return the development server: the sources mounted, the port published."""
    # A breakpoint wants an answer, so a terminal is there for the server too.
    terminal = ("--interactive", "--tty") if options.tty else ()
    words = ["--init", *terminal, *_mount(context, options), *_publish(settings, options)]
    words += [tag(settings, "development")]
    return _run(context, f"{base_name(settings)}-dev-{settings.port}", "dev", options, words)


def production_server(context: Context, settings: Settings, options: ContainerOptions) -> Request:
    """Return the production server, held to what it needs: no capability, a read-only root."""
    words = ["--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    words += ["--stop-timeout", str(STOP_TIMEOUT)]
    if options.writable:
        # Its files are root's: root without any capability may write to them, and to no others.
        words += ["--user", "0:0"]
    else:
        words += ["--read-only", "--tmpfs", "/tmp"]  # noqa: S108 - the container's own
    if options.workers:
        words += ["--env", f"WEB_CONCURRENCY={options.workers}"]
    words += [*_publish(settings, options), tag(settings, "production")]
    return _run(context, f"{base_name(settings)}-prod-{settings.port}", "prod", options, words)


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
    words += _mount(context, options) if target == "development" else ()
    words += ["--entrypoint", "/bin/bash", tag(settings, target)]
    return _run(context, name, "shell", options, words)


def stop(names: Iterable[str]) -> Request:
    """Return the stop of containers by name."""
    return Request(("docker", "stop", *names))


def remove_containers(names: Iterable[str]) -> Request:
    """Return the removal of containers by name, running or not."""
    return Request(("docker", "rm", "--force", "--volumes", *names))


def remove_images(names: Iterable[str]) -> Request:
    """Return the removal of images by tag or id."""
    return Request(("docker", "image", "rm", "--force", *names))


def logs(name: str, *, follow: bool) -> Request:
    """Return the log of one container."""
    return Request(("docker", "logs", *(["--follow"] if follow else []), name))


def pull(image: str) -> Request:
    """Return the pull of an image from its registry."""
    return Request(("docker", "pull", image))


def base_name(settings: Settings) -> str:
    """Return what the names of the project's containers begin with."""
    return re.sub(r"[/:]", "-", settings.image)


def _run(
    context: Context, name: str, task: str, options: ContainerOptions, words: Iterable[str]
) -> Request:
    """Return `docker run` with what every container shares; a detached one outlives its end.

    The values of `--env` travel by name, for a command line is no secret.
    """
    arguments = ["docker", "run", "--detach" if options.detach else "--rm", "--pull", "never"]
    arguments += ["--name", name]
    arguments += [
        "--label",
        f"shanty.project={context.project.id}",
        "--label",
        f"shanty.task={task}",
    ]
    if options.env_file:
        arguments += ["--env-file", options.env_file]
    pairs = [entry.partition("=") for entry in options.env]
    for key, given, value in pairs:
        arguments += ["--env", f"{key}={value}" if given and key in CLIENT_VARIABLES else key]
    values = {key: value for key, given, value in pairs if given and key not in CLIENT_VARIABLES}
    return Request((*arguments, *words), values, name)


def _terminal(options: ContainerOptions) -> tuple[str, ...]:
    return ("--tty",) if options.tty else ()


def _csv(*fields: str) -> str:
    """Return fields as Docker reads them, quoted where a comma or a quote is in one."""
    return ",".join(
        '"' + one.replace('"', '""') + '"' if set(one) & {",", '"'} else one for one in fields
    )


def _mount(context: Context, options: ContainerOptions) -> tuple[str, ...]:
    """Return the sources as mounts, used as the caller so that new files are the caller's."""
    words = ["--user", f"{os.getuid()}:{os.getgid()}"] if hasattr(os, "getuid") else []
    for path in (context.project_dir, *context.path_dependencies):
        target = context.app_dir if path == context.project_dir else context.inside(path)
        source = context.root / path
        words += ["--mount", _csv("type=bind", f"source={source}", f"target={target}")]
    if options.ca:
        words += ["--mount", _csv("type=bind", f"source={options.ca}", f"target={CA}", "readonly")]
        for variable in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"):
            words += ["--env", f"{variable}={CA}"]
    return tuple(words)


def _publish(settings: Settings, options: ContainerOptions) -> tuple[str, ...]:
    """Return one port inside and out, so that the address in the server's log is true."""
    port = settings.port
    # Docker takes an address and no name.
    host = "127.0.0.1" if options.host == "localhost" else options.host
    host = f"[{host}]" if ":" in host else host
    return ("--env", f"PORT={port}", "--publish", f"{host}:{port}:{port}")


def _set_proxies(environment: Mapping[str, str]) -> list[str]:
    names = [name for upper in PROXY_VARIABLES for name in (upper, upper.lower())]
    return [name for name in names if environment.get(name)]


def ca_bundle(environment: Mapping[str, str]) -> Path | None:
    """Return the CA bundle that the environment names; raise `UsageError` when it is not there."""
    for variable in CA_VARIABLES:
        if value := environment.get(variable):
            if not Path(value).is_file():
                raise UsageError(
                    f"{variable} names {value}, and there is no such file",
                    f"point {variable} at the machine's CA bundle, or unset it",
                )
            return Path(value)
    return None


def shipped_docker() -> Path:
    """Return the folder of Docker files that came with the suite."""
    installed = Path(__file__).parent / "docker"
    # An editable install cannot put files elsewhere: there they lie in the checkout.
    return installed if installed.is_dir() else Path(__file__).parents[2] / "docker"


def shown(path: Path) -> str:
    """Return a path as one would type it here: relative when it lies below this folder."""
    here = Path.cwd()
    if not path.is_relative_to(here):
        return str(path)
    relative = path.relative_to(here).as_posix()
    return f"./{relative}" if relative.startswith("-") else relative
