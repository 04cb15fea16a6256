"""Python releases: which ones a project admits, and which one its lock installs on best."""

import platform
from collections.abc import Callable

import pytest

from shanty.dependencies.lock import read_lock
from shanty.dependencies.python_version import KNOWN, check_admitted, choose_python, newest_admitted
from shanty.errors import UsageError
from shanty.project import Project


@pytest.mark.parametrize(
    ("constraint", "newest"),
    [
        ("*", KNOWN[0]),
        ("", KNOWN[0]),
        (">=3.9", KNOWN[0]),
        (">= 3.11, < 3.13", "3.12"),
        (">=3.11 <3.13", "3.12"),
        (">=3.9,<=3.12", "3.12"),
        ("<3.13,!=3.12.*", "3.11"),
        (">=3.12.4,<3.13", "3.12"),
        ("<3.12.4", "3.12"),
        ("~=3.12.4", "3.12"),
        ("==3.11.*", "3.11"),
        ("3.11", "3.11"),
        ("3.11.*", "3.11"),
        ("^3.11", KNOWN[0]),
        ("^ 3", KNOWN[0]),
        ("~3.11", "3.11"),
        ("~3.11.2", "3.11"),
        ("~3", KNOWN[0]),
        ("~3.9 || ~3.10", "3.10"),
        ("~3.10|~3.9", "3.10"),
    ],
)
def test_the_newest_release_that_a_constraint_admits(constraint: str, newest: str) -> None:
    assert newest_admitted(constraint) == newest


@pytest.mark.parametrize("constraint", ["==3.12.13", "3.12.13", ">=3.12.3,<3.12.20"])
def test_one_patch_release_is_a_constraint_too(constraint: str) -> None:
    """Projects do pin Python to the patch; whatever is answered has to be admitted."""
    check_admitted(newest_admitted(constraint), constraint)


@pytest.mark.parametrize("constraint", ["<3.9", "^4", ">=2.7,<3"])
def test_a_constraint_that_admits_no_known_release_is_told(constraint: str) -> None:
    with pytest.raises(UsageError) as refused:
        newest_admitted(constraint)
    assert str(refused.value) == (
        f"no Python from {KNOWN[-1]} to {KNOWN[0]} satisfies requires-python = {constraint!r}\n"
        'fix: mend it in pyproject.toml, as in requires-python = ">=3.11,<4.0"'
    )


@pytest.mark.parametrize(
    ("version", "constraint"),
    [
        ("3.12", ">=3.11,<4.0"),
        ("3.12", ">=3.12.4"),
        ("3.12", "==3.12"),
        ("3.12.4", "==3.12.4"),
        ("3.9", "~3.9 || ~3.12"),
    ],
)
def test_a_release_that_is_admitted_passes(version: str, constraint: str) -> None:
    check_admitted(version, constraint)


@pytest.mark.parametrize("version", ["3.10", "3.12.3", "3.13"])
def test_a_release_that_is_not_admitted_is_told_with_one_that_is(version: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_admitted(version, ">=3.12.4,<3.13")
    assert str(refused.value) == (
        f"python-version {version} is outside requires-python = '>=3.12.4,<3.13'\n"
        'fix: set [tool.shanty] python-version = "3.12"'
    )


# By what the lock has

Choose = Callable[..., tuple[str, str]]
PURE = "-py3-none-any.whl"
SOURCE = ".tar.gz"


def compiled(*releases: str) -> tuple[str, ...]:
    """Return the ends of the names of wheels for these releases, as `cp313`."""
    return tuple(f"-{one}-{one}-manylinux_2_17_x86_64.whl" for one in releases)


def lock_of(packages: dict[str, tuple[str, ...]]) -> str:
    """Return a lock of format 2.1 with packages 1.0, by name and the ends of their files."""
    text = ""
    for name, ends in packages.items():
        files = ", ".join(f'{{ file = "{name}-1.0{end}" }}' for end in ends)
        text += f'[[package]]\nname = "{name}"\nversion = "1.0"\ngroups = ["main"]\n'
        text += f"files = [{files}]\n"
    return f'{text}[metadata]\nlock-version = "2.1"\n'


OLD = compiled("cp310", "cp311")


@pytest.fixture
def choose(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Choose:
    """Return a function that chooses for a project with these packages, on an x86_64."""
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")

    def choose(
        packages: dict[str, tuple[str, ...]],
        constraint: str = ">=3.9",
        available: tuple[str, ...] = KNOWN,
    ) -> tuple[str, str]:
        project = make_project(
            {"poetry.lock": lock_of(packages)},
            f'[project]\nname = "harbour"\nrequires-python = "{constraint}"\n[tool.poetry]\n',
        )
        return choose_python(project, read_lock(project), ("main",), (), available)

    return choose


def test_with_a_wheel_of_everything_the_newest_admitted_is_chosen(choose: Choose) -> None:
    assert choose({"quay": (PURE,)}, "^3.9,<3.14") == (
        "3.13",
        "newest that requires-python ^3.9,<3.14 admits",
    )


def test_an_empty_lock_leaves_the_choice_to_requires_python(choose: Choose) -> None:
    assert choose({}, "==3.12.13") == ("3.12", "newest that requires-python ==3.12.13 admits")


def test_only_what_is_available_is_chosen(choose: Choose) -> None:
    assert choose({}, ">=3.9", ("3.13", "3.11"))[0] == "3.13"
    with pytest.raises(UsageError) as refused:
        choose({}, ">=3.14", ("3.13", "3.11"))
    assert refused.value.what == (
        "no Python from 3.11 to 3.13 satisfies requires-python = '>=3.14'"
    )


def test_the_package_that_has_no_wheel_for_the_next_release_is_named(choose: Choose) -> None:
    packages = {
        "quay": (PURE,),
        "mast": (*compiled("cp311", "cp312"), SOURCE),
        "sail": (*compiled("cp311", "cp312", "cp313"), SOURCE),
    }
    assert choose(packages) == ("3.12", "mast 1.0 has no wheel for 3.13")


def test_what_has_no_wheel_anywhere_is_built_on_the_newest(choose: Choose) -> None:
    assert choose({"mast": (SOURCE,)}, ">=3.9") == (
        "3.14",
        "newest that requires-python >=3.9 admits; mast 1.0 is built from source",
    )


def test_what_is_built_everywhere_leaves_the_choice_to_the_others(choose: Choose) -> None:
    """The newest release would have one more package to build, on which nobody has tried it."""
    assert choose({"mast": (SOURCE,), "sail": (*OLD, SOURCE)}) == (
        "3.11",
        "sail 1.0 has no wheel for 3.12; mast 1.0 is built from source",
    )


def test_wheels_that_ended_before_every_base_are_built_on_the_nearest(choose: Choose) -> None:
    packages = {"mast": (SOURCE,), "sail": ("-cp38-cp38-manylinux1_x86_64.whl", SOURCE)}
    assert choose(packages) == ("3.9", "nearest to 3.8, the newest that sail 1.0 has a wheel for")


def test_one_release_alone_is_the_one_that_builds(choose: Choose) -> None:
    packages = {"sail": ("-cp38-cp38-manylinux1_x86_64.whl", SOURCE)}
    assert choose(packages, "~3.12") == (
        "3.12",
        "newest that requires-python ~3.12 admits; sail 1.0 is built from source",
    )


def test_a_release_for_which_something_cannot_be_had_is_out(choose: Choose) -> None:
    packages = {"mast": (SOURCE,), "sail": OLD}
    assert choose(packages) == (
        "3.11",
        "sail 1.0 has no wheel for 3.12; mast 1.0 is built from source",
    )


def test_what_cannot_be_had_for_any_release_is_told(choose: Choose) -> None:
    with pytest.raises(UsageError) as refused:
        choose({"mast": (SOURCE,), "sail": OLD}, ">=3.12")
    assert refused.value.what == (
        "sail 1.0 has no wheel for Python 3.14, and no source to build one from"
    )
    assert refused.value.fix == "invoke update sail"


def test_a_package_of_a_folder_does_not_decide(choose: Choose) -> None:
    assert choose({"quay": ()})[0] == KNOWN[0]
