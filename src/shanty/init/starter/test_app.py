"""What holds for the app before anything is asked of it."""

from importlib.util import find_spec

MODULE = "app"


def test_the_app_is_where_the_server_looks_for_it() -> None:
    assert find_spec(MODULE)
