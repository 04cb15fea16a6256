"""The application of a Django project, found as Django itself finds it."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from shanty.search.framework import Kind
from shanty.search.offer import Offer, Offers
from shanty.search.places import Places
from shanty.search.source import Module, Source

VARIABLE = "DJANGO_SETTINGS_MODULE"
KEYS = ("ASGI_APPLICATION", "WSGI_APPLICATION")


def find_django(places: Places, offers: Offers) -> tuple[Offer, str] | None:
    """Return what Django's settings name, else what stands beside them, and where that is said.

    The settings are those that `manage.py` uses; of several the first with an application.
    """
    source = places.source
    for manager in places.managers():
        for settings in _settings(source, manager):
            for module, name, said in (*_named(source, settings), *_beside(source, settings)):
                offer = offers.named(module, name)
                if offer and offer.kind.interface:
                    return replace(offer, kind=Kind("django", offer.kind.interface)), said
    return None


def _settings(source: Source, manager: Path) -> Iterator[Module]:
    """Yield the modules that a `manage.py` names, if it is one of Django's."""
    texts = [text for _, text in sorted(_texts(source.tree(manager)))]
    if VARIABLE in texts:
        for text in dict.fromkeys(texts):
            # A name may be put together: f"config.settings.{stage}".
            if found := source.module(text.rstrip("."), manager.parent):
                yield found


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _named(source: Source, settings: Module) -> Iterator[tuple[Module, str, str]]:
    """Yield what the settings call the application, those they take by `import *` included.

    Who names an ASGI application needs it: Django asks for no such thing.
    """
    files = list(_with_stars(source, settings))
    for key in KEYS:
        for one in files:
            for target in _assigned(source.tree(one.file), key):
                module, _, name = target.rpartition(".")
                if found := source.module(module, settings.import_root):
                    yield found, name, f"{key} in {settings.name}"


def _with_stars(source: Source, module: Module) -> Iterator[Module]:
    waiting, seen = [module], set()
    while waiting:
        one = waiting.pop(0)
        if one not in seen:
            seen.add(one)
            yield one
            found = [source.module(star, one.import_root) for star in source.names(one).stars]
            waiting += [star for star in found if star]


def _assigned(tree: ast.Module, key: str) -> Iterator[str]:
    """Yield the texts that a name is set to, in a class of settings too."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                if name == key:
                    yield text
            case _:
                pass


def _beside(source: Source, settings: Module) -> Iterator[tuple[Module, str, str]]:
    """Yield what `wsgi.py` and `asgi.py` next to the settings or above them have.

    Every project is begun with both; one that routes by protocol means its `asgi.py`.
    """
    folder = settings.file.parent
    while folder.is_relative_to(settings.import_root):
        parts = folder.relative_to(settings.import_root).parts
        asgi, wsgi = (
            source.module(".".join((*parts, name)), settings.import_root)
            for name in ("asgi", "wsgi")
        )
        routes = asgi is not None and "ProtocolTypeRouter" in source.names(asgi).bound
        for module in (asgi, wsgi) if routes else (wsgi, asgi):
            if module:
                yield module, "application", f"beside the settings {settings.name}"
        folder = folder.parent
