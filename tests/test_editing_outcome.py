"""What a person is told of an edit: what changed, or why nothing did."""

import pytest

from shanty.editing.outcome import refused, summary

BEFORE = b'[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "b"\nversion = "1"\n'
CONFLICT = """\
Resolving dependencies...

Because harbour depends on flask (3.0.0) which depends on Werkzeug (>=3.0.0), werkzeug is required.
So, because harbour depends on werkzeug (1.0.0), version solving failed.

  * Check your dependencies
"""


@pytest.mark.parametrize(
    ("said", "reason", "fix"),
    [
        (
            "\nCould not find a matching version of package rope\n",
            "Could not find a matching version of package rope",
            "name a package, and a version of it, that the index has",
        ),
        (
            CONFLICT,
            "So, because harbour depends on werkzeug (1.0.0), version solving failed.",
            "ask for versions that go together, as what Poetry says above tells",
        ),
        (
            "The following packages were not found: rope",
            "The following packages were not found: rope",
            "name one that pyproject.toml has; of another group with --group",
        ),
        ("Run `poetry lock` to fix it.", "Run `poetry lock` to fix it.", "{door} lock"),
        (
            "The lock file is not compatible with the current version of Poetry.",
            "The lock file is not compatible with the current version of Poetry.",
            "{door} lock --regenerate",
        ),
        (
            "All attempts to connect to https://mate:secret@mirror.example/simple failed.",
            "All attempts to connect to https://…@mirror.example/simple failed.",
            "mend the way to the index (proxy, CA bundle, POETRY_PYPI_MIRROR_URL), then try again",
        ),
        (
            'The option "--bogus" does not exist',
            'The option "--bogus" does not exist',
            "{door} add --help",
        ),
        (
            (
                "git@forge.example: Permission denied (publickey).\n\n"
                "You can also run your poetry command with -v to see more information.\n"
            ),
            "git@forge.example: Permission denied (publickey).",
            "lend it a key that is let in: ssh-add, then try again",
        ),
        (
            f"Source (quay): Authorization error accessing https://quay.example/\n{CONFLICT}",
            "Source (quay): Authorization error accessing https://quay.example/",
            "POETRY_HTTP_BASIC_NAME_USERNAME=… and …_PASSWORD=…, with the name of the source",
        ),
        ("", "it said nothing", "mend what Poetry names above, then try again"),
    ],
)
def test_poetrys_own_reason_is_said_with_the_way_on(
    monkeypatch: pytest.MonkeyPatch, said: str, reason: str, fix: str
) -> None:
    for door in ("invoke", "shanty"):
        monkeypatch.setattr("sys.argv", [door])
        error = refused(("add", "rope"), said)
        assert (error.what, error.fix, error.exit_code) == (
            f"poetry add failed, and changed nothing: {reason}",
            fix.format(door=door),
            1,
        )


def test_the_packages_that_changed_are_named() -> None:
    after = b'[[package]]\nname = "b"\nversion = "2"\n[[package]]\nname = "c"\nversion = "3"\n'
    assert summary({"pyproject.toml": b"", "poetry.lock": after}, {"poetry.lock": BEFORE}) == (
        "pyproject.toml and poetry.lock changed: c 3 added, b 1 is now 2, a 1 removed"
    )


def test_a_package_in_two_versions_is_one() -> None:
    after = BEFORE + b'[[package]]\nname = "a"\nversion = "2"\n'
    assert summary({"poetry.lock": after}, {"poetry.lock": BEFORE}) == (
        "poetry.lock changed: a 1 is now 1/2"
    )


def test_of_many_packages_the_first_are_named() -> None:
    after = b"".join(b'[[package]]\nname = "p%d"\nversion = "1"\n' % one for one in range(9))
    assert summary({"poetry.lock": after}, {"poetry.lock": None}) == (
        "poetry.lock changed: p0 1 added, p1 1 added, p2 1 added, p3 1 added, p4 1 added, "
        "p5 1 added and 3 more"
    )


def test_a_change_of_no_package_is_said_to_be_one() -> None:
    for lock in (BEFORE, b"no toml", b""):
        assert summary({"pyproject.toml": b"x = 1"}, {"poetry.lock": lock}) == (
            "pyproject.toml changed: every package as it was"
        )
