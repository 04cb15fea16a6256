"""The tasks that take production beyond this machine."""

from typing import Any

from invoke.context import Context

from shanty.tasks.task import task


@task(
    builds=True,
    iterable=["platform"],
    help={
        "to": "the repository, as in registry.example.com/team/app; the image of the settings",
        "force": "let a version that there is name other contents",
        "platform": "a platform to build for; may be repeated",
        "sbom": "have the builder list what is in the image",
        "builder": "the buildx builder",
        "cache-from": "where to read cached steps from: a name in a registry, a folder",
        "cache-to": "where to write cached steps to, those of every stage",
    },
)
def push(
    c: Context,
    to: Any = None,
    force: bool = False,
    platform: Any = None,
    sbom: bool = False,
    builder: Any = None,
    cache_from: Any = None,
    cache_to: Any = None,
) -> None:
    """Push the production image under its version and its commit."""
    from shanty.build import BuildOptions
    from shanty.release.names import read_names, read_repository
    from shanty.release.push import Push
    from shanty.tasks.reading import read_workflow

    workflow = read_workflow(c)
    repository = read_repository(to, workflow.settings.image)
    names = read_names(repository, workflow.version, workflow.checkout)
    options = BuildOptions(
        platforms=tuple(platform),
        builder=builder,
        cache_from=cache_from,
        cache_to=cache_to,
        sbom=sbom,
    )
    pushed = Push(workflow, names, options, force=force).push()
    if not c.config.run.dry:
        print(*(f"{name}@{digest}" for name, digest in pushed.items()), sep="\n")
