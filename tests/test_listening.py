"""Where a server listens inside its container, and why nobody reaches it there."""

import pytest

from shanty.failure.listening import OWN_COMMAND, elsewhere, only_inside

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue\n"
ANY, LOOPBACK, OWN = "00000000", "0100007F", "050011AC"
ANY_6, LOOPBACK_6 = "0" * 32, f"{'0' * 24}01000000"
MAPPED_LOOPBACK = "0000000000000000FFFF00000100007F"
NAME_SERVER = "0B00007F"


def sockets(*addresses: str, state: str = "0A", port: int = 8888) -> str:
    """Return what the kernel says of sockets."""
    lines = (f"   0: {one}:{port:04X} 00000000:0000 {state} 00000000\n" for one in addresses)
    return f"{HEAD}{''.join(lines)}"


@pytest.mark.parametrize(
    ("address", "shown"),
    [(LOOPBACK, "127.0.0.1"), (LOOPBACK_6, "::1"), (MAPPED_LOOPBACK, "::ffff:7f00:1")],
)
def test_a_server_that_the_container_alone_reaches_is_told(address: str, shown: str) -> None:
    found = only_inside(sockets(address), 8888, None)
    assert found
    assert found.what.startswith(f"it listens on {shown} inside") or "127.0.0.1" in found.what
    assert found.fix == OWN_COMMAND


@pytest.mark.parametrize(
    "said",
    [
        "",
        sockets(ANY),
        sockets(ANY_6),
        sockets(OWN),
        sockets(LOOPBACK, OWN),
        sockets(LOOPBACK, port=9),
        sockets(LOOPBACK, state="01"),
    ],
)
def test_a_server_that_others_reach_or_that_is_not_there_yet_is_left_alone(said: str) -> None:
    assert only_inside(said, 8888, None) is None


@pytest.mark.parametrize(
    ("serve", "fix"),
    [
        ("quay -b 127.0.0.1:$PORT", '[tool.shanty] serve = "quay -b 0.0.0.0:$PORT"'),
        ('quay --host "localhost"', '[tool.shanty] serve = "quay --host \\"0.0.0.0\\""'),
        ("quay --quiet", OWN_COMMAND),
    ],
)
def test_a_command_that_says_where_is_given_back_as_it_should_be(serve: str, fix: str) -> None:
    found = only_inside(sockets(LOOPBACK), 8888, serve)
    assert found
    assert found.fix == fix


@pytest.mark.parametrize(
    ("serve", "fix"),
    [
        ("quay -b 0.0.0.0:5000", '[tool.shanty] serve = "quay -b 0.0.0.0:$PORT"'),
        (None, OWN_COMMAND),
    ],
)
def test_a_server_at_another_port_is_told(serve: str | None, fix: str) -> None:
    found = elsewhere(sockets(ANY, port=5000), 8888, serve)
    assert found
    assert found.what == "it listens on port 5000 inside, and not on the one that PORT names"
    assert found.fix == fix


@pytest.mark.parametrize(
    ("serve", "fix"),
    [
        ("sleep 9", "let [tool.shanty] serve = 'sleep 9' be a command that serves at"),
        (None, "if it needs longer, start it without --detach"),
    ],
)
def test_a_server_that_listens_nowhere_is_told(serve: str | None, fix: str) -> None:
    """The name server of a network of Docker's is none of its own."""
    found = elsewhere(sockets(NAME_SERVER), 8888, serve)
    assert found
    assert found.what == "nothing in it listens on any port"
    assert found.fix.startswith(fix)


@pytest.mark.parametrize("said", ["", sockets(ANY)])
def test_nothing_is_said_of_one_that_is_at_its_port_or_cannot_be_looked_into(said: str) -> None:
    assert elsewhere(said, 8888, None) is None
