"""What a module offers to a server: applications, and factories that make them."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from shanty.search.framework import Kind, is_factory_name, kind_of_module, kind_of_name
from shanty.search.function import needs_nothing, returns_something
from shanty.search.interface import Interfaces
from shanty.search.parts import FAULTS
from shanty.search.reader import Reader
from shanty.search.source import Imported, Module, Node, Source
from shanty.search.value import External, Local, Value, is_class

OBJECTS = ("app", "application", "wsgi", "asgi", "wsgi_app", "asgi_app", "api", "server")
FACTORIES = (
    *("create_app", "make_app", "init_app", "build_app", "get_app", "app_factory"),
    *("create_application", "make_application", "get_application", "create_api", "create"),
)
DOUBTFUL = {name for name in FACTORIES if "app" in name}
# A name that says what is served may be bound to a wrapper of which nothing else is known.
SERVED = {*OBJECTS} - {"api", "server"}
FOR_TESTS = re.compile(r"(^|_)(test|tests|testing|mock|fake)(_|$)", re.IGNORECASE)
SERVER = re.compile(r"^((uvicorn|bottle)\.run|waitress\.serve|.*\.serve_forever)$")
LONGEST_CHAIN = 8


@dataclass(frozen=True)
class Offer:
    """A name that a server may be given; `certain` where the source says what it is.

    `origin` is the file and the node that makes it, wherever that stands. For an object made by a
    factory of the project `factory_of` is that function, and the origin too when it is called
    without arguments.
    """

    module: Module
    name: str
    kind: Kind
    origin: tuple[Path, Node]
    factory_of: Node | None = None
    factory: bool = False
    certain: bool = True

    @property
    def expression(self) -> str:
        """The offer as servers write it, after the module."""
        return f"{self.name}()" if self.factory else self.name

    @property
    def is_made_here(self) -> bool:
        """Whether the module makes it itself, and does not import it or what makes it."""
        return self.origin[0] == self.module.file


class Offers:
    """The offers of modules, read from their source."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.reader = Reader(source)
        self.interfaces = Interfaces(self.reader)
        self._offers: dict[tuple[Module, bool], list[Offer]] = {}

    def of(self, module: Module, *, own: bool = False) -> list[Offer]:
        """Return what a module offers: objects before factories, the usual names first.

        An object in which another one is wrapped comes before it. A module that starts a server
        when it is imported offers nothing. `own` leaves out what the module only imports.
        """
        if (module, own) not in self._offers:
            self._offers[module, own] = self._of(module, own=own)
        return self._offers[module, own]

    def named(self, module: Module, name: str) -> Offer | None:
        """Return what a module offers by this name."""
        return next((offer for offer in self.of(module) if offer.name == name), None)

    def has(self, module: Module, name: str) -> bool:
        """Tell whether a module has a name, as far as its source can say."""
        names = self.source.names(module)
        if name in names.bound or "__getattr__" in names.bound or module.file in self.source.broken:
            return True
        return bool(self.reader.named(module, name))

    def kind(self, module: Module, expression: str) -> Kind | None:
        """Return the kind of application that an expression in a module makes."""
        self.reader.begin()
        node = ast.parse(expression.strip(), mode="eval").body
        return self.interfaces.first(self.reader.values(node, self.reader.scope(module)))

    def guess(self, module: Module) -> Kind:
        """Return the kind of application that a module has by what it imports, else WSGI."""
        nodes = [node for bound in self.source.names(module).bound.values() for node in bound]
        kinds = [kind_of_module(node.module) for node in nodes if isinstance(node, Imported)]
        return next((kind for kind in kinds if kind and kind.interface), Kind("wsgi", "wsgi"))

    def _of(self, module: Module, *, own: bool) -> list[Offer]:
        self.reader.begin()
        bound = self.source.names(module).bound
        public = [name for name in bound if not name.startswith("_") and not FOR_TESTS.search(name)]
        if own:
            public = [name for name in public if not isinstance(bound[name][-1], Imported)]
        found = [offer for name in public if (offer := self._offer(module, name))]
        if not found or self._starts_server(module):
            return []
        inner = {name for offer in found for name in _called_with(bound[offer.name], offer.name)}
        return sorted(
            found, key=lambda one: (not one.certain, one.factory, one.name in inner, _rank(one))
        )

    def _offer(self, module: Module, name: str) -> Offer | None:
        values = self.reader.named(module, name)
        origin, factory_of = self._origin(module, name)
        if kind := self._object(name, values):
            return Offer(module, name, kind, origin, factory_of)
        functions = [one for one in values if isinstance(one, Local) and needs_nothing(one.node)]
        for function in functions:
            if kind := self.interfaces.first(self.reader.result(function, None, function.scope)):
                return Offer(module, name, kind, origin, factory=True)
        guessed = name in DOUBTFUL and any(returns_something(one.node) for one in functions)
        if guessed or (name in SERVED and any(_reads_like_one(value) for value in values)):
            kind = self.guess(module)
            return Offer(module, name, kind, origin, factory_of, factory=guessed, certain=False)
        return None

    def _object(self, name: str, values: Iterable[Value]) -> Kind | None:
        if name.lower() in SERVED:
            return self.interfaces.first(values, served=True)
        # A class that takes a scope is an endpoint, unless its name says more.
        return self.interfaces.first(one for one in values if not is_class(one))

    def _starts_server(self, module: Module) -> bool:
        statements = self.source.names(module).statements
        calls = [one.value for one in statements if isinstance(one, ast.Expr)]
        functions = [call.func for call in calls if isinstance(call, ast.Call)]
        return any(
            isinstance(value, External) and _serves(value.name)
            for function in functions
            for value in self.reader.values(function, self.reader.scope(module))
        )

    def _origin(self, module: Module, name: str) -> tuple[tuple[Path, Node], Node | None]:
        """Return the file and the node that make what a name is, and the factory used."""
        node: Node = Imported(module.name, name)
        for _ in range(LONGEST_CHAIN):
            node = self.source.names(module).bound.get(name, [node])[-1]
            match node:
                case Imported(module=taken, name=other) if other:
                    found = self.source.module(taken, module.import_root)
                    if found is None or found == module:
                        break
                    module, name = found, other
                case ast.Name(id=other) if other != name:
                    name = other
                case ast.Call(func=function):
                    made_by = self._function(module, function)
                    if made_by and not (node.args or node.keywords):
                        return (made_by.scope.module.file, made_by.node), made_by.node
                    return (module.file, node), made_by.node if made_by else None
                case _:
                    break
        return (module.file, node), None

    def _function(self, module: Module, expression: ast.expr) -> Local | None:
        values = self.reader.values(expression, self.reader.scope(module))
        return next((one for one in values if isinstance(one, Local)), None)


def first_name(expression: str) -> str:
    """Return the name that an expression begins with: a name, an attribute of it, or a call."""
    try:
        node = ast.parse(expression.strip(), mode="eval").body
    except FAULTS:
        return ""
    while isinstance(node, ast.Attribute | ast.Call):
        node = node.value if isinstance(node, ast.Attribute) else node.func
    return node.id if isinstance(node, ast.Name) else ""


def _reads_like_one(value: Value) -> bool:
    return isinstance(value, External) and is_factory_name(value.name)


def _serves(name: str) -> bool:
    """Tell whether calling a name from outside starts a server and does not return."""
    return bool(SERVER.match(name)) or bool(
        name.endswith(".run") and kind_of_name(name.removesuffix(".run"))
    )


def _called_with(nodes: Iterable[Node], name: str) -> Iterator[str]:
    """Yield the names that are handed to what makes an object, itself left out."""
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    arguments = [one for call in calls for one in (*call.args, *call.keywords)]
    for part in (part for argument in arguments for part in ast.walk(argument)):
        if isinstance(part, ast.Name) and part.id != name:
            yield part.id


def _rank(offer: Offer) -> int:
    usual = FACTORIES if offer.factory else OBJECTS
    name = offer.name.lower()
    return usual.index(name) if name in usual else len(usual)
