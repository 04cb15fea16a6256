"""Memory and processors as Docker takes them."""

import pytest

from shanty.errors import UsageError
from shanty.limits import check_cpus, doubled, memory_bytes, parse_cpus, parse_memory


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ("512m", 512 * 1024**2),
        ("6291456", 6 * 1024**2),
        ("6291456b", 6 * 1024**2),
        ("8192K", 8 * 1024**2),
        ("1.5g", 1536 * 1024**2),
        ("512MiB", 512 * 1024**2),
        ("2gb", 2 * 1024**3),
        ("1t", 1024**4),
    ],
)
def test_memory_is_what_docker_makes_of_it(typed: str, size: int) -> None:
    assert parse_memory(typed) == typed
    assert memory_bytes(typed) == size


@pytest.mark.parametrize(
    "typed",
    ["", "much", "512 m", "-1", "512x", "m", "1,5g", "1bb", "\N{ARABIC-INDIC DIGIT FIVE}g", "5m\n"],
)
def test_what_is_no_memory_is_refused(typed: str) -> None:
    with pytest.raises(UsageError) as fault:
        parse_memory(typed)
    assert fault.value.what == f"--memory {typed!r} is no amount of memory"
    assert fault.value.fix == "give a number with b, k, m or g after it, as in --memory 512m"


@pytest.mark.parametrize("typed", ["0", "5m", "512", "6291455"])
def test_less_memory_than_docker_gives_is_refused(typed: str) -> None:
    with pytest.raises(UsageError) as fault:
        parse_memory(typed)
    assert fault.value.what == f"--memory {typed} is less than a container can have"


def test_twice_an_amount_has_the_same_unit() -> None:
    assert [doubled(one) for one in ("96m", "1.5gb", "6291456")] == ["192m", "3.0gb", "12582912"]


@pytest.mark.parametrize("typed", ["1", "1.5", ".5", "0.01", "16"])
def test_processors_may_be_in_parts(typed: str) -> None:
    assert parse_cpus(typed) == typed


@pytest.mark.parametrize(
    "typed",
    ["", "0", "0.001", "-1", "two", "1/2", "nan", "1e3", "\N{ARABIC-INDIC DIGIT FIVE}", "1."],
)
def test_what_is_no_number_of_processors_is_refused(typed: str) -> None:
    with pytest.raises(UsageError) as fault:
        parse_cpus(typed)
    assert fault.value.what == f"--cpus {typed!r} is no number of processors"
    assert fault.value.fix == "give 0.01 or more, as in --cpus 1.5"


def test_more_processors_than_there_are_is_refused() -> None:
    check_cpus("2.0", 2)
    with pytest.raises(UsageError) as fault:
        check_cpus("2.5", 2)
    assert str(fault.value) == "--cpus 2.5: the engine has 2\nfix: give 2 or less"
