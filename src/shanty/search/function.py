"""What a function of the source takes and returns."""

import ast

from shanty.search.source import Names, Node, made, names_of
from shanty.search.value import Function, Scope


def names_in(function: Function, package: str) -> Names:
    """Return what a function's body binds, and what it returns as the name `return`."""
    if isinstance(function, ast.Lambda):
        return Names({"return": [function.body]})
    names = names_of(function.body, package)
    names.bound["return"] = _returned(names)
    if function.returns:
        names.bound["return"].append(made(function.returns))
    return names


def _returned(names: Names) -> list[Node]:
    """Return what a body returns, the last first; a generator returns nothing to serve."""
    values = [getattr(statement, "value", None) for statement in names.statements]
    if any(isinstance(value, ast.Yield | ast.YieldFrom) for value in values):
        return []
    returns = [one.value for one in names.statements if isinstance(one, ast.Return) and one.value]
    return [*reversed(returns)]


def given(
    arguments: ast.arguments, call: ast.Call | None, at: Scope, around: Scope
) -> dict[str, list[tuple[Node, Scope]]]:
    """Return what each parameter may be: the argument, the default, a thing of its type."""
    parameters = [one for one in parameters_of(arguments) if one.arg not in {"self", "cls"}]
    found: dict[str, list[tuple[Node, Scope]]] = {}
    for parameter, argument in zip(parameters, call.args if call else (), strict=False):
        found[parameter.arg] = [(argument, at)]
    for keyword in call.keywords if call else ():
        found.setdefault(keyword.arg or "**", []).append((keyword.value, at))
    positional = parameters_of(arguments)
    defaults = [*zip(reversed(positional), reversed(arguments.defaults), strict=False)]
    defaults += [
        (one, default)
        for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default
    ]
    for parameter, default in defaults:
        found.setdefault(parameter.arg, []).append((default, around))
    for parameter in (*positional, *arguments.kwonlyargs):
        if parameter.annotation:
            annotated = made(parameter.annotation)
            found.setdefault(parameter.arg, []).append((annotated, around))
    return found


def parameters_of(arguments: ast.arguments) -> list[ast.arg]:
    """Return the parameters that take an argument by its position."""
    return arguments.posonlyargs + arguments.args


def needs_nothing(node: ast.AST) -> bool:
    """Tell whether a node is a function that can be called without arguments."""
    if not isinstance(node, ast.FunctionDef):
        return False
    arguments = node.args
    return len(parameters_of(arguments)) == len(arguments.defaults) and (
        None not in arguments.kw_defaults
    )


def returns_something(node: ast.AST) -> bool:
    """Tell whether a function returns a value that its source does not spell out."""
    return any(
        isinstance(one, ast.Return) and one.value and not isinstance(one.value, ast.Constant)
        for one in ast.walk(node)
    )
