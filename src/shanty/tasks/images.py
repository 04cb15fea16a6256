"""The tasks about images: building one, proving it, and what is in it."""

from pathlib import Path
from typing import Any

from invoke.context import Context

from shanty import engine, request, terminal
from shanty.build import BuildOptions
from shanty.door import door
from shanty.errors import UsageError
from shanty.image.report import weight_json, weight_svg, weight_table
from shanty.tasks.task import ENV, container_options, read_workflow, task


@task(
    iterable=["tag", "platform"],
    help={
        "target": "staging, development, build or production",
        "tag": "a name for the image; may be repeated",
        "platform": "a platform to build for; may be repeated",
        "push": "push to the registry instead of loading into the engine",
        "no-cache": "build every step anew",
        "pull": "look for a newer base image",
        "builder": "the buildx builder",
        "cache-from": "where to read cached steps from: a name in a registry, a folder",
        "cache-to": "where to write cached steps to, those of every stage",
    },
)
def build(
    c: Context,
    target: str = "production",
    tag: Any = None,
    platform: Any = None,
    push: bool = False,
    no_cache: bool = False,
    pull: bool = False,
    builder: Any = None,
    cache_from: Any = None,
    cache_to: Any = None,
) -> None:
    """Build one target of the image."""
    workflow = read_workflow(c)
    options = BuildOptions(
        tuple(tag), tuple(platform), push, no_cache, pull, builder, cache_from, cache_to
    )
    seconds = workflow.build(target, options)
    name = tag[0] if tag else request.tag(workflow.settings, target)
    if not c.config.run.dry:
        size = "pushed" if push else f"{engine.image_size(name) / 1e6:.0f} MB"
        print(f"{name}  {size}  {seconds:.1f} s")


@task(
    iterable=["env"],
    help={
        "image": "an image of this project's, instead of its own production",
        "sbom": "a bill of materials to hold against it",
        "json": "for a script",
        **ENV,
    },
)
def verify(
    c: Context,
    image: Any = None,
    sbom: Any = None,
    json: bool = False,
    env: Any = None,
    env_file: Any = None,
) -> None:
    """Prove the production image: its packages, process, rights and contents."""
    # Only this task wants them, and the library that bills are written with.
    from shanty.verify import bill, verification  # noqa: PLC0415

    workflow = read_workflow(c)
    options = container_options(workflow, env, env_file, detach=True)
    text = bill.read_bill(sbom) if sbom else None
    checks = verification.verify(workflow, image, options, text)
    if not checks:
        return
    name = image or request.tag(workflow.settings, "production")
    print(verification.as_json(name, checks) if json else verification.table(checks))
    verification.require(checks)


@task(
    name="size",
    help={"svg": "a file for a picture of it, a treemap", "json": "for a script"},
)
def size_(c: Context, svg: Any = None, json: bool = False) -> None:
    """Show what each layer and each distribution of the production image weighs."""
    picture = _picture(svg)
    workflow = read_workflow(c)
    weight = workflow.weigh()
    if weight is None:
        return
    if picture:
        picture.write_text(weight_svg(weight), encoding="utf-8")
        terminal.say(f"written: {request.shown(picture)}")
    print(weight_json(weight) if json else weight_table(weight))


def _picture(typed: str | None) -> Path | None:
    """Return the file for a picture; raise `UsageError` where none can be written."""
    if typed is None:
        return None
    path = Path.cwd() / typed
    if path.is_dir() or not path.parent.is_dir():
        reason = "is a folder" if path.is_dir() else "is in a folder that is not there"
        raise UsageError(f"--svg {typed} {reason}", f"{door()} size --svg size.svg")
    return path


@task(help={"output": "a file to write it into, in place of printing it"})
def sbom(c: Context, output: Any = None) -> None:
    """Write the bill of materials of production: CycloneDX, from the lock."""
    # Only this task wants the library that the bill is written with.
    from shanty.sbom.production import write_bill  # noqa: PLC0415

    write_bill(read_workflow(c), output)
