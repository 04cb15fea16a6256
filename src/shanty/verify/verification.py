"""The proof of one image: every check of it, and how they are told."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from shanty import engine, terminal
from shanty.container import ContainerOptions
from shanty.door import door
from shanty.errors import RunError, UsageError
from shanty.image.archive import Image, saved
from shanty.labels import BASE_DIGEST, BASE_NAME, TITLE
from shanty.manifest import Manifest
from shanty.project import Project
from shanty.request import base_name, tag
from shanty.settings import Settings
from shanty.verify import contents, packages, rights
from shanty.verify.bill import bill
from shanty.verify.check import Check
from shanty.verify.live import live_checks
from shanty.verify.secrets import secrets
from shanty.verify.subject import Subject
from shanty.verify.trials import Trials
from shanty.workflow import Workflow

ID = "shanty.project"
AREAS = ("lock", "process", "rights", "contents")
IN_FILES = (
    *(packages.files, rights.user, rights.setuid, rights.writable),
    *(contents.tools, contents.installer, contents.tests, contents.private_files, contents.caches),
)
# What a person is shown of one check; a script is given all of it.
SHOWN = 10


def verify(
    workflow: Workflow, name: str | None, options: ContainerOptions, sbom: str | None = None
) -> list[Check]:
    """Return every check of an image, the project's production image unless another is named.

    `sbom` is a bill of materials to hold against it, in place of the lock's own. Where nothing is
    to be run, the start of its container is announced. Raises `UsageError` for an image that is not
    there, or was not built from this project.
    """
    image_name = name or tag(workflow.settings, "production")
    prefix = base_name(workflow.settings)
    trials = Trials(workflow.context, options, image_name, prefix, (), workflow.explain)
    if workflow.dry:
        terminal.announce(trials.trial()[0], dry=True)
        return []
    engine.check_engine()
    labels = _labels(image_name, workflow.project, workflow.settings)
    resolved = workflow.at_hand()
    recipe = workflow.recipe(resolved)
    with saved(image_name, _bases(labels, resolved.settings.base_image)) as image:
        manifest = Manifest.of(workflow.lock, resolved.settings, recipe, image)
        subject = Subject(image, manifest)
        installed = packages.packages(subject)
        checks = [installed, *(check(subject) for check in IN_FILES)]
        checks += [bill(subject, installed, sbom), secrets(subject, os.environ)]
        debuggers = rights.debuggers(subject)
        start = (*_words(image, "Entrypoint"), *_words(image, "Cmd"))
    app = resolved.application
    checks += live_checks(replace(trials, start=start), app.interface if app else "", debuggers)
    return sorted(checks, key=lambda check: AREAS.index(check.area))


def _fix(image_name: str, settings: Settings) -> str:
    """Return how there is an image to prove: it is built, or another one is named."""
    if image_name == tag(settings, "production"):
        return f"{door()} build"
    return f"name one that `{door()} ps` lists, or none"


def _labels(image_name: str, project: Project, settings: Settings) -> Mapping[str, str]:
    """Return an image's labels; raise `UsageError` unless they say that it is the project's."""
    image = engine.find_image(image_name)
    if image is None:
        raise UsageError(f"there is no image {image_name}", _fix(image_name, settings))
    labels = image.labels
    if ID not in labels:
        raise UsageError(
            f"{image_name} was not built by {door()} build", _fix(image_name, settings)
        )
    # A checkout elsewhere is the same project.
    if labels[ID] != project.id and labels.get(TITLE) != project.name:
        whose = labels.get(TITLE, "another project")
        raise UsageError(
            f"{image_name} is an image of {whose}, and this is {project.name}",
            _fix(image_name, settings),
        )
    return labels


def _bases(labels: Mapping[str, str], configured: str) -> list[str]:
    """Return the images that one may be based on: its labels know, else it is the one of now."""
    digest, name = labels.get(BASE_DIGEST), labels.get(BASE_NAME)
    exact = [f"{name}@{digest}", digest] if name and digest else []
    return [*exact, *([name] if name else []), configured]


def _words(image: Image, key: str) -> list[str]:
    words: list[str] = image.settings.get(key) or []
    return words


def table(checks: Sequence[Check]) -> str:
    """Return the checks as lines: the verdict, the name, and the evidence."""
    lines = []
    for check in checks:
        first, *others = check.evidence
        lines.append(f"{check.verdict:8}  {check.name:22}  {first}")
        lines += [f"{'':34}{one}" for one in others[: SHOWN - 1]]
        if others[SHOWN - 1 :]:
            lines.append(f"{'':34}and {len(others) - SHOWN + 1} more: --json has all of them")
    return "\n".join(lines)


def as_json(image_name: str, checks: Sequence[Check]) -> str:
    """Return the checks for a script."""
    passed = all(check.passed for check in checks)
    return json.dumps(
        {"image": image_name, "passed": passed, "checks": [asdict(one) for one in checks]}, indent=2
    )


def require(checks: Sequence[Check]) -> None:
    """Raise `RunError` that names the checks that were not passed, if there are any."""
    failed = [check.name for check in checks if not check.passed]
    if failed:
        what = "1 check of" if len(failed) == 1 else f"{len(failed)} checks of"
        raise RunError(
            f"{what} {len(checks)} not passed: {', '.join(failed)}",
            f"mend what is named above, then: {door()} build && {door()} verify",
        )
