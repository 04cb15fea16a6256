"""The build of one target, as a whole command line."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shanty.dockerfile import argument_defaults, check_line_ends, check_stages, shipped_docker
from shanty.door import door
from shanty.errors import UsageError
from shanty.ignore_file import check_ignore_file, write_dockerfile
from shanty.index_secrets import Secret, index_secrets
from shanty.network import ca_bundle, set_proxies
from shanty.recipe import Recipe
from shanty.remembered import cache_from, cache_to
from shanty.request import Request, csv, shown, tag
from shanty.settings import Settings

TARGETS = ("staging", "development", "build", "production")


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
    sbom: bool = False


def check_target(target: str) -> None:
    """Raise `UsageError` unless the Dockerfile has this target."""
    if target not in TARGETS:
        raise UsageError(f"there is no target {target!r}", f"use one of {', '.join(TARGETS)}")


def build_image(
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
        check_ignore_file(context, dockerfile)
        check_line_ends(docker)
    else:
        # The tests are in no wheel.
        wheel = recipe.ship == "wheel" and not settings.test_gate
        dockerfile = write_dockerfile(context, docker, wheel=wheel)
    check_gate(settings, dockerfile)
    arguments = ["docker", "buildx", "build"]
    arguments += ["--file", shown(dockerfile), "--target", target]
    for name in options.tags or (tag(settings, target),):
        arguments += ["--tag", name]
    arguments += ["--label", f"shanty.project={context.project.id}"]
    for name, value in recipe.labels.items():
        arguments += ["--label", f"{name}={value}"]
    for name, value in build_arguments(settings, recipe, dockerfile).items():
        arguments += ["--build-arg", f"{name}={value}"]
    for name in set_proxies(environment):
        arguments += ["--build-arg", name]
    if not context.owner:
        arguments += ["--build-context", f"docker={shown(docker)}"]
    if bundle := ca_bundle(environment):
        arguments += ["--secret", csv("id=ca", f"src={bundle}")]
    secrets = index_secrets(context.project, environment)
    for secret in secrets:
        place = f"src={secret.file}" if secret.file else f"env={_variable(secret)}"
        arguments += ["--secret", csv(f"id={secret.id}", place)]
    if "openssh-client" in recipe.build_packages and environment.get("SSH_AUTH_SOCK"):
        arguments += ["--ssh", "default"]
    arguments += _build_options(options)
    values = {_variable(secret): secret.content for secret in secrets if not secret.file}
    return Request((*arguments, shown(context.root)), values)


def check_gate(settings: Settings, dockerfile: Path) -> None:
    """Raise `UsageError` for a gate that a Dockerfile would pass over."""
    if settings.test_gate and "TEST_GATE" not in argument_defaults(dockerfile):
        raise UsageError(
            f"test-gate = true, and {dockerfile} has no stage that runs the tests",
            f"take Shanty's with: {door()} init --force {shlex.quote(str(dockerfile))}",
        )


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
        "TEST_GATE": str(settings.test_gate).lower(),
        "SOURCE_DATE_EPOCH": recipe.source_date,
    }
    defaults = argument_defaults(dockerfile)
    return always | {
        name: value for name, value in optional.items() if value != defaults.get(name, "")
    }


def _build_options(options: BuildOptions) -> list[str]:
    arguments: list[str] = []
    if options.platforms:
        arguments += ["--platform", ",".join(options.platforms)]
    if options.builder:
        arguments += ["--builder", options.builder]
    if options.cache_from:
        arguments += ["--cache-from", cache_from(options.cache_from)]
    if options.cache_to:
        arguments += ["--cache-to", cache_to(options.cache_to)]
    arguments += [
        f"--{name.replace('_', '-')}" for name in ("no_cache", "pull") if getattr(options, name)
    ]
    if options.sbom:
        arguments += ["--sbom", "true"]
    return [*arguments, "--push" if options.push else "--load"]
