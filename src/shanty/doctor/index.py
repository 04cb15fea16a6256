"""The package indexes: those that pip is told of, and the project's own."""

import importlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlsplit

from shanty.doctor.finding import Check, Note, Seen, SkippedError
from shanty.doctor.later import ask_docker
from shanty.doctor.machine import Machine
from shanty.doctor.network import trusted_bundle
from shanty.doctor.reach import Address, Question, fix_of
from shanty.doctor.subject import Subject
from shanty.errors import MachineError, ShantyError
from shanty.index_secrets import credential_variables, credentials_of, reached_indexes, sources
from shanty.labels import LOCK, lock_digest
from shanty.request import tag

REFUSED = (401, 403)
PROXY_REFUSES = 407
BROKEN = 500


class Indexes:
    """The package indexes, which are asked at once."""

    def __init__(self, subject: Subject, machine: Machine) -> None:
        self._subject = subject
        self._machine = machine
        self._fault: Exception | None = None
        self._asked: list[tuple[Question, str]] = []
        try:
            self._asked = [(Question.about(one), name) for one, name in self._addresses()]
        except Exception as error:  # noqa: BLE001 - it is raised where it is looked at
            self._fault = error

    def checks(self) -> tuple[Check, ...]:
        """Return the look at them."""
        return (
            Check("index", "Packages that no build has yet are downloaded from it.", self._look),
        )

    def _look(self) -> Iterator[Seen]:
        if self._fault:
            raise self._fault
        if not self._asked:
            raise SkippedError("no pip is here to ask which is its own")
        for question, name in self._asked:
            try:
                yield _answer(question, name)
            except MachineError as error:
                why = "The production image of this lock is here; any other build may need it."
                yield Note(error.what, error.fix, why) if self._is_built() else error

    def _is_built(self) -> bool:
        """Tell whether the engine holds a production image of this very lock."""
        with suppress(SkippedError, ShantyError, OSError):
            self._machine.require_engine()
            name = tag(self._subject.workflow.settings, "production")
            form = f'{{{{index .Config.Labels "{LOCK}"}}}}'
            said = ask_docker("image", "inspect", "--format", form, name)
            return said.strip() == lock_digest(self._subject.lock)
        return False

    def _addresses(self) -> Iterator[tuple[Address, str]]:
        """Yield the addresses, with the name that the project gives to one of its own."""
        environment = self._subject.environment
        bundle, told = trusted_bundle(environment), reached_indexes(environment)
        trusted = told.get("trusted-host", "").split()
        first = told.get("index-url") or _default_index()
        for url in (first, *told.get("extra-index-url", "").split()):
            if url.startswith("http"):
                address = Address.of(_folder(url), bundle)
                yield replace(address, trusted=urlsplit(address.url).hostname in trusted), ""
        yield from self._own(environment)

    def _own(self, environment: Mapping[str, str]) -> Iterator[tuple[Address, str]]:
        try:
            found = sources(self._subject.project)
        except SkippedError:
            return
        for source in found:
            name, url = str(source.get("name", "")), str(source.get("url", ""))
            if url.startswith("http"):
                given = credentials_of(name, environment)
                user, password = (str(given.get(key, "")) for key in ("username", "password"))
                address = Address.of(_folder(url), trusted_bundle(environment))
                yield (replace(address, user=user, password=password) if user else address), name


def _folder(url: str) -> str:
    """Return the address of a list of packages as its server has it, which saves asking twice."""
    return f"{url.rstrip('/')}/"


def _default_index() -> str:
    """Return the index that pip asks where it is told of none, empty where there is no pip."""
    try:
        # The address is pip's to know.
        return str(importlib.import_module("pip._internal.models.index").PyPI.simple_url)
    except (ImportError, AttributeError):
        return ""


def _answer(question: Question, name: str) -> str:
    """Return that an index answers; raise `MachineError` where none does, or lets nobody in."""
    status, address = question.answer(), question.address
    if status in REFUSED:
        reason = "does not take the credentials" if address.user else "wants credentials"
        raise MachineError(f"{address.url} {reason}: it answers {status}", _credentials_fix(name))
    if status >= BROKEN or status == PROXY_REFUSES:
        raise MachineError(f"{address.url} answers {status}", fix_of(address))
    return f"{name or 'the package index'} answers: {address.url}"


def _credentials_fix(name: str) -> str:
    if not name:
        return "pip config set global.index-url https://USER:PASSWORD@HOST/…"
    return "export " + " ".join(f"{one}=…" for one in credential_variables(name).values())
