"""The registry of the base image: whether it answers."""

from collections.abc import Mapping

from shanty.doctor.network import trusted_bundle
from shanty.doctor.reach import Address, Question, fix_of
from shanty.errors import MachineError
from shanty.reference import HUB, parse_reference

# Where the registry answers that Docker assumes.
HUB_HOST = f"index.{HUB}"
LOOPBACK = ("localhost", "127.")
# How a registry answers whom it does not know yet.
ANSWERS = (200, 401, 403)


def asked_registry(image: str, environment: Mapping[str, str]) -> Question:
    """Begin to ask the registry of an image."""
    host = parse_reference(image, "base-image").repository_name.partition("/")[0]
    host = HUB_HOST if host == HUB else host
    scheme = "http" if host.startswith(LOOPBACK) else "https"
    return Question.about(Address.of(f"{scheme}://{host}/v2/", trusted_bundle(environment)))


def registry_answer(question: Question) -> str:
    """Return that a registry answers; raise `MachineError` where none does."""
    status, url = question.answer(), question.address.url
    if status not in ANSWERS:
        raise MachineError(f"{url} answers {status}", fix_of(question.address))
    return f"{url} answers"
