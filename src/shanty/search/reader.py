"""What an expression stands for, as far as the source says it; nothing is run."""

import ast
from collections.abc import Iterable
from itertools import islice

from shanty.search.function import given, names_in
from shanty.search.source import Imported, Module, Node, Source, names_of
from shanty.search.value import External, Instance, Items, Local, Scope, Value

# Enough for any real application; an end for source that goes round in ever new circles.
STEPS = 5_000
CALLS = 8
DEPTH = 60
MEANINGS = 12


class Reader:
    """The values that expressions may have; an expression without any says nothing."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._scopes: dict[object, Scope] = {}
        # The nodes are kept, for an id is good only as long as its object.
        self._known: dict[tuple[int, int], tuple[Node, list[Value]]] = {}
        self._members: dict[tuple[int, int, str], list[Value]] = {}
        self._set_on_self: dict[int, dict[str, list[tuple[ast.FunctionDef, ast.expr]]]] = {}
        self._asked: set[tuple[Module, str]] = set()
        self._steps = 0
        self._depth = 0

    def begin(self) -> None:
        """Begin a question of its own, with all the steps there are for one."""
        self._steps = 0

    def scope(self, module: Module) -> Scope:
        """Return the scope of a module's top level."""
        if module not in self._scopes:
            self._scopes[module] = Scope(module, self.source.names(module))
        return self._scopes[module]

    def named(self, module: Module, name: str) -> list[Value]:
        """Return what a name of a module may be, one taken by `import *` too."""
        if found := self.scope(module).find(name):
            return self._all(found)
        values: list[Value] = []
        if (module, name) not in self._asked:
            self._asked.add((module, name))
            for star in self.source.names(module).stars:
                taken_from = self.source.module(star, module.import_root)
                values += self._attribute(taken_from or star, name)
            self._asked.discard((module, name))
        return values

    def values(self, node: Node, scope: Scope) -> list[Value]:
        """Return what a node may be in a scope, the likeliest first."""
        key = (id(node), id(scope))
        if key not in self._known:
            self._known[key] = (node, [])  # It says nothing of itself.
            self._steps += 1
            self._depth += 1
            if self._steps < STEPS and self._depth < DEPTH:
                found = dict.fromkeys(self._evaluated(node, scope))
                self._known[key] = (node, list(islice(found, MEANINGS)))
            self._depth -= 1
        return self._known[key][1]

    def _evaluated(self, node: Node, scope: Scope) -> list[Value]:
        match node:
            case Imported():
                return self._import(node, scope.module)
            case ast.Name(id=name):
                found = scope.find(name)
                return self._all(found) if found else self.named(scope.module, name)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return [*self._decorated(node, scope), Local(node, scope)]
            case ast.ClassDef() | ast.Lambda():
                return [Local(node, scope)]
            case _:
                return self._computed(node, scope)

    def _computed(self, node: ast.AST, scope: Scope) -> list[Value]:
        match node:
            case ast.Attribute(value=owner, attr=name):
                owners = self.values(owner, scope)
                return [one for value in owners for one in self.member(value, name)]
            case ast.Call(func=function):
                callees = self.values(function, scope)
                return [one for value in callees for one in self.result(value, node, scope)]
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return [Items(tuple(elements), scope)]
            case ast.Subscript(value=owner, slice=index):
                return self._item(owner, index, scope)
            case _:
                return self._all([(part, scope) for part in _either(node)])

    def _all(self, nodes: Iterable[tuple[Node, Scope]]) -> list[Value]:
        return [value for node, scope in nodes for value in self.values(node, scope)]

    def _import(self, taken: Imported, module: Module) -> list[Value]:
        found = self.source.module(taken.module, module.import_root)
        if not taken.name:
            return [found or External(taken.module)]
        return self._attribute(found or taken.module, taken.name)

    def _attribute(self, owner: Module | str, name: str) -> list[Value]:
        """Return a name of a module, one of the project or one from outside."""
        if isinstance(owner, Module):
            values = self.named(owner, name)
            inner = self.source.module(f"{owner.name}.{name}", owner.import_root)
            return values or ([inner] if inner else [])
        return [self.source.module(f"{owner}.{name}") or External(f"{owner}.{name}")]

    def member(self, owner: Value, name: str) -> list[Value]:
        """Return what an attribute of a value may be."""
        match owner:
            case External(name=path):
                return self._attribute(path, name)
            case Module():
                return self._attribute(owner, name)
            case Instance(node=node, scope=scope) | Local(node=ast.ClassDef() as node, scope=scope):
                key = (id(node), id(scope), name)
                if key not in self._members:
                    self._members[key] = []  # A class that is its own base adds nothing.
                    # A chain of bases is a way down too, which `values` ends.
                    self._depth += 1
                    found = dict.fromkeys(self._class_member(node, scope, name))
                    self._members[key] = list(islice(found, MEANINGS))
                    self._depth -= 1
                return self._members[key]
            case _:
                return []

    def _class_member(self, node: ast.ClassDef, scope: Scope, name: str) -> list[Value]:
        around = self._around(node, scope)
        values = self._all(around.find_own(name))
        if id(node) not in self._set_on_self:
            self._set_on_self[id(node)] = _set_on_self(node)
        for method, value in self._set_on_self[id(node)].get(name, ()):
            values += self.values(value, self._body(Local(method, around)))
        for base in self._all([(base, scope) for base in node.bases]):
            made_of = External(f"{base.name}()") if isinstance(base, External) else base
            values += self.member(made_of, name)
        return values

    def _around(self, node: ast.ClassDef, scope: Scope) -> Scope:
        """Return the scope of a class's body, in which its methods know it as `self`."""
        key = (id(node), id(scope))
        if key not in self._scopes:
            names = names_of(node.body)
            names.bound.update({"self": [node], "cls": [node]})
            self._scopes[key] = Scope(scope.module, names, outer=scope, depth=scope.depth)
        return self._scopes[key]

    def _item(self, owner: ast.expr, index: ast.expr, scope: Scope) -> list[Value]:
        values: list[Value] = []
        for value in self.values(owner, scope):
            match value, index:
                case Items(nodes=nodes, scope=inner), ast.Constant(value=int(at)):
                    values += self.values(nodes[at], inner) if at < len(nodes) else []
                case External(name=name), ast.Constant(value=at):
                    values.append(External(f"{name}[{at!r}]"))
                case External(), _:
                    # `Optional[Flask]` and its like.
                    values += self.values(index, scope)
                case _:
                    pass
        return values

    def _decorated(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> list[Value]:
        """Return what decorators from outside make of a function."""
        decorators = self._all([(decorator, scope) for decorator in node.decorator_list])
        return [External(f"{one.name}()") for one in decorators if isinstance(one, External)]

    def result(self, callee: Value, call: ast.Call | None, scope: Scope) -> list[Value]:
        """Return what calling a value may return; what is awaited is no result."""
        match callee:
            case External(name=name):
                return [External(f"{name}()", call, scope)]
            case Local(node=ast.ClassDef() as node, scope=around):
                return [Instance(node, around)]
            case Local(node=ast.FunctionDef() | ast.Lambda()) if scope.depth < CALLS:
                inner = self._body(callee, call, scope)
                return self._all([(node, inner) for node in inner.names.bound["return"]])
            case _:
                return []

    def _body(self, callee: Local, call: ast.Call | None = None, at: Scope | None = None) -> Scope:
        """Return the scope of a function's body, called from the scope `at`."""
        node, around = callee.node, callee.scope
        key = (id(node), id(around), id(call), id(at))
        if key not in self._scopes and not isinstance(node, ast.ClassDef):
            names = names_in(node, around.module.package)
            taken = given(node.args, call, at or around, around)
            depth = (at or around).depth + 1
            self._scopes[key] = Scope(around.module, names, taken, around, depth)
        return self._scopes[key]


def _either(node: ast.AST) -> list[ast.expr]:
    """Return the parts of which an expression is one."""
    match node:
        case ast.IfExp(body=first, orelse=second) | ast.BinOp(left=first, right=second):
            return [first, second]
        case ast.BoolOp(values=parts):
            return parts
        case _:
            return []


def _set_on_self(node: ast.ClassDef) -> dict[str, list[tuple[ast.FunctionDef, ast.expr]]]:
    """Return what the methods of a class set each attribute of their object to."""
    found: dict[str, list[tuple[ast.FunctionDef, ast.expr]]] = {}
    for method in (one for one in node.body if isinstance(one, ast.FunctionDef)):
        for statement in (one for one in ast.walk(method) if isinstance(one, ast.Assign)):
            for target in statement.targets:
                match target:
                    case ast.Attribute(value=ast.Name(id="self"), attr=name):
                        found.setdefault(name, []).append((method, statement.value))
                    case _:
                        pass
    return found
