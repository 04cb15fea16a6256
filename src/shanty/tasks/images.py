"""The tasks about images: building one, proving it, and what is in it."""

from typing import Any

from invoke.context import Context

from shanty.tasks.task import ENV, task


@task(
    builds=True,
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
    from shanty import engine, request
    from shanty.build import BuildOptions
    from shanty.tasks.reading import read_workflow

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
    builds=True,
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
    from shanty import request
    from shanty.tasks.options import container_options
    from shanty.tasks.reading import read_workflow
    from shanty.verify import bill, verification

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
    builds=True,
    name="size",
    help={"svg": "a file for a picture of it, a treemap", "json": "for a script"},
)
def size_(c: Context, svg: Any = None, json: bool = False) -> None:
    """Show what each layer and each distribution of the production image weighs."""
    from shanty import request, terminal
    from shanty.image.report import picture_file, weight_json, weight_svg, weight_table
    from shanty.tasks.reading import read_workflow

    picture = picture_file(svg)
    workflow = read_workflow(c)
    weight = workflow.weigh()
    if weight is None:
        return
    if picture:
        picture.write_text(weight_svg(weight), encoding="utf-8")
        terminal.say(f"written: {request.shown(picture)}")
    print(weight_json(weight) if json else weight_table(weight))


@task(help={"output": "a file to write it into, in place of printing it"})
def sbom(c: Context, output: Any = None) -> None:
    """Write the bill of materials of production: CycloneDX, from the lock."""
    from shanty.sbom.production import write_bill
    from shanty.tasks.reading import read_workflow

    write_bill(read_workflow(c), output)
