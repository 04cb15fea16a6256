"""Python source as it stands: the modules of a project and what their names are bound to."""

import ast
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from shanty.errors import UsageError
from shanty.search.parts import FAULTS, readable_parts


@dataclass(frozen=True)
class Imported:
    """What an import binds: a name of a module, or the module itself where `name` is empty."""

    module: str
    name: str = ""


Node = ast.AST | Imported


@dataclass(frozen=True)
class Module:
    """A source file and the name it is imported by from `import_root`."""

    name: str
    file: Path
    import_root: Path

    @property
    def package(self) -> str:
        """The package that its relative imports begin at."""
        return self.name if self.file.name == "__init__.py" else self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Names:
    """What a body binds, oldest first, and the modules that it takes every name of.

    `statements` are those that run when the body does.
    """

    bound: dict[str, list[Node]] = field(default_factory=dict)
    stars: tuple[str, ...] = ()
    statements: tuple[ast.stmt, ...] = ()


class Source:
    """The modules below some folders, each read once; `broken` has what cannot be read whole."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self.roots = tuple(roots)
        self.broken: dict[Path, UsageError] = {}
        self._trees: dict[Path, ast.Module] = {}
        self._names: dict[Module, Names] = {}

    def module(self, name: str, near: Path | None = None) -> Module | None:
        """Return a module by its name, from the folder `near` before all others."""
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts):
            return None
        for root in (*([near] if near else ()), *self.roots):
            path = root.joinpath(*parts)
            for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
                if file.is_file():
                    return Module(name, file, root)
        return None

    def names(self, module: Module) -> Names:
        """Return what the top level of a module binds: nothing, where it cannot be read."""
        if module not in self._names:
            self._names[module] = names_of(self.tree(module.file).body, module.package)
        return self._names[module]

    def tree(self, file: Path) -> ast.Module:
        """Return the tree of a file, what can be read of it, or an empty one."""
        if file not in self._trees:
            content = b""
            try:
                content = file.read_bytes()
                self._trees[file] = ast.parse(content, str(file))
            except (OSError, *FAULTS) as error:
                self._trees[file] = readable_parts(content) or ast.Module([], [])
                self.broken[file] = _unreadable(file, error)
        return self._trees[file]


def _unreadable(file: Path, error: Exception) -> UsageError:
    line = getattr(error, "lineno", None) or 1
    return UsageError(f"{file}:{line}: {getattr(error, 'msg', error)}", f"mend line {line}")


def names_of(body: list[ast.stmt], package: str = "") -> Names:
    """Return what a body binds when it runs; a nested function or class is one name of it."""
    bound: dict[str, list[Node]] = {}
    stars: list[str] = []
    running = tuple(_running(body))
    for statement in running:
        for name, node in _bound(statement, package):
            if name == "*" and isinstance(node, Imported):
                stars.append(node.module)
            else:
                bound.setdefault(name, []).append(node)
    return Names(bound, tuple(stars), running)


def _running(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run at import, those inside `if`, `try` and the like too."""
    waiting = [*body][::-1]
    while waiting:
        statement = waiting.pop()
        is_guard = _is_main_guard(statement)
        if not is_guard:
            yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        fields = ("orelse",) if is_guard else ("body", "orelse", "finalbody")
        inner = [getattr(statement, name, ()) for name in fields]
        inner += [branch.body for branch in getattr(statement, "handlers", ())]
        inner += [branch.body for branch in getattr(statement, "cases", ())]
        waiting += [one for part in inner for one in part][::-1]


def _is_main_guard(statement: ast.stmt) -> bool:
    """Tell whether a statement is `if __name__ == "__main__"`: an importer never gets inside."""
    match statement:
        case ast.If(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right])):
            return {_side(left), _side(right)} == {"__name__", "'__main__'"}
        case _:
            return False


def _side(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Constant(value=value):
            return repr(value)
        case _:
            return ""


def _bound(statement: ast.stmt, package: str) -> Iterator[tuple[str, Node]]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name, statement
        case ast.Import() | ast.ImportFrom():
            yield from _imported(statement, package)
        case _:
            for target, value in _assigned(statement):
                yield from _unpacked(target, value)


def _assigned(statement: ast.stmt) -> list[tuple[ast.expr, ast.expr]]:
    match statement:
        case ast.Assign(targets=targets, value=value):
            return [(target, value) for target in targets]
        case ast.AnnAssign(target=target, value=ast.Constant() as value):
            # What is None is no thing of its type, whatever it may become later.
            return [(target, value)]
        case ast.AnnAssign(target=target, value=ast.expr() as value, annotation=annotation):
            return [(target, made(annotation)), (target, value)]
        case ast.For(target=target) | ast.AsyncFor(target=target):
            return [(target, ast.Constant(None))]
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return [(one.optional_vars, one.context_expr) for one in items if one.optional_vars]
        case _:
            return []


def _unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, Node]]:
    match target:
        case ast.Name(id=name):
            yield name, value
        case ast.Starred(value=inner):
            yield from _unpacked(inner, ast.Constant(None))
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for index, part in enumerate(parts):
                yield from _unpacked(part, ast.Subscript(value, ast.Constant(index), ast.Load()))
        case _:
            pass


def _imported(
    statement: ast.Import | ast.ImportFrom, package: str
) -> Iterator[tuple[str, Imported]]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            top = alias.name.partition(".")[0]
            yield alias.asname or top, Imported(alias.name if alias.asname else top)
        return
    module = statement.module or ""
    if statement.level:
        parents = package.split(".")
        kept = parents[: len(parents) - statement.level + 1]
        module = ".".join([*kept, module] if module else kept)
    for alias in statement.names:
        yield alias.asname or alias.name, Imported(module, alias.name)


def made(annotation: ast.expr) -> ast.Call:
    """Return an expression for something of the annotated type."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        with suppress(*FAULTS):
            annotation = ast.parse(annotation.value, mode="eval").body
    return ast.Call(annotation, [], [])
