"""The registry of the base image: whether it answers."""

from collections.abc import Callable, Mapping
from functools import partial

from shanty.doctor.finding import SkippedError
from shanty.doctor.later import run_docker
from shanty.doctor.network import trusted_bundle
from shanty.doctor.reach import Address, Question, fix_of
from shanty.errors import MachineError
from shanty.reference import HUB, parse_reference
from shanty.registry import read_digest
from shanty.request import manifest

# Where the registry answers that Docker assumes.
HUB_HOST = f"index.{HUB}"
LOOPBACK = ("localhost", "127.")
# How a registry answers whom it does not know yet.
ANSWERS = (200, 401, 403)


def asked_registry(image: str, environment: Mapping[str, str]) -> Callable[[], str]:
    """Begin to ask the registry of an image, and return what waits for the answer.

    That returns that it answers, and raises `MachineError` where it does not.
    """
    host = parse_reference(image, "base-image").repository_name.partition("/")[0]
    host = HUB_HOST if host == HUB else host
    scheme = "http" if host.startswith(LOOPBACK) else "https"
    try:
        address = Address.of(f"{scheme}://{host}/v2/", trusted_bundle(environment))
    except SkippedError as reason:
        return partial(_skip, reason)
    return partial(_answer, Question.about(address))


def ask_registry(image: str) -> str:
    """Return the digest that an image has in its registry, as `sync` asks for it.

    Raises `TimeoutError` where the registry takes too long.
    """
    return read_digest(image, run_docker(*manifest(image).arguments[1:]))


def _skip(reason: SkippedError) -> str:
    raise reason


def _answer(question: Question) -> str:
    status, url = question.answer(), question.address.url
    if status not in ANSWERS:
        raise MachineError(f"{url} answers {status}", fix_of(question.address))
    return f"{url} answers"
