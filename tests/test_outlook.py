"""What will come of a server that does not answer yet, as far as it can be told already."""

from pathlib import Path

import pytest

from shanty import engine, outlook
from shanty.errors import RunError
from shanty.failure.case import Diagnosis
from shanty.outlook import Outlook
from tests.fakes import Fakes, container, ready, reply
from tests.test_crash_loop import CODE
from tests.test_listening import ANY, LOOPBACK, sockets

NAME = "harbour-prod-8888"


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine; everything is looked at at once."""
    monkeypatch.setattr(outlook, "LOOK_SECONDS", -1)
    monkeypatch.setattr(engine, "answers", lambda *_: False)
    return ready(tmp_path / "fakes", monkeypatch)


def waited_for(*, ready: bool, reason: Diagnosis | None = None) -> Outlook:
    """Return a server, and what its log is explained by."""
    return Outlook(NAME, "127.0.0.1", 8888, None, lambda: ready, lambda _log: reason)


def running(fakes: Fakes, said: str, log: str = "") -> None:
    """Let a container run with sockets and a log."""
    fakes.answer(
        container(NAME),
        reply("docker exec", said),
        reply("docker container logs", log),
    )


def test_a_healthy_server_that_the_container_alone_reaches_is_refused(
    fakes: Fakes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its health check asks from the inside."""
    running(fakes, sockets(LOOPBACK), "Listening at: http://127.0.0.1:8888\n")
    with pytest.raises(RunError) as refused:
        waited_for(ready=True).is_ready()
    assert refused.value.what.startswith(
        f"{NAME} serves nobody: it listens on 127.0.0.1 inside, where the container alone"
    )
    assert capsys.readouterr().err == "Listening at: http://127.0.0.1:8888\n"


def test_a_server_that_is_slow_to_answer_is_ready_all_the_same(fakes: Fakes) -> None:
    running(fakes, sockets(ANY))
    assert waited_for(ready=True).is_ready()


def test_a_server_that_answers_is_not_looked_into(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "answers", lambda *_: True)
    assert waited_for(ready=True).is_ready()
    assert fakes.calls == []


def test_one_that_starts_is_left_to_it(fakes: Fakes) -> None:
    running(fakes, "")
    assert not waited_for(ready=False).is_ready()


def test_a_wait_is_said_once(fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    running(fakes, "")
    server = waited_for(ready=False)
    assert not server.is_ready()
    assert not server.is_ready()
    said = f"shanty: waiting for {NAME}, which does not answer yet\n"
    assert capsys.readouterr().err == said


def test_nobody_looks_before_it_is_time(fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlook, "LOOK_SECONDS", 60)
    assert not waited_for(ready=False).is_ready()
    assert fakes.calls == []


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        (None, "its workers end again and again with exit code 1, the last one after it said"),
        (Diagnosis("there is no module quay", "add it"), "there is no module quay"),
    ],
)
def test_one_whose_workers_end_again_and_again_is_refused(
    fakes: Fakes, reason: Diagnosis | None, what: str
) -> None:
    running(fakes, "", CODE * 10)
    with pytest.raises(RunError) as refused:
        waited_for(ready=False, reason=reason).is_ready()
    assert refused.value.what.startswith(f"{NAME} ends again and again before it answers: {what}")


def test_one_that_was_waited_for_in_vain_is_told_where_it_listens(fakes: Fakes) -> None:
    running(fakes, sockets(ANY, port=5000))
    found = waited_for(ready=False).missed()
    assert found
    assert found.what.startswith("it listens on port 5000 inside")


def test_one_that_has_ended_has_no_sockets(fakes: Fakes) -> None:
    gone = "Error response from daemon: No such container\n"
    fakes.answer(reply("docker exec", stderr=gone, code=1))
    assert waited_for(ready=False).missed() is None
