"""The registry of an image: what a tag names there by now."""

import json
from pathlib import Path

import pytest

from shanty.errors import MachineError, UsageError
from shanty.registry import registry_digest
from tests.fakes import Fakes, ready, reply

DIGEST = f"sha256:{'0a' * 32}"
ASKED = "docker buildx imagetools inspect"


@pytest.fixture
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine."""
    return ready(tmp_path / "fakes", monkeypatch)


def test_the_digest_is_that_of_the_index_where_there_is_one(
    fakes: Fakes, capsys: pytest.CaptureFixture[str]
) -> None:
    index = {"digest": DIGEST, "manifests": [{"digest": f"sha256:{'1' * 64}"}]}
    fakes.answer(reply(ASKED, json.dumps(index)))
    assert registry_digest("python:3.13-slim") == DIGEST
    line = f"{ASKED} --format '{{{{json .Manifest}}}}' python:3.13-slim"
    assert capsys.readouterr().err == f"shanty > {line}\n"


@pytest.mark.parametrize(
    "said",
    [
        "docker.io/library/pyhton:3.13: not found",
        "pull access denied, repository does not exist or may require authorization",
    ],
)
def test_an_image_that_no_registry_has_is_what_is_configured_wrong(fakes: Fakes, said: str) -> None:
    fakes.answer(reply(ASKED, stderr=f"ERROR: {said}\n", code=1))
    with pytest.raises(UsageError) as refused:
        registry_digest("pyhton:3.13")
    assert str(refused.value) == (
        f"no registry has the base image pyhton:3.13: {said}\n"
        'fix: name one that there is: [tool.shanty] base-image = "…"'
    )


@pytest.mark.parametrize("said", ["ERROR: dial tcp: no such host\n", ""])
def test_a_registry_that_does_not_answer_is_the_machine_s_fault(fakes: Fakes, said: str) -> None:
    fakes.answer(reply(ASKED, stderr=said, code=1))
    with pytest.raises(MachineError) as failed:
        registry_digest("python:3.13-slim")
    why = "dial tcp: no such host" if said else "it said nothing"
    assert failed.value.what == f"the registry of python:3.13-slim cannot be asked: {why}"
    assert failed.value.fix.startswith(f"{ASKED} --format ")


def test_without_docker_no_registry_is_asked(fakes: Fakes) -> None:
    fakes.remove("docker")
    with pytest.raises(MachineError) as failed:
        registry_digest("python:3.13-slim")
    assert str(failed.value) == ("there is no docker command on this machine\nfix: invoke setup")
