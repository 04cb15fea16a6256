"""Giving a project its files: what will be written, saying it, and writing it."""

import os
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from shanty.build import build_arguments
from shanty.context import Context, foreign_dockerfile
from shanty.dockerfile import shipped_docker, with_defaults
from shanty.door import door
from shanty.errors import UsageError
from shanty.ignore_file import literal, others
from shanty.init.editor import check_editor, devcontainer_file, launch_file
from shanty.init.gitignore import patterns_of
from shanty.init.own_settings import found_settings, settings_lines, with_settings
from shanty.init.owned_file import OwnedFile
from shanty.init.starters import starters
from shanty.project import Project
from shanty.pyproject import table
from shanty.recipe import Recipe
from shanty.request import shown
from shanty.settings import Resolved
from shanty.workflow import Workflow


@dataclass(frozen=True)
class Scaffold:
    """What a project is given: files of its own, and a table for its `pyproject.toml`.

    `settings` is empty where the project has a `[tool.shanty]`, which is its own. `build` is the
    command that needs nothing of Shanty once all is written.
    """

    project: Project
    files: tuple[OwnedFile, ...]
    settings: tuple[str, ...]
    build: str

    def file(self, typed: str) -> OwnedFile:
        """Return the file that a person means by a path."""
        path = Path(typed).absolute()
        for one in self.files:
            if one.path == path.parent.resolve() / path.name:
                return one
        raise UsageError(
            f"--force {typed}: init writes no such file",
            f"use one of {', '.join(shown(one.path) for one in self.files)}",
        )


def read_scaffold(
    workflow: Workflow, editor: str | None = None, *, devcontainer: bool = False
) -> Scaffold:
    """Return what a project is given, for an editor too and for its work inside the image.

    Raises `UsageError` where no images can be made of it.
    """
    check_editor(editor)
    project, resolved = workflow.project, workflow.at_hand()
    recipe = workflow.recipe(resolved)
    workflow.say("production", resolved, recipe)
    home = recipe.context.owner or project.root
    recipe = replace(recipe, context=replace(recipe.context, owner=home))
    has_settings = "shanty" in table(project.pyproject, "tool")
    dockerfile = shown(home / "docker" / "Dockerfile")
    build = ["docker", "build", "--tag", resolved.settings.image, "--file", dockerfile]
    if "base-image" in resolved.found and resolved.settings != workflow.settings:
        # No registry gave the official one.
        build += ["--build-arg", f"BASE_IMAGE={resolved.settings.base_image}"]
    files = _docker_files(resolved, recipe)
    files += starters(recipe.context, home, resolved.settings)
    files += [launch_file(recipe.context, home)] if editor else []
    files += [devcontainer_file(recipe.context, home, resolved.settings)] if devcontainer else []
    return Scaffold(
        project,
        tuple(files),
        () if has_settings else tuple(settings_lines(found_settings(resolved, recipe))),
        shlex.join([*build, os.path.relpath(recipe.context.root)]),
    )


def write_scaffold(scaffold: Scaffold, forced: Iterable[str], *, dry: bool) -> None:
    """Say what will be written and what is kept, then write it, unless `dry`.

    A file that is there and differs is kept unless it is `forced`, and then the difference is
    shown first. Raises `UsageError` for a forced path that is none of the files.
    """
    overwritten = [scaffold.file(typed) for typed in forced]
    _check_dockerfile(scaffold.project, overwritten)
    written = [one for one in scaffold.files if _is_written(one, forced=one in overwritten)]
    manifest = scaffold.project.pyproject_file
    text = with_settings(scaffold.project, scaffold.settings) if scaffold.settings else ""
    if text:
        print(f"add to {shown(manifest)}", *scaffold.settings, sep="\n  ")
    if not written and not text:
        print("nothing to write: the project has it all")
    if dry:
        return
    # The Dockerfile last: once it is there, the others have to be.
    for one in sorted(written, key=lambda one: one.path.name == "Dockerfile"):
        one.write()
    if text:
        OwnedFile(manifest, text, scaffold.project.root).write()
    print(f"without Shanty: {scaffold.build}")


def _docker_files(resolved: Resolved, recipe: Recipe) -> list[OwnedFile]:
    """Return the files of `docker/`, the defaults in them made the project's own."""
    home = recipe.context.owner or recipe.context.root
    texts = {"Dockerfile": _dockerfile(resolved, recipe)}
    texts["Dockerfile.dockerignore"] = _ignore_file(recipe.context)
    return [
        OwnedFile(
            home / "docker" / file.name,
            texts.get(file.name) or file.read_text(encoding="utf-8"),
            home,
            os.access(file, os.X_OK),
        )
        for file in sorted(shipped_docker().iterdir())
        if file.is_file()
    ]


def _dockerfile(resolved: Resolved, recipe: Recipe) -> str:
    file = shipped_docker() / "Dockerfile"
    values = build_arguments(resolved.settings, recipe, file)
    if "base-image" in resolved.found:
        # It follows PYTHON_VERSION.
        del values["BASE_IMAGE"]
    return with_defaults(file.read_text(encoding="utf-8"), values)


def _ignore_file(context: Context) -> str:
    """Return the shipped ignore file after what git ignores, so that no secret gets around it."""
    lines = [*others(context)]
    if lines:
        kept = (*context.path_dependencies, context.docker_dir)
        lines += [*(f"!{literal(path)}" for path in kept), ""]
    if patterns := patterns_of(context):
        lines += ["# From .gitignore", *patterns, ""]
    shipped = (shipped_docker() / "Dockerfile.dockerignore").read_text(encoding="utf-8")
    return "".join(f"{line}\n" for line in lines) + shipped


def _check_dockerfile(project: Project, overwritten: Iterable[OwnedFile]) -> None:
    foreign = foreign_dockerfile(project)
    if foreign and foreign not in (one.path for one in overwritten):
        name = shown(foreign)
        raise UsageError(
            f"{name} is there, and was written for something else",
            f"move it, or have it overwritten: {door()} init --force {shlex.quote(name)}",
        )


def _is_written(file: OwnedFile, *, forced: bool) -> bool:
    """Say what becomes of a file, and tell whether it has to be written."""
    found, name = file.found(), shown(file.path)
    if found is None:
        print(f"write {name}")
    elif found == file.text:
        return False
    elif forced:
        print(f"overwrite {name}", *file.difference(), sep="\n")
    else:
        print(f"keep {name} (it is there, and differs: --force {name} overwrites it)")
    return found is None or forced
