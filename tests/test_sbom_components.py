"""One component of the bill: a package of the lock, or a server that is fetched beside it."""

from dataclasses import replace

import pytest
from cyclonedx.model.component import Component

from shanty.dependencies.locked_package import LockedPackage
from shanty.fetched import Fetched
from shanty.sbom.components import of_fetched, of_package

WHEEL, SOURCE = "a-1.0-py3-none-any.whl", "a-1.0.tar.gz"
HASHES = {WHEEL: f"sha256:{'a' * 64}", SOURCE: f"sha256:{'b' * 64}"}
PACKAGE = LockedPackage("a", "1.0", (WHEEL, SOURCE), hashes=HASHES)


def hashes(component: Component) -> list[str]:
    """Return the hashes that a component itself has."""
    return [f"sha256:{one.content}" for one in component.hashes]


def files(component: Component) -> dict[str, list[str]]:
    """Return the hashes of each file that a component refers to."""
    return {
        str(one.url): [f"sha256:{hash_.content}" for hash_ in one.hashes]
        for one in component.external_references
    }


def test_a_package_has_the_hash_of_its_file_and_every_file_of_the_lock() -> None:
    found = of_package(PACKAGE, "3.13", [])
    assert (found.name, found.version, str(found.purl)) == ("a", "1.0", "pkg:pypi/a@1.0")
    assert hashes(found) == [HASHES[WHEEL]]
    assert files(found) == {name: [hash_] for name, hash_ in HASHES.items()}


def test_where_several_files_fit_none_is_said_to_be_the_one() -> None:
    several = replace(PACKAGE, files=(WHEEL, "a-1.0-py2.py3-none-any.whl"))
    found = of_package(several, "3.13", [])
    assert hashes(found) == []
    assert files(found) == {WHEEL: [HASHES[WHEEL]], "a-1.0-py2.py3-none-any.whl": []}


@pytest.mark.parametrize(
    ("source", "url", "purl"),
    [
        (
            "git",
            "git@git.example:mate/a.git",
            "vcs_url=git%2Bhttps://git.example/mate/a.git%40c0ffee%23below",
        ),
        (
            "legacy",
            "https://mate:t0ken@index.example/simple",
            "repository_url=https://index.example/simple",
        ),
        (
            "url",
            "https://mate:t0ken@files.example/a.whl",
            "download_url=https://files.example/a.whl",
        ),
        ("directory", "../a", "file_name=../a"),
        ("file", "wheels/a-1.0-py3-none-any.whl", "file_name=wheels/a-1.0-py3-none-any.whl"),
    ],
)
def test_what_is_from_elsewhere_says_so_without_a_secret(source: str, url: str, purl: str) -> None:
    package = replace(PACKAGE, source=source, url=url, commit="c0ffee", subdirectory="below")
    found = of_package(package, "3.13", [])
    assert str(found.purl) == f"pkg:pypi/a@1.0?{purl}"
    assert not any("t0ken" in address for address in files(found))


def test_a_repository_s_root_needs_no_folder() -> None:
    package = replace(PACKAGE, files=(), source="git", url="https://git.example/a", commit="c0ffee")
    found = of_package(package, "3.13", [])
    assert str(found.purl).endswith("?vcs_url=git%2Bhttps://git.example/a%40c0ffee")
    assert list(files(found)) == ["https://git.example/a"]


def test_a_repository_on_this_machine_has_no_address_for_others() -> None:
    package = replace(PACKAGE, files=(), source="git", url="/srv/a", commit="c0ffee")
    found = of_package(package, "3.13", [])
    assert (str(found.purl), files(found)) == ("pkg:pypi/a@1.0", {})


def test_the_files_of_an_index_of_one_s_own_are_found_there() -> None:
    package = replace(PACKAGE, source="legacy", url="https://index.example/simple")
    assert list(files(of_package(package, "3.13", []))) == [
        f"https://index.example/simple/a/#{WHEEL}",
        f"https://index.example/simple/a/#{SOURCE}",
    ]


def test_a_file_at_an_address_is_that_address() -> None:
    package = replace(PACKAGE, files=(WHEEL,), source="url", url="https://files.example/a.whl")
    assert files(of_package(package, "3.13", [])) == {
        "https://files.example/a.whl": [HASHES[WHEEL]]
    }


@pytest.mark.parametrize("pinned", [tuple(HASHES.values()), tuple(HASHES.values())[:1]])
def test_what_is_fetched_has_the_hashes_of_its_pin(pinned: tuple[str, ...]) -> None:
    found = of_fetched(Fetched("a", "1.0", pinned, "docker/server-a.txt"), [])
    assert hashes(found) == (list(pinned) if len(pinned) == 1 else [])
    assert files(found) == {"docker/server-a.txt": list(pinned)}
