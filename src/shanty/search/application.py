"""The application of a project, found by reading its source and never by importing it."""

import difflib
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from shanty.errors import UsageError
from shanty.project import Project
from shanty.search.choice import choose
from shanty.search.django import find_django
from shanty.search.flaskenv import FILE, flask_app
from shanty.search.framework import Kind, kind_of_name, may_make
from shanty.search.offer import Offer, Offers, first_name
from shanty.search.places import Places
from shanty.search.source import Module


@dataclass(frozen=True)
class Application:
    """What a server is given.

    `target` is as gunicorn writes it: `module:app`, `module:create_app()`. `file` is `None` for a
    module from outside the project. `interface` is `wsgi` or `asgi`; `framework` is the same word
    where there is no framework. `import_root` is the folder that has to be on `sys.path`, and
    `reason` says how it was found.
    """

    target: str
    file: Path | None
    interface: str
    framework: str
    import_root: Path
    in_wheel: bool
    reason: str


def find_application(project: Project) -> Application:
    """Return the application: what `FLASK_APP` names, else Django's, else the first in the source.

    Raises `UsageError` that lists where it looked when there is none.
    """
    return _Search(project).found()


def read_application(project: Project, target: str) -> Application:
    """Return the application at a target; a module from outside the project is believed.

    Raises `UsageError` when the source has no such module, or no such name in it; it names what
    the source does offer.
    """
    module_name, _, expression = target.partition(":")
    name = first_name(expression)
    if not module_name or not name:
        raise UsageError(
            f'app = "{target}" names no callable',
            'write it as "module:callable", or "module:create_app()" for a factory',
        )
    search = _Search(project)
    module = search.places.find(module_name)
    if module is None and (root := search.places.root_of(module_name)):
        raise UsageError(
            f'app = "{target}": there is no module {module_name} in {root}', search.suggestion()
        )
    if module is None and (near := search.like(module_name)):
        raise UsageError(f'app = "{target}": there is no module {module_name}', near)
    if module is None:
        return search.believed(module_name, expression, "configured")
    if not search.offers.has(module, name):
        raise UsageError(f'app = "{target}": {module.file} has no {name}', search.suggestion())
    offer = search.offers.named(module, expression)
    if offer and offer.factory:
        raise UsageError(
            f'app = "{target}": {name} makes the app, and is none itself', f'app = "{target}()"'
        )
    return search.read(module, expression, "configured")


class _Search:
    """The ways to an application of one project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.places = Places(project)
        self.offers = Offers(self.places.source)

    def found(self) -> Application:
        ways: tuple[Callable[[], Application | None], ...] = (
            self._by_flaskenv,
            self._by_django,
            self._by_place,
            self._by_walk,
            self._by_name,
        )
        for way in ways:
            if found := way():
                return found
        raise self._nothing()

    def suggestion(self) -> str:
        """Return the fix for a target that is not there."""
        try:
            return f'the source offers app = "{self.found().target}"'
        except UsageError as error:
            return error.fix

    def like(self, name: str) -> str:
        """Return the fix for a module of another name than the project's, that is much like one."""
        tops = {module.name.partition(".")[0] for module in self.places.usual}
        near = difflib.get_close_matches(name.partition(".")[0], tops, n=1, cutoff=0.75)
        return self.suggestion() if near else ""

    def believed(self, module: str, expression: str, reason: str) -> Application:
        """Return a callable from outside the project: what its name says, else WSGI."""
        kind = kind_of_name(f"{module}.{expression}") or Kind("wsgi", "wsgi")
        root = self.project.root
        target = f"{module}:{expression}"
        return Application(
            target, None, kind.interface, kind.framework, root, in_wheel=False, reason=reason
        )

    def read(self, module: Module, expression: str, reason: str) -> Application:
        """Return what an expression in a module is; a factory that is named alone is called.

        Raises `UsageError` for an application that is neither WSGI nor ASGI.
        """
        if offer := self.offers.named(module, expression):
            return self._of(offer, reason)
        kind = self.offers.kind(module, expression) or self.offers.guess(module)
        return self._application(module, expression, kind, reason)

    def _of(self, offer: Offer, reason: str) -> Application:
        return self._application(offer.module, offer.expression, offer.kind, reason)

    def _application(self, module: Module, expression: str, kind: Kind, reason: str) -> Application:
        if not kind.interface:
            raise self._neither(kind, module)
        return Application(
            f"{module.name}:{expression}",
            module.file,
            kind.interface,
            kind.framework,
            module.import_root,
            self.places.in_wheel(module.file),
            reason,
        )

    def _by_flaskenv(self) -> Application | None:
        said = flask_app(self.places)
        if said is None:
            return None
        reason = f"FLASK_APP in {FILE}"
        if said.module is None:
            outside = said.callable and not self.places.root_of(said.name)
            return self.believed(said.name, said.callable, reason) if outside else None
        if not said.callable:
            offers = self._served([said.module])
            return self._of(offers[0], reason) if offers else None
        there = self.offers.has(said.module, first_name(said.callable))
        return self.read(said.module, said.callable, reason) if there else None

    def _by_django(self) -> Application | None:
        found = find_django(self.places, self.offers)
        return self._of(*found) if found else None

    def _by_place(self) -> Application | None:
        # A factory is named where it is made; a package may be made of what it imports.
        offers = [
            one
            for one in self._served(self.places.usual)
            if not one.factory or one.is_made_here or one.module.file.name == "__init__.py"
        ]
        offers = [one for one in offers if one.certain]
        likely = [file for file in self.places.others if offers and may_make(file)]
        return self._chosen(offers, [one for one in self._beside(likely) if not one.factory])

    def _by_walk(self) -> Application | None:
        offers = [one for one in self._beside(self.places.others) if one.certain]
        for one in offers:
            if one.origin != offers[0].origin and self._is_tied(one, offers):
                raise self._tie(offers[0], one)
        return self._chosen(offers, [])

    def _is_tied(self, offer: Offer, offers: list[Offer]) -> bool:
        """Tell whether only the alphabet puts an offer behind the one that would be chosen."""
        choice = choose(offers, [], self.places)
        first = choice.offer.module.file
        equal = self.places.rank(offer.module.file) == self.places.rank(first)
        return choice.by_place and equal and offer.module.file != first

    def _tie(self, first: Offer, second: Offer) -> UsageError:
        targets = [f"{one.module.name}:{one.expression}" for one in (first, second)]
        return UsageError(
            f"two apps, and nothing says which is meant: {targets[0]} and {targets[1]}",
            f'name it in {self.project.pyproject_file}: [tool.shanty] app = "{targets[0]}"',
        )

    def _beside(self, files: Iterable[Path]) -> list[Offer]:
        return self._served([self.places.module(file) for file in files], own=True)

    def _by_name(self) -> Application | None:
        offers = self._served(self.places.usual)
        return self._of(offers[0], f"{self._found_in(offers[0])}, by its name") if offers else None

    def _served(self, modules: Iterable[Module], *, own: bool = False) -> list[Offer]:
        offers = [offer for module in modules for offer in self.offers.of(module, own=own)]
        return [offer for offer in offers if offer.kind.interface]

    def _chosen(self, offers: list[Offer], elsewhere: list[Offer]) -> Application | None:
        if not offers:
            return None
        choice = choose(offers, elsewhere, self.places)
        among = f", the first of {choice.count}: {choice.rule}" if choice.count > 1 else ""
        return self._of(choice.offer, self._found_in(choice.offer) + among)

    def _found_in(self, offer: Offer) -> str:
        return f"found in {self._shown(offer.module)}"

    def _shown(self, module: Module) -> str:
        root = self.project.root
        file = module.file
        return str(file.relative_to(root)) if file.is_relative_to(root) else str(file)

    def _nothing(self) -> UsageError:
        """Return what to say when there is no application, the plainest reason first."""
        usual, others = self.places.usual, self.places.others
        for module in usual:
            if error := self.places.source.broken.get(module.file):
                # The project's own Python may be a newer one, and take what this one does not.
                read_as = f"Python {sys.version_info.major}.{sys.version_info.minor}"
                return UsageError(
                    f"{error.what} (read as {read_as})", f"{error.fix}, or {self._fix}"
                )
        for module in (*usual, *map(self.places.module, others)):
            for offer in self.offers.of(module):
                return self._neither(offer.kind, module)
        looked = ", ".join(self._shown(module) for module in usual) or str(self.project.root)
        more = f" and {len(others)} other module{'s'[: len(others) - 1]}" if others else ""
        return UsageError(f"no app found: no WSGI or ASGI application in {looked}{more}", self._fix)

    def _neither(self, kind: Kind, module: Module) -> UsageError:
        return UsageError(
            f"{self._shown(module)} has an application of {kind.framework}, which is neither WSGI "
            "nor ASGI: it serves itself",
            f"say how it is started in {self.project.pyproject_file}: "
            f'[tool.shanty] serve = "python -m {module.name}"',
        )

    @property
    def _fix(self) -> str:
        return f'name it in {self.project.pyproject_file}: [tool.shanty] app = "module:app"'
