"""What a registry gave or took no image for is told with the way in."""

import pytest

from shanty.errors import MachineError
from shanty.failure.disk import disk_full
from shanty.failure.registry import not_pulled, not_pushed

DAEMON = "Error response from daemon: "


@pytest.mark.parametrize(
    ("image", "said", "what", "fix"),
    [
        (
            "python:3.13-slim",
            f"{DAEMON}toomanyrequests: You have reached your pull rate limit.\n",
            "Docker Hub lets nobody here pull more for now",
            "docker login  # or wait for an hour",
        ),
        (
            "harbour.example/base:1",
            f"first\n{DAEMON}received unexpected HTTP status: 429 Too Many Requests\n",
            "harbour.example lets nobody here pull more for now",
            "docker login harbour.example  # or wait for an hour",
        ),
        (
            "harbour.example/base:1",
            f'{DAEMON}Get "http://harbour.example/v2/": dial tcp: connection refused\n',
            (
                'harbour.example cannot be reached: Get "http://harbour.example/v2/": dial tcp: '
                "connection refused"
            ),
            "docker pull harbour.example/base:1  # once it can be reached",
        ),
        (
            "base:1",
            (
                f"{DAEMON}pull access denied for base, repository does not exist or may require "
                "'docker login'\n"
            ),
            "Docker Hub has no base:1, or shows it to nobody that is not known",
            'docker login  # or name one that there is: [tool.shanty] base-image = "…"',
        ),
        (
            "harbour.example/base:1",
            f'{DAEMON}Head "https://harbour.example/v2/base": unauthorized\n',
            (
                "harbour.example lets nobody in who is not known: "
                'Head "https://harbour.example/v2/base": unauthorized'
            ),
            "docker login harbour.example",
        ),
    ],
)
def test_an_image_that_was_not_pulled_is_told_with_the_way_in(
    image: str, said: str, what: str, fix: str
) -> None:
    reason = not_pulled(image, said)
    assert reason
    assert (reason.what, reason.fix) == (what, fix)


@pytest.mark.parametrize("said", ["", "Error response from daemon: all went wrong\n"])
def test_what_nobody_knows_is_not_explained(said: str) -> None:
    assert not_pulled("base:1", said) is None
    assert not_pushed(said) is None
    assert disk_full(said) is None


@pytest.mark.parametrize(
    ("said", "what", "fix"),
    [
        (
            "ERROR: failed to solve: failed to push harbour.example/a:1: denied: not you\n",
            (
                "harbour.example takes no harbour.example/a:1 from you: "
                "failed to push harbour.example/a:1: denied: not you"
            ),
            "docker login harbour.example  # or push to a name of your own",
        ),
        (
            " > pushing a:1 with docker:\n------\nERROR: all went wrong\n",
            "Docker Hub did not take a:1: all went wrong",
            "mend that, then push again",
        ),
    ],
)
def test_an_image_that_was_not_pushed_is_told_with_the_way_in(
    said: str, what: str, fix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["shanty"])
    reason = not_pushed(said)
    assert reason
    assert (reason.what, reason.fix) == (what, fix)


def test_a_full_disk_is_the_machine_s_fault() -> None:
    reason = disk_full("write /x: no space left on device")
    assert reason
    assert reason.kind is MachineError
    assert reason.fix.startswith("docker builder prune --force ")
