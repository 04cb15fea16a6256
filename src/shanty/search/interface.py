"""Which values a server can call: by framework, by wrapper, or by the letter of WSGI and ASGI."""

import ast
from collections.abc import Iterable

from shanty.search.framework import Kind, kind_of_name, wraps
from shanty.search.function import parameters_of
from shanty.search.reader import Reader
from shanty.search.value import External, Function, Instance, Local, Value

WSGI = Kind("wsgi", "wsgi")
ASGI = Kind("asgi", "asgi")
# More than anybody wraps round an application.
DEPTH = 30


class Interfaces:
    """The kinds of application that values are."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._asked: set[int] = set()

    def first(self, values: Iterable[Value], *, served: bool = False) -> Kind | None:
        """Return the kind of the first value that is an application.

        Of what is `served`, by its name, a wrapper and a function may be anybody's.
        """
        kinds = (self.of(one) or (self._of_served(one) if served else None) for one in values)
        return next((kind for kind in kinds if kind), None)

    def of(self, value: Value) -> Kind | None:
        """Return the kind of application that a value is, `None` for anything else."""
        match value:
            case External(name=name):
                return kind_of_name(name) or (self._of_wrapped(value) if wraps(name) else None)
            case Local(node=ast.ClassDef() as node):
                return _plain(_method(node, "__init__"), bound=True)
            case Local(node=ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() as node):
                return _plain(node)
            case Instance():
                return self._of_instance(value)
            case _:
                return None

    def _of_wrapped(self, wrapper: External) -> Kind | None:
        """Return the kind of a wrapper of an application, by what it is called with.

        Django alone is still found by its own tools when it is wrapped.
        """
        if wrapper.call is None or wrapper.scope is None or self._has_asked(wrapper.call):
            return None
        self._asked.add(id(wrapper.call))
        arguments = [*wrapper.call.args, *(one.value for one in wrapper.call.keywords)]
        values = [one for node in arguments for one in self.reader.values(node, wrapper.scope)]
        inner = self.first(values)
        self._asked.discard(id(wrapper.call))
        if inner is None or not inner.interface or inner.framework == "django":
            return inner
        return Kind(inner.interface, inner.interface)

    def _has_asked(self, node: ast.AST) -> bool:
        """Tell whether a node is being asked about, or enough of what lies around it."""
        return id(node) in self._asked or len(self._asked) >= DEPTH

    def _of_served(self, value: Value) -> Kind | None:
        match value:
            case External():
                return self._of_wrapped(value)
            case Local():
                return _by_count(value.node)
            case _:
                return None

    def _of_instance(self, value: Instance) -> Kind | None:
        if plain := _plain(_method(value.node, "__call__"), bound=True):
            return plain
        if self._has_asked(value.node):
            return None
        self._asked.add(id(value.node))
        bases = [
            base for node in value.node.bases for base in self.reader.values(node, value.scope)
        ]
        made = [one for base in bases for one in self.reader.result(base, None, value.scope)]
        found = self.first(made)
        self._asked.discard(id(value.node))
        return found


def _method(node: ast.ClassDef, name: str) -> Function | None:
    return next(
        (
            one
            for one in node.body
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and one.name == name
        ),
        None,
    )


def _plain(function: Function | None, *, bound: bool = False) -> Kind | None:
    """Return the interface of a function with the parameters that PEP 3333 or ASGI name."""
    if function is None:
        return None
    names = [one.arg.strip("_") for one in parameters_of(function.args)][bound:]
    match names:
        case ["scope", "receive", "send"]:
            return ASGI
        case [environment, "start_response"] if environment.startswith("env"):
            return WSGI
        case _:
            return None


def _by_count(node: ast.AST) -> Kind | None:
    """Return the interface of a function by how many things it is called with, and how."""
    match node:
        case ast.FunctionDef(args=arguments) if len(parameters_of(arguments)) == 2:  # noqa: PLR2004
            return None if arguments.defaults else WSGI
        case ast.AsyncFunctionDef(args=arguments) if len(parameters_of(arguments)) == 3:  # noqa: PLR2004
            return None if arguments.defaults else ASGI
        case _:
            return None
