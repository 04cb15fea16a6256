"""The bill of a project's production image, which is built for it."""

from pathlib import Path

from cyclonedx.model.bom import Bom

from shanty import request
from shanty.errors import UsageError
from shanty.image.archive import saved
from shanty.image.distribution import distributions
from shanty.init.owned_file import OwnedFile
from shanty.manifest import Manifest
from shanty.own_base import own_base_image
from shanty.sbom.bill import as_json, bill_of_materials
from shanty.terminal import say
from shanty.workflow import Workflow


def write_bill(workflow: Workflow, output: str | None) -> None:
    """Build production, then print its bill or write it into a file, in one step.

    Raises `UsageError` for an output that is no file, before anything is done.
    """
    file = Path(output).absolute() if output else None
    if file and file.exists() and not file.is_file():
        raise UsageError(f"--output {output} is no file", "name one, there or not")
    workflow.build("production")
    if workflow.dry:
        return
    text = as_json(production_bill(workflow))
    if file:
        OwnedFile(file, text, file.parent).write()
        say(f"written: {request.shown(file)}")
    else:
        print(text, end="")


def production_bill(workflow: Workflow) -> Bom:
    """Return the bill of the production image that the engine has."""
    resolved = workflow.at_hand()
    settings = resolved.settings
    bases = (settings.base_image, own_base_image(settings.python_version))
    with saved(request.tag(settings, "production"), bases) as image:
        manifest = Manifest.of(workflow.lock, settings, workflow.recipe(resolved), image)
        return bill_of_materials(manifest, distributions(image), workflow.source_time)
