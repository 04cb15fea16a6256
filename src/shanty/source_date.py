"""When the sources were what they are: the time that what is built from them is given."""

from collections.abc import Mapping

from shanty.checkout import Checkout
from shanty.errors import UsageError

VARIABLE = "SOURCE_DATE_EPOCH"


def source_date(checkout: Checkout | None, environment: Mapping[str, str]) -> str:
    """Return the seconds since 1970: the caller's own, else those of the last commit.

    Empty where the sources are not those of a commit: then the Dockerfile has a time follow from
    what they hold. Raises `UsageError` for a time that is none.
    """
    own = environment.get(VARIABLE)
    if own:
        if not own.isascii() or not own.isdecimal():
            fix = f'{VARIABLE}="$(git log -1 --format=%ct)", or unset it'
            raise UsageError(f"{VARIABLE} = {own!r} is no number of seconds since 1970", fix)
        return own
    return str(checkout.time) if checkout and not checkout.is_dirty else ""
