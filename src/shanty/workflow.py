"""The workflow on one project: what settles a build of it, and the build itself."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from shanty import engine, question, request, terminal
from shanty.build import BuildOptions, build_image, check_target
from shanty.checkout import Checkout, read_checkout
from shanty.context import Context, foreign_dockerfile, read_context
from shanty.dependencies.lock import Lock, check_fresh, read_lock
from shanty.dependencies.poetry_version import check_poetry
from shanty.dependencies.python_version import check_admitted
from shanty.door import door
from shanty.dynamic_version import NO_TAG, check_backend, project_version, unheeded_plugins
from shanty.errors import MachineError, ShantyError
from shanty.gunicorn_conf import check_gunicorn_conf
from shanty.labels import declared, image_labels
from shanty.own_base import on_own_base, own_base_image
from shanty.project import Project
from shanty.project_files import check_project
from shanty.rebuilt.progress import Progress
from shanty.rebuilt.watch import Watch
from shanty.recipe import Recipe, read_recipe
from shanty.request import Request
from shanty.settings import (
    Given,
    Resolved,
    Settings,
    check_base_python,
    is_official,
    is_pinned,
    resolve,
)
from shanty.source_date import source_date
from shanty.tee import Tail

# What a build that succeeds never asks for is imported where it is asked for.
if TYPE_CHECKING:
    from shanty.budget import Budget
    from shanty.failure.case import Case, Diagnosis
    from shanty.image.weight import Weight

# What BuildKit says when builds at the same time tripped over each other (moby/buildkit#2303): the
# steps that are done stay done, and the next try goes on from there.
LOST_TRACK = "inconsistent graph state"
TRIES = 3


class Base(NamedTuple):
    """The settings with the base image of a build, and what its registry calls it, if known."""

    resolved: Resolved
    digest: str | None = None


@dataclass(frozen=True)
class Workflow:
    """One project with what settles its settings; `dry` says every command and runs none."""

    given: Given
    dry: bool

    @property
    def project(self) -> Project:
        """The project."""
        return self.given.project

    @cached_property
    def resolved(self) -> Resolved:
        """The settings, and where each came from."""
        return resolve(self.given)

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.resolved.settings

    @property
    def lock(self) -> Lock:
        """The lock; raises `UsageError` where there is none."""
        return self.given.lock or read_lock(self.project)

    @cached_property
    def context(self) -> Context:
        """The build context, whose folders development mounts."""
        return read_context(self.project, self.given.lock)

    @cached_property
    def checkout(self) -> Checkout | None:
        """The git checkout of what the images are made from, `None` where there is none."""
        return read_checkout(self.project.root, self.context.sources)

    @cached_property
    def security(self) -> tuple[str, ...]:
        """How the engine shuts containers off; nothing is known of one that a dry run lacks."""
        try:
            return engine.security_options()
        except MachineError:
            if self.dry:
                return ()
            raise

    @property
    def version(self) -> str:
        """The version of the project, empty where it has none, or git's tags say none yet."""
        dynamic = project_version(self.project)
        if dynamic == NO_TAG:
            return ""
        return dynamic or declared(self.project, "version")

    @property
    def source_time(self) -> int | None:
        """When the sources were what they are, in seconds since 1970, if anybody knows."""
        text = source_date(self.checkout, os.environ)
        return int(text) if text else None

    def build(
        self,
        target: str,
        options: BuildOptions = BuildOptions(),  # noqa: B008
        *,
        quiet: bool = False,
    ) -> float:
        """Build one target and return the seconds it took; say what was found unless `quiet`.

        Raises `UsageError` for a lock that is missing or stale before the build begins,
        `MachineError` when the engine or the base image is not to be had, `RunError` when the
        build fails.
        """
        check_target(target)
        question.put(*map(engine.image_question, self._base_images))
        resolved, recipe = self._ready(target, options)
        if not quiet:
            self.say(target, resolved, recipe)
        started = time.monotonic()
        if target == "production" and resolved.settings.size_budget:
            self._build_in_budget(resolved, recipe, options)
        else:
            self._build(target, resolved, recipe, options)
        return time.monotonic() - started

    def _ready(self, target: str, options: BuildOptions) -> tuple[Resolved, Recipe]:
        """Return the settings with a base image that is there, and what a target is made of."""
        recipe = self.recipe(self.resolved)
        resolved, digest = self._with_base_image(options)
        if resolved.settings.python_version != self.settings.python_version:
            recipe = self.recipe(resolved)
        if target in {"build", "production"}:
            recipe = replace(recipe, source_date=source_date(self.checkout, os.environ))
        if target == "production":
            base_image = resolved.settings.base_image
            labels = image_labels(recipe, self.lock, self.checkout, base_image, digest)
            recipe = replace(recipe, labels=labels)
        return resolved, recipe

    def _build(
        self, target: str, resolved: Resolved, recipe: Recipe, options: BuildOptions
    ) -> None:
        asked = build_image(resolved.settings, recipe, target, os.environ, options)
        watch = None if self.dry else Watch(self.project, asked)
        for _ in range(TRIES):
            tail = Progress()
            if not self._perform(asked, partial(terminal.execute_build, tail=tail)):
                if watch and (why := watch.told(tail, engine.image_digest)):
                    terminal.say(why)
                return
            if LOST_TRACK not in tail.text:
                break
        raise self._build_failed(target, resolved, tail.text)

    def _build_in_budget(self, resolved: Resolved, recipe: Recipe, options: BuildOptions) -> None:
        """Build production; one over its budget is not pushed, and its tags are not its own."""
        if len(options.platforms) > 1:
            terminal.say("size-budget is not measured: the engine holds one platform at a time")
            self._build("production", resolved, recipe, options)
            return
        budget = self._budget(resolved, options)
        self._build("production", resolved, recipe, replace(options, push=False, sbom=False))
        if budget:
            self._keep(budget)
        if options.push:
            # Every step is at hand now, and what is pushed is what was measured.
            again = replace(options, no_cache=False, pull=False)
            self._build("production", resolved, recipe, again)

    def _budget(self, resolved: Resolved, options: BuildOptions) -> "Budget | None":
        settings = resolved.settings
        if self.dry or not settings.size_budget:
            return None
        from shanty.budget import read_budget  # noqa: PLC0415

        names = options.tags or (request.tag(settings, "production"),)
        return read_budget(settings.size_budget, settings.base_image, names)

    def _keep(self, budget: "Budget") -> None:
        """Raise `RunError` for an image over its budget, once its heaviest parts are shown."""
        from shanty.budget import heaviest  # noqa: PLC0415
        from shanty.image.archive import saved  # noqa: PLC0415
        from shanty.image.weight import weigh  # noqa: PLC0415

        added = budget.added()
        if added is None:
            terminal.say(f"size-budget is not measured: {budget.base} is not the image's base here")
        elif fault := budget.exceeded(added):
            with saved(budget.image, (budget.base,)) as image:
                print(*heaviest(weigh(image, budget.base)), sep="\n", file=sys.stderr, flush=True)
            self._give_back(budget)
            raise fault

    def _give_back(self, budget: "Budget") -> None:
        for asked in budget.given_back():
            terminal.announce(asked)
            terminal.execute_quietly(asked)

    def weigh(self) -> "Weight | None":
        """Build production and return what of it weighs what, `None` when nothing is run.

        One over its budget is shown all the same, and is no more kept than after a build.
        """
        from shanty.image.archive import saved  # noqa: PLC0415
        from shanty.image.weight import weigh  # noqa: PLC0415

        options = BuildOptions()
        resolved, recipe = self._ready("production", options)
        budget = self._budget(resolved, options)
        self._build("production", resolved, recipe, options)
        if self.dry:
            return None
        name = request.tag(resolved.settings, "production")
        base = resolved.settings.base_image
        with saved(name, (base,)) as image:
            weight = weigh(image, base)
        if budget and (fault := budget.exceeded(weight.added)):
            self._give_back(budget)
            terminal.say(fault.what)
        return weight

    def _build_failed(self, target: str, resolved: Resolved, said: str) -> ShantyError:
        # Not before: a plugin that builds is new enough, and takes long to say which one it is.
        engine.check_buildx(engine.buildx_version())
        from shanty.failure.build_failure import diagnose_build  # noqa: PLC0415
        from shanty.failure.case import failure  # noqa: PLC0415

        settings = resolved.settings
        own = own_base_image(settings.python_version) == settings.base_image
        reason = diagnose_build(self._case(said, resolved), debian_python=own)
        otherwise = "mend what the last step above names, then build again"
        return failure(f"the build of {target} failed", reason, otherwise)

    def _case(self, said: str, resolved: Resolved) -> "Case":
        from shanty.failure.case import Case  # noqa: PLC0415

        settings = {key: value for key, value, _ in resolved.rows()}
        return Case(self.project, self.lock, said, settings, self.context.app_dir)

    def explain(self, log: str) -> "Diagnosis | None":
        """Return why an app did not start, or cannot answer, as its log tells."""
        from shanty.failure.diagnosis import diagnose  # noqa: PLC0415

        return diagnose(self._case(log, self.resolved))

    def _perform(self, asked: Request, execute: Callable[[Request], int]) -> int:
        terminal.announce(asked, dry=self.dry)
        return 0 if self.dry else execute(asked)

    def recipe(self, resolved: Resolved) -> Recipe:
        """Return what the images are made of; raise `UsageError` for what cannot be built."""
        settings, lock = resolved.settings, self.lock
        check_fresh(self.project, lock)
        check_project(self.project)
        check_backend(self.project)
        check_base_python(settings)
        check_admitted(settings.python_version, self.project.requires_python)
        check_poetry(self.project, lock, settings.poetry_version, settings.python_version)
        recipe = read_recipe(self.project, lock, resolved)
        if "gunicorn" in recipe.production.command:
            check_gunicorn_conf(self.project, settings.python_version)
        return recipe

    def say(self, target: str, resolved: Resolved, recipe: Recipe) -> None:
        """Say what was found and by which rule, and what the images do without."""
        for key, value, source in resolved.rows():
            if key in {"app", "python-version"} & resolved.found:
                settled = "; [tool.shanty] app settles it" if ", the first of " in source else ""
                terminal.say(f"{key} {value or '-'}: {source}{settled}")
        server = recipe.development if target == "development" else recipe.production
        if target in {"development", "production"} and not self.settings.serve:
            terminal.say(f"server {server.reason}")
        if left := foreign_dockerfile(self.project):
            terminal.say(f"{request.shown(left)} is left aside: it was written for something else")
        for plugin in unheeded_plugins(self.project):
            terminal.say(f"{plugin} has no part in the images: they run no plugin of Poetry's")

    def _with_base_image(self, options: BuildOptions) -> Base:
        """Return the settings with the base image that this engine has, or can pull."""
        settings = self.settings
        try:
            engine.check_release(engine.engine_version())
            if options.builder or options.platforms:
                return Base(self.resolved)
            if at_hand := self._at_hand():
                return at_hand
        except MachineError:
            if self.dry:
                return Base(self.resolved)
            raise
        asked, tail = request.pull(settings.base_image), Tail()
        if self._perform(asked, partial(terminal.execute_aside, tail=tail)):
            raise no_base_image(settings.base_image, settings.python_version, tail.text)
        return Base(self.resolved, engine.image_digest(settings.base_image))

    @property
    def _base_images(self) -> list[str]:
        """The names under which a base image may be here."""
        settings = self.settings
        own = is_official(settings.base_image, settings.python_version)
        return [settings.base_image, *([own_base_image(settings.python_version)] if own else [])]

    def at_hand(self) -> Resolved:
        """Return the settings on a base image that this engine has, as they are where it has none.

        What a project is given to own has to build where it is given.
        """
        try:
            found = self._at_hand()
        except MachineError:
            return self.resolved
        return found.resolved if found else self.resolved

    def _at_hand(self) -> Base | None:
        """Return the settings on the base image asked for, else on one made here.

        No other takes the place of one that is pinned.
        """
        name = self.settings.base_image
        if digest := engine.image_digest(name):
            return Base(self.resolved, digest)
        return None if is_pinned(name) else self._made_here()

    def _made_here(self) -> Base | None:
        """Return the settings on the base image that was made here for want of the official one."""
        settings = self.settings
        if not is_official(settings.base_image, settings.python_version):
            return None
        own = on_own_base(self.resolved)
        if digest := engine.image_digest(own.settings.base_image):
            return Base(own, digest)
        # Which other Python can be had takes another look at the lock.
        from shanty.setup.base_image import made_here  # noqa: PLC0415

        other = made_here(self.given)
        if other and (digest := engine.image_digest(other.settings.base_image)):
            return Base(other, digest)
        return None


def no_base_image(name: str, python_version: str, said: str = "") -> MachineError:
    """Return why there is no base image, by what Docker said of it.

    The official one can be made here in its place.
    """
    from shanty.failure.registry import not_pulled  # noqa: PLC0415

    reason = not_pulled(name, said)
    why = f": {reason.what}" if reason else ""
    if is_pinned(name):
        return MachineError(
            f"the base image {name} is pinned, and cannot be pulled{why}",
            f"{door()} sync --pin-base, or take the digest out of [tool.shanty] base-image",
        )
    own = is_official(name, python_version) or reason is None
    return MachineError(
        f"the base image {name} is not here and cannot be pulled{why}",
        reason.fix if reason and not own else f"{door()} setup",
    )
