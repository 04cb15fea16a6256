"""Wheels: which releases of Python a locked package can be installed on without a compiler."""

import platform

import pytest

from shanty.dependencies.locked_package import LockedPackage
from shanty.dependencies.wheels import has_source, has_wheel, installed_file, newest_before


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every machine be an x86_64."""
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")


def package(*tags: str) -> LockedPackage:
    """Return a package with a wheel of these tags each."""
    return LockedPackage("quay", "1.0", tuple(f"quay-1.0-{tag}.whl" for tag in tags))


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("py3-none-any", True),
        ("py2.py3-none-any", True),
        ("2-py3-none-any", True),
        ("py39-none-any", True),
        ("py2-none-any", False),
        ("py314-none-any", False),
        ("cp313-cp313-manylinux_2_17_x86_64.manylinux2014_x86_64", True),
        ("cp313-cp313-manylinux_2_28_x86_64", True),
        ("cp313-cp313-manylinux1_x86_64", True),
        ("cp313-cp313-linux_x86_64", True),
        ("cp313-cp313-manylinux_2_99_x86_64", False),
        ("cp313-cp313-manylinux_2_17_aarch64", False),
        ("cp313-cp313-musllinux_1_2_x86_64", False),
        ("cp313-cp313-win_amd64", False),
        ("cp313-cp313t-manylinux_2_28_x86_64", False),
        ("cp312-cp312-manylinux_2_28_x86_64", False),
        ("cp314-cp314-manylinux_2_28_x86_64", False),
        ("cp38-abi3-manylinux_2_28_x86_64", True),
        ("cp314-abi3-manylinux_2_28_x86_64", False),
        ("py3-none-manylinux_2_28_x86_64", True),
        ("py3-none-macosx_11_0_arm64", False),
        ("pp310-pypy310_pp73-manylinux_2_28_x86_64", False),
    ],
)
def test_a_wheel_fits_by_its_tags(tag: str, expected: object) -> None:
    assert has_wheel(package(tag), "3.13") is expected


def test_a_name_that_no_wheel_has_fits_nowhere() -> None:
    assert not has_wheel(package("py3-none-any.x--"), "3.13")


def test_one_wheel_that_fits_is_enough() -> None:
    assert has_wheel(package("cp39-cp39-win_amd64", "py3-none-any"), "3.9")


def test_a_wheel_has_to_be_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    assert has_wheel(package("cp313-cp313-manylinux_2_17_aarch64"), "3.13")
    assert not has_wheel(package("cp313-cp313-manylinux_2_17_x86_64"), "3.13")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (("quay-1.0.tar.gz",), True),
        (("quay-1.0.zip",), True),
        (("quay-1.0-py3-none-any.whl",), False),
        (("quay-1.0.exe", "quay-1.0.egg"), False),
    ],
)
def test_a_source_is_an_archive(files: tuple[str, ...], expected: object) -> None:
    quay = LockedPackage("quay", "1.0", files)
    assert has_source(quay) is expected
    assert has_wheel(quay, "3.13") is (files[0].endswith("any.whl"))


def test_what_the_lock_lists_no_files_of_counts_as_having_one() -> None:
    """It comes from a folder or a repository, and is built on any release."""
    assert has_wheel(LockedPackage("quay", "1.0", source="directory"), "3.13")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("cp38-cp38-manylinux1_x86_64", "cp37-cp37m-manylinux1_x86_64"), "3.8"),
        (("cp37-cp37m-manylinux1_x86_64",), "3.7"),
        (("cp39-cp39-manylinux1_x86_64",), None),
        (("cp38-cp38-win_amd64",), None),
        ((), None),
    ],
)
def test_the_newest_release_with_a_wheel_before_another(
    tags: tuple[str, ...], expected: str | None
) -> None:
    assert newest_before(package(*tags), "3.9") == expected


@pytest.mark.parametrize(
    ("files", "installed"),
    [
        (("a-1-py3-none-any.whl", "a-1.tar.gz"), "a-1-py3-none-any.whl"),
        (("a-1-cp312-cp312-win_amd64.whl", "a-1.tar.gz"), "a-1.tar.gz"),
        (("a-1-py3-none-any.whl", "a-1-py2.py3-none-any.whl"), None),
        (("a-1-cp312-cp312-win_amd64.whl",), None),
        ((), None),
    ],
)
def test_the_file_that_is_installed_is_known_where_no_other_fits(
    files: tuple[str, ...], installed: str | None
) -> None:
    assert installed_file(LockedPackage("a", "1", files), "3.12") == installed
