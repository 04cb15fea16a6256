"""What names and expressions of a source may stand for."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from shanty.search.source import Module, Names, Node

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, eq=False)
class Scope:
    """Where a name is looked up: a body, what its caller gave, and the scope around it."""

    module: Module
    names: Names
    given: Mapping[str, list[tuple[Node, "Scope"]]] = field(default_factory=dict)
    outer: "Scope | None" = None
    depth: int = 0

    def find(self, name: str) -> list[tuple[Node, "Scope"]]:
        """Return what a name may be bound to, with the scope that says it, the latest first."""
        own = self.find_own(name) + self.given.get(name, [])
        return own or (self.outer.find(name) if self.outer else [])

    def find_own(self, name: str) -> list[tuple[Node, "Scope"]]:
        """Return what the body itself binds a name to."""
        return [(node, self) for node in reversed(self.names.bound.get(name, []))]


@dataclass(frozen=True)
class External:
    """Something from outside the project, by how it is come by: `flask.Flask()`.

    `call` is the call that makes it, where one does.
    """

    name: str
    call: ast.Call | None = None
    scope: Scope | None = None


@dataclass(frozen=True)
class Local:
    """A function or a class of the project."""

    node: Function | ast.ClassDef
    scope: Scope


@dataclass(frozen=True)
class Instance:
    """An object of a class of the project."""

    node: ast.ClassDef
    scope: Scope


@dataclass(frozen=True)
class Items:
    """Several things at once."""

    nodes: tuple[ast.expr, ...]
    scope: Scope


Value = External | Local | Instance | Items | Module


def is_class(value: Value) -> bool:
    """Tell whether a value is a class of the project."""
    return isinstance(value, Local) and isinstance(value.node, ast.ClassDef)
