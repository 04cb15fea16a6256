"""Where a build's steps are remembered, from what is typed."""

import pytest

from shanty.remembered import cache_from, cache_to


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("quay:5000/cache:main", "type=registry,ref=quay:5000/cache:main,mode=max"),
        ("/srv/cache", "type=local,dest=/srv/cache,mode=max"),
        ("../cache", "type=local,dest=../cache,mode=max"),
        ("cache/", "type=local,dest=cache/,mode=max"),
        ("type=registry,ref=quay/cache", "type=registry,ref=quay/cache,mode=max"),
        ('type=local,"dest=a,b"', 'type=local,"dest=a,b",mode=max'),
        ("type=gha", "type=gha,mode=max"),
        # What says it, and what cannot.
        ("type=registry,ref=quay/cache,mode=min", "type=registry,ref=quay/cache,mode=min"),
        ("type=inline", "type=inline"),
        ("ref=quay/cache", "ref=quay/cache"),
    ],
)
def test_every_stage_is_written_unless_a_mode_is_given(typed: str, taken: str) -> None:
    assert cache_to(typed) == taken


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("quay:5000/cache:main", "quay:5000/cache:main"),
        ("type=local,src=a", "type=local,src=a"),
        ("./cache", "type=local,src=./cache"),
        ("..", "type=local,src=.."),
    ],
)
def test_a_folder_alone_is_read_as_one(typed: str, taken: str) -> None:
    assert cache_from(typed) == taken
