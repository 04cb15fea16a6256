"""The one offer of several that is served, and the rule that chose it."""

import ast
from dataclasses import dataclass

from shanty.search.offer import Offer
from shanty.search.places import Places
from shanty.search.source import Imported, Source

DEPLOYED = ("wsgi", "asgi")
FIRST_PLACE = "the first place that was looked at"


@dataclass(frozen=True)
class Choice:
    """An offer, how many different ones there were, and the rule that decided."""

    offer: Offer
    count: int
    rule: str

    @property
    def by_place(self) -> bool:
        """Tell whether nothing decided but where the offers were found."""
        return self.rule == FIRST_PLACE


def choose(offers: list[Offer], elsewhere: list[Offer], places: Places) -> Choice:
    """Return the best of the offers, which stand in the order of their places.

    A `wsgi.py` or `asgi.py` with an object of its own is what its authors deploy; so is an object
    for which the project calls its own factory with arguments. Else the first place decides, and
    in one file what `Offers.of` says. The offers from elsewhere are only counted.
    """
    deployed = [one for one in offers if _is_deployed(one, offers, places)]
    called = [one for one in offers if _is_called(one, offers, places)]
    first = (deployed or called or offers)[0]
    others = [one for one in (*offers, *elsewhere) if one.origin != first.origin]
    rule = FIRST_PLACE
    if deployed:
        others = [one for one in (*offers, *elsewhere) if one.module != first.module]
        rule = f"{first.module.file.name} is what is deployed"
    elif called:
        rule = "the factory as the project calls it"
    elif others and others[0].module == first.module:
        same = others[0].factory == first.factory
        rule = "the usual name before others" if same else "an object before a factory"
    return Choice(first, 1 + len({one.origin for one in others}), rule)


def _is_deployed(offer: Offer, offers: list[Offer], places: Places) -> bool:
    """Tell whether an offer is the object of a `wsgi.py` and more than another one's echo."""
    name = offer.module.name.rpartition(".")[2]
    if name not in DEPLOYED or offer.factory or not _is_central(offer, places):
        return False
    echoed = any(one.origin == offer.origin for one in offers if one.module != offer.module)
    return not (echoed and hands_on(offer, places.source))


def _is_called(offer: Offer, offers: list[Offer], places: Places) -> bool:
    """Tell whether an offer is made by another one, a factory, with arguments."""
    made_by = offer.factory_of
    return (
        made_by is not None
        and offer.origin[1] is not made_by
        and _is_central(offer, places)
        and any(one.factory and one.origin[1] is made_by for one in offers)
    )


def _is_central(offer: Offer, places: Places) -> bool:
    """Tell whether an offer is in the wheel, or at the top of what is not."""
    module = offer.module
    return not places.packages or places.in_wheel(module.file) or "." not in module.name


def hands_on(offer: Offer, source: Source) -> bool:
    """Tell whether a module does nothing but import an application and give it a name."""
    names = source.names(offer.module)
    nodes = names.bound[offer.name]
    used = {offer.name} | {
        part.id
        for node in nodes
        if isinstance(node, ast.AST)
        for part in ast.walk(node)
        if isinstance(part, ast.Name)
    }
    taken = [node for name, bound in names.bound.items() if name not in used for node in bound]
    taken += [Imported(star) for star in names.stars]
    runs_others = any(
        isinstance(one, Imported) and source.module(one.module, offer.module.import_root)
        for one in taken
    )
    return not runs_others and all(_is_still(one, offer.name) for one in names.statements)


def _is_still(statement: ast.stmt, name: str) -> bool:
    """Tell whether a statement changes nothing but what a name is bound to."""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Assign(targets=[ast.Name(id=bound)]) | ast.AnnAssign(target=ast.Name(id=bound)):
            return bound in {name, "__all__"}
        case ast.FunctionDef(decorator_list=decorators):
            return not decorators
        case _:
            return False
