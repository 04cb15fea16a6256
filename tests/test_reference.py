"""The name of an image: where it is kept, its tag, and the digest that it is pinned to."""

import pytest

from shanty.errors import UsageError
from shanty.reference import Reference, parse_reference

DIGEST = f"sha256:{'0a' * 32}"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("python", Reference("python")),
        ("python:3.13-slim", Reference("python", "3.13-slim")),
        (f"python:3.13-slim@{DIGEST}", Reference("python", "3.13-slim", DIGEST)),
        (f"python@{DIGEST}", Reference("python", "", DIGEST)),
        ("quay.example:5000/a/b", Reference("quay.example:5000/a/b")),
        ("quay.example:5000/a/b:1", Reference("quay.example:5000/a/b", "1")),
    ],
)
def test_a_name_is_read_in_its_parts_and_written_as_it_was(text: str, parts: Reference) -> None:
    assert parse_reference(text, "base-image") == parts
    assert str(parts) == text


def test_a_name_without_its_digest_is_what_the_tag_names_by_now() -> None:
    pinned = parse_reference(f"python:3.13-slim@{DIGEST}", "base-image")
    assert str(pinned.unpinned) == "python:3.13-slim"


@pytest.mark.parametrize(
    "digest", ["sha256:12", "", DIGEST.upper(), DIGEST[7:], f"{DIGEST}0", f"{DIGEST}@{DIGEST}"]
)
def test_what_is_no_digest_is_refused_with_the_name_to_write_instead(digest: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_reference(f"python:3.13-slim@{digest}", "pyproject.toml: base-image")
    assert refused.value.what == (
        f"pyproject.toml: base-image = 'python:3.13-slim@{digest}': {digest!r} is no digest, "
        "which is sha256: and 64 digits from 0 to f"
    )
    assert refused.value.fix == 'write "python:3.13-slim" without it'


def test_a_digest_without_a_name_is_refused() -> None:
    with pytest.raises(UsageError) as refused:
        parse_reference(f"@{DIGEST}", "base-image")
    assert str(refused.value) == (
        f"base-image = '@{DIGEST}' names no image\n"
        'fix: write the name first, as in "python:3.13-slim"'
    )


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("python", "docker.io/library/python:latest"),
        ("library/python:3", "docker.io/library/python:3"),
        ("docker.io/python:3", "docker.io/library/python:3"),
        ("harbour/base:1", "docker.io/harbour/base:1"),
        ("localhost/base:1", "localhost/base:1"),
        ("quay:5000/base", "quay:5000/base:latest"),
        (f"quay.example/base:1@{DIGEST}", "quay.example/base:1"),
    ],
)
def test_the_whole_name_has_the_registry_and_the_tag_that_docker_assumes(
    text: str, whole: str
) -> None:
    assert parse_reference(text, "base-image").qualified == whole


@pytest.mark.parametrize(
    ("text", "release"),
    [
        ("python:3.13-slim", "3.13"),
        ("docker.io/library/python:3.13.2-slim-bookworm", "3.13"),
        ("python:3.13", "3.13"),
        ("python:3.13rc1-slim", None),
        ("python:3-slim", None),
        ("python", None),
        ("harbour/python:3.13", None),
        ("quay.example/python:3.13-slim", None),
    ],
)
def test_an_official_image_tells_its_python(text: str, release: str | None) -> None:
    assert parse_reference(text, "base-image").python == release


@pytest.mark.parametrize(
    ("text", "release", "followed"),
    [
        ("python:3.13-slim", "3.14", "python:3.14-slim"),
        (f"python:3.13.2-slim-bookworm@{DIGEST}", "3.14", "python:3.14-slim-bookworm"),
        (f"python:3.13-slim@{DIGEST}", "3.13", f"python:3.13-slim@{DIGEST}"),
        (f"python:3.13-slim@{DIGEST}", "3.13.2", f"python:3.13-slim@{DIGEST}"),
        (f"harbour/base:1@{DIGEST}", "3.14", f"harbour/base:1@{DIGEST}"),
    ],
)
def test_an_official_image_follows_a_python_and_its_pin_does_not(
    text: str, release: str, followed: str
) -> None:
    assert str(parse_reference(text, "base-image").of_python(release)) == followed


def test_an_image_that_was_made_here_is_told_by_its_name() -> None:
    assert parse_reference("shanty/python:3.13", "base-image").is_made_here
    assert not parse_reference("python:3.13-slim", "base-image").is_made_here
