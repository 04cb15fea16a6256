"""The WSGI callable of a project, found by reading its source and never by importing it."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeGuard

from shanty.errors import UsageError
from shanty.project import Package, Project

CALLABLES = ("app", "application")
FACTORIES = ("create_app", "make_app")
EVERYTHING = "*"
MODULES = ("", "app", "application", "main", "wsgi", "asgi", "server", "api")


@dataclass(frozen=True)
class Application:
    """A callable as servers write it, `module:app` or `module:create_app()`, and its file."""

    target: str
    file: Path


def find_application(project: Project) -> Application:
    """Return the first callable in the project's packages, the package itself before its modules.

    Raises `UsageError` that lists where it looked when there is none.
    """
    looked: list[str] = []
    for package in project.packages:
        modules = _modules(package)
        files = [file for _, file in modules] or [package.path]
        looked += [str(file.relative_to(project.root)) for file in files]
        for module, file in modules:
            for name in offered(file, package.import_root):
                return Application(f"{module}:{name}", file)
    raise UsageError(
        f"no app found (looked for {', '.join((*CALLABLES, *FACTORIES))} in {', '.join(looked)})",
        f'name it in {project.pyproject_file}: [tool.shanty] app = "module:app"',
    )


def check_application(project: Project, target: str) -> None:
    """Raise `UsageError` when the source has no such module, or no such name in it.

    The error names what the module does offer. A module from outside the project is believed.
    """
    module, _, callable_name = target.partition(":")
    name = callable_name.partition("(")[0]
    if not module or not name:
        raise UsageError(
            f'app = "{target}" names no callable',
            'write it as "module:callable", or "module:create_app()" for a factory',
        )
    package = next((one for one in project.packages if _holds(one, module)), None)
    if package is None:
        return
    file = _module_file(package.import_root, module)
    if file is None:
        raise UsageError(
            f'app = "{target}": there is no module {module} in {package.import_root}',
            _suggestion(project),
        )
    names = _names(file)
    if name.partition(".")[0] not in names and EVERYTHING not in names:
        raise UsageError(f'app = "{target}": {file} has no {name}', _suggestion(project))
    if name == callable_name and name in names and _is_factory(names[name], package.import_root):
        raise UsageError(
            f'app = "{target}": {name} makes the app, and is none itself', f'app = "{target}()"'
        )


def offered(file: Path, import_root: Path) -> list[str]:
    """Return the callables and factories that a source file defines or imports, best first."""
    names = _names(file)
    found = [name for name in CALLABLES if name in names and _is_object(names[name], import_root)]
    factories = [name for name in FACTORIES if name in names]
    return found + [f"{name}()" for name in factories if _is_factory(names[name], import_root)]


def _suggestion(project: Project) -> str:
    try:
        found = find_application(project)
    except UsageError as error:
        return error.fix
    return f'the source offers app = "{found.target}"'


def _holds(package: Package, module: str) -> bool:
    return module.partition(".")[0] == package.module.partition(".")[0]


def _modules(package: Package) -> list[tuple[str, Path]]:
    if package.path.is_file():
        return [(package.module, package.path)]
    places = [
        (
            f"{package.module}.{name}".rstrip("."),
            package.path / (f"{name}.py" if name else "__init__.py"),
        )
        for name in MODULES
    ]
    return [(module, file) for module, file in places if file.is_file()]


def _module_file(import_root: Path, module: str) -> Path | None:
    path = import_root.joinpath(*module.split("."))
    for file in (path / "__init__.py", path.with_name(f"{path.name}.py")):
        if file.is_file():
            return file
    return None


@dataclass(frozen=True)
class _Import:
    """A name that a file takes from another module."""

    module: str
    name: str


@cache
def _names(file: Path) -> dict[str, ast.stmt | _Import]:
    """Return what each top-level name of a file is bound to.

    Raises `UsageError` for source that does not parse.
    """
    try:
        tree = ast.parse(file.read_bytes(), str(file))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        reason = getattr(error, "msg", str(error))
        raise UsageError(f"{file}:{line}: {reason}", f"mend line {line}") from error
    names: dict[str, ast.stmt | _Import] = {}
    for statement in _top_level(tree.body):
        match statement:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                names[name] = statement
            case ast.Assign(targets=targets):
                bound = [name for target in targets for name in ast.walk(target)]
                names |= {name.id: statement for name in bound if _is_stored(name)}
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                names[name] = statement
            case ast.Import(names=aliases):
                names |= {alias.asname or alias.name: statement for alias in aliases}
            case ast.ImportFrom():
                module = _absolute(statement, file)
                names |= {
                    alias.asname or alias.name: _Import(module, alias.name)
                    for alias in statement.names
                }
            case _:
                pass
    return names


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _top_level(body: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements that run at import, those inside `if` and `try` too."""
    statements: list[ast.stmt] = []
    for statement in body:
        statements.append(statement)
        if isinstance(statement, ast.If | ast.Try | ast.With):
            for field in ("body", "handlers", "orelse", "finalbody"):
                for part in getattr(statement, field, []):
                    statements += _top_level(part.body if field == "handlers" else [part])
    return statements


def _absolute(statement: ast.ImportFrom, file: Path) -> str:
    """Return the module that a `from` import names, as far as its folders are packages."""
    if not statement.level:
        return statement.module or ""
    folder = file.parent
    for _ in range(statement.level - 1):
        folder = folder.parent
    parts = [folder.name]
    while (folder.parent / "__init__.py").is_file():
        folder = folder.parent
        parts.insert(0, folder.name)
    return ".".join([*parts, statement.module] if statement.module else parts)


def _resolve(bound: ast.stmt | _Import, import_root: Path, depth: int = 8) -> ast.stmt | None:
    """Follow imports inside the project to the statement that binds the name."""
    while isinstance(bound, _Import) and depth:
        depth -= 1
        file = _module_file(import_root, bound.module)
        if file is None or bound.name not in _names(file):
            return None
        bound = _names(file)[bound.name]
    return None if isinstance(bound, _Import) else bound


def _is_object(bound: ast.stmt | _Import, import_root: Path) -> bool:
    """Tell whether a name is an object made at import, or a callable taking two or three things."""
    match _resolve(bound, import_root):
        case ast.Assign(value=value) | ast.AnnAssign(value=value):
            return isinstance(value, ast.Call | ast.Name | ast.Attribute)
        case ast.FunctionDef(args=args) | ast.AsyncFunctionDef(args=args):
            return len(args.posonlyargs + args.args) in {2, 3}
        case _:
            return False


def _is_factory(bound: ast.stmt | _Import, import_root: Path) -> bool:
    """Tell whether a name is a function that can be called without arguments."""
    match _resolve(bound, import_root):
        case ast.FunctionDef(args=args):
            positional = args.posonlyargs + args.args
            return len(positional) == len(args.defaults) and None not in args.kw_defaults
        case _:
            return False
