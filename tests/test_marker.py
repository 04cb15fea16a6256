"""Environment markers: whether one holds in the image."""

import platform

import pytest

from shanty.dependencies.marker import environment, holds, machine
from shanty.errors import UsageError


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("", True),
        ("*", True),
        ('sys_platform == "linux" and platform_system == "Linux"', True),
        ('sys_platform == "win32" or os_name == "nt"', False),
        ('platform_python_implementation != "PyPy"', True),
        ('python_version >= "3.11" and python_version < "3.12"', True),
        ('python_version in "3.9, 3.10"', False),
        ('python_full_version < "3.11.3"', False),
    ],
)
def test_a_marker_is_that_of_cpython_on_linux_with_the_last_patch(
    marker: str, expected: object
) -> None:
    assert holds(marker, environment("3.11"), ()) is expected


def test_a_patch_release_is_taken_as_it_is() -> None:
    assert holds('python_full_version < "3.11.3"', environment("3.11.2"), ())
    assert holds('python_version == "3.11"', environment("3.11.2"), ())


@pytest.mark.parametrize(
    ("marker", "extras", "expected"),
    [
        ('extra == "server"', set(), False),
        ('extra == "server"', {"server"}, True),
        ("extra=='Web_Server'", {"web-server"}, True),
        ('"server" == extra', {"server"}, True),
        ('extra != "server"', {"server"}, False),
        ('"server" != extra', set(), True),
        ('extra == "a" and extra == "b"', {"a", "b"}, True),
        ('extra == "a" or extra == "b"', {"b"}, True),
        ('extra == "a" and sys_platform == "win32"', {"a"}, False),
        ('extra == "a" and extra != "b"', None, True),
        ('extra == "a" and sys_platform == "win32"', None, False),
    ],
)
def test_several_extras_may_be_asked_for_at_once(
    marker: str, extras: set[str] | None, expected: object
) -> None:
    assert holds(marker, environment("3.11"), extras) is expected


def test_a_marker_that_cannot_be_read_is_told() -> None:
    with pytest.raises(UsageError) as refused:
        holds("python >> 3", environment("3.11"), ())
    assert refused.value.what == "'python >> 3' is no environment marker"


@pytest.mark.parametrize(
    ("host", "expected"), [("arm64", "aarch64"), ("AMD64", "x86_64"), ("riscv64", "riscv64")]
)
def test_a_machine_has_the_name_that_linux_gives_it(
    monkeypatch: pytest.MonkeyPatch, host: str, expected: str
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: host)
    assert machine() == expected
    assert environment("3.11")["platform_machine"] == expected


@pytest.mark.parametrize(
    ("architecture", "expected"),
    [("amd64", "x86_64"), ("arm64", "aarch64"), ("s390x", "s390x")],
)
def test_an_architecture_that_docker_names_is_the_images_and_not_this_machines(
    monkeypatch: pytest.MonkeyPatch, architecture: str, expected: str
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert machine(architecture) == expected
    assert environment("3.11.2", architecture)["platform_machine"] == expected
