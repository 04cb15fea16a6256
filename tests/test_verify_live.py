"""The checks that take a running container, in front of a recording `docker` and real servers."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Lock

import pytest

from shanty.container import ContainerOptions
from shanty.failure.case import Diagnosis
from shanty.project import Project
from shanty.verify import orders, process
from shanty.verify.check import Check
from shanty.verify.live import OF_A_START, live_checks
from shanty.verify.running import Running
from shanty.verify.trials import Trials
from tests.fakes import Fakes, Reply, ready, reply
from tests.harbour import context
from tests.verifying import (
    Respond,
    closed_port,
    events,
    heeding,
    hurry,
    inspected,
    listening,
    quick_end,
    serving,
    trial_ports,
)

HEALTHY = inspected(Health={"Status": "healthy", "Log": []})
STARTING = inspected(Health={"Status": "starting", "Log": [{"Output": "no answer\n"}]})
ALL = {"process/start", *OF_A_START}
LOG = reply("docker container logs", "before\nPermissionError: [Errno 13] '/opt/app/db'\n")


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a machine on which every container is as it should be."""
    monkeypatch.setattr(sys, "argv", ["shanty"])
    hurry(monkeypatch)
    fakes = ready(tmp_path / "fakes", monkeypatch)
    fakes.answer(HEALTHY, LOG, quick_end(), reply("docker start"))
    return fakes


@pytest.fixture
def trials(make_project: Callable[..., Project]) -> Trials:
    """Return the trials of an image that explains nothing."""
    options = ContainerOptions(detach=True)
    return Trials(context(make_project()), options, "harbour:1", "harbour", ("serve",), silent)


def silent(_log: str) -> None:
    """Find no reason in a log."""


Live = Callable[..., dict[str, Check]]


@pytest.fixture
def live(trials: Trials, fakes: Fakes, monkeypatch: pytest.MonkeyPatch) -> Live:
    """Return a function that makes the checks of one that answers at once, by name.

    It listens as its process 1 unless told otherwise.
    """

    def check(
        respond: Respond = heeding,
        interface: str = "",
        debuggers: tuple[str, ...] = (),
        inside: Callable[[int], Reply] = lambda port: listening((port, False, True)),
    ) -> dict[str, Check]:
        with serving(respond) as port:
            trial_ports(monkeypatch, port, port)
            fakes.answer(inside(port))
            return by_name(live_checks(trials, interface, debuggers))

    return check


def by_name(checks: list[Check]) -> dict[str, Check]:
    """Return checks by their names, of which no two are the same."""
    found = {check.name: check for check in checks}
    assert len(found) == len(checks)
    return found


def not_passed(checks: dict[str, Check]) -> dict[str, tuple[str, ...]]:
    """Return the evidence of the checks that were not passed."""
    return {name: check.evidence for name, check in checks.items() if not check.passed}


# A container as it should be


def test_what_answers_as_it_should_passes_every_check(live: Live, fakes: Fakes) -> None:
    checks = live(interface="wsgi")
    assert set(checks) == ALL
    assert not_passed(checks) == {}
    evidence = {name: check.evidence for name, check in checks.items()}
    assert evidence["process/first"] == ("process 1 is gunicorn",)
    assert evidence["process/in-flight"] == ("none of 8 requests of 0.3 s across a stop was lost",)
    assert evidence["rights/tracebacks"] == ("none on 4 error pages",)
    started = [line for line in fakes.changes if line.startswith("docker run")]
    assert len(started) == len([line for line in fakes.changes if line.startswith("docker rm")])
    assert "SHANTY_INTERFACE=wsgi" in started[1]


# How it starts


def test_what_never_answers_fails_with_the_first_reason_and_nothing_else_is_made(
    trials: Trials, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial_ports(monkeypatch, *(closed_port() for _ in range(3)))
    goodbye = replace(LOG, stdout="goodbye\n")
    fakes.answer(replace(LOG, then=(goodbye,)))
    checks = by_name(live_checks(trials, "wsgi", ()))
    assert set(checks) == ALL
    start = checks.pop("process/start")
    assert (start.passed, start.evidence) == (False, ("PermissionError: [Errno 13] '/opt/app/db'",))
    assert {(one.passed, one.evidence) for one in checks.values()} == {
        (None, ("it does not start",))
    }
    runs = [line for line in fakes.changes if line.startswith("docker run")]
    assert ["--cap-drop" in line for line in runs] == [True, False, True]
    assert ["--read-only" in line for line in runs] == [True, True, False]


def test_what_listens_on_a_port_of_its_own_is_tried_on_that_one(
    trials: Trials, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = closed_port()
    alive = inspected(Status="running", Running=True, Health={"Status": "healthy"})
    fakes.answer(alive, listening((5000, False, True)))
    with serving(heeding) as port:
        trial_ports(monkeypatch, given, port)
        checks = by_name(live_checks(trials, "", ()))
        assert f"--publish 127.0.0.1:{port}:5000" in "\n".join(fakes.changes)
    assert checks["process/start"].passed
    assert checks["process/first"].passed
    told = f"it listens on 5000, and PORT is {given}"
    assert checks["process/port"] == Check("process/port", passed=False, evidence=(told,))


def test_what_only_its_own_container_reaches_does_not_answer(
    trials: Trials, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial_ports(monkeypatch, closed_port())
    fakes.answer(inspected(Status="running", Running=True), listening((8888, True, True)))
    checks = by_name(live_checks(trials, "", ()))
    assert checks["process/start"].evidence == (
        "it listens on 8888, where the container alone reaches it",
    )


@pytest.mark.parametrize(
    ("name", "failures"), [("rights/capabilities", 1), ("rights/read-only", 2)]
)
def test_what_needs_more_than_prod_gives_it_is_told_why(
    trials: Trials, fakes: Fakes, monkeypatch: pytest.MonkeyPatch, name: str, failures: int
) -> None:
    with serving(heeding) as port:
        trial_ports(monkeypatch, *(closed_port() for _ in range(failures)), port)
        fakes.answer(listening((port, False, True)))
        checks = by_name(live_checks(trials, "", ()))
    held = {"rights/capabilities": "--cap-drop", "rights/read-only": "--read-only"}
    last = [line for line in fakes.changes if line.startswith("docker run")][-1]
    assert {one for one, option in held.items() if option not in last} == {name}
    assert checks["process/start"].passed
    told = "PermissionError: [Errno 13] '/opt/app/db'"
    assert checks[name] == Check(name, passed=False, evidence=(told,))
    assert all(checks[other].passed for other in held.keys() - {name})


def test_what_answers_that_it_cannot_write_is_not_fit_for_a_read_only_system(
    trials: Trials, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    reason = Diagnosis("it writes to /opt/app", "shanty prod --writable")
    with serving(lambda _request: (500, "")) as port:
        trial_ports(monkeypatch, port)
        fakes.answer(listening((port, False, True)))
        checks = by_name(live_checks(replace(trials, explain=lambda _log: reason), "", ()))
    assert checks["rights/read-only"].evidence == ("it writes to /opt/app",)
    assert not checks["rights/read-only"].passed


# Process 1


def test_a_wrapper_is_no_server(live: Live) -> None:
    wrapped = ["/usr/bin/tini", "--", "gunicorn", "TOKEN=rope"]
    checks = live(inside=lambda port: listening((port, False, True), command=wrapped))
    assert not_passed(checks)["process/first"] == (
        "process 1 is no server: /usr/bin/tini -- gunicorn TOKEN=…",
    )


@pytest.mark.parametrize("own", [(9, True), (0, False)])
def test_a_first_process_that_is_not_the_one_that_listens_is_told(
    live: Live, own: tuple[int, bool]
) -> None:
    checks = live(inside=lambda port: listening((port + own[0], False, own[1])))
    assert not_passed(checks)["process/first"] == (
        "process 1 does not listen, nor what it has started: gunicorn",
    )


def test_an_image_whose_processes_cannot_be_seen_is_not_judged_by_them(live: Live) -> None:
    gone = reply("docker exec", stderr='exec: "python": not found\n', code=127)
    checks = live(inside=lambda _port: gone)
    assert checks["process/first"].passed is None
    assert checks["process/first"].evidence == ("its processes cannot be looked at",)


# Health and stop


def test_what_is_slow_once_is_measured_again(
    live: Live, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [0.3, 0.0]

    def wait(_container: Running, _limit: float) -> bool:
        time.sleep(left.pop(0))
        return True

    monkeypatch.setattr(process, "HEALTHY_SECONDS", 0.25)
    monkeypatch.setattr(Running, "wait_for_health", wait)
    assert live()["process/health"].passed
    assert sum(line.startswith("docker start") for line in fakes.changes) == 1


def test_what_does_not_get_healthy_is_told_in_its_health_checks_words_and_at_once(
    live: Live, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "HEALTHY_LIMIT", 0.001)
    fakes.answer(STARTING)
    assert not_passed(live())["process/health"] == ("not healthy 0 s after it answers: no answer",)
    fakes.answer(inspected())
    assert not_passed(live())["process/health"] == ("not healthy 0 s after it answers",)
    assert not [line for line in fakes.changes if line.startswith("docker start")]


def test_what_gets_healthy_late_each_time_is_told(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "MEASUREMENTS", 2)
    monkeypatch.setattr(process, "HEALTHY_SECONDS", 0)
    (told,) = not_passed(live())["process/health"]
    assert told.startswith("healthy only ")
    assert told.endswith(" s after it answers")


def test_what_stops_late_each_time_is_told(
    live: Live, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "MEASUREMENTS", 2)
    fakes.answer(events(("kill", 1), ("die", 4)))
    (told,) = not_passed(live())["process/stop"]
    assert told.startswith("it took 3.0 s to stop (the load here is ")
    assert sum(line.startswith("docker stop") for line in fakes.changes) == 2


def test_what_ends_by_a_signal_is_told_by_its_exit_code(live: Live, fakes: Fakes) -> None:
    fakes.answer(inspected(ExitCode=137, Health={"Status": "healthy"}))
    assert not_passed(live())["process/stop"] == ("it ended with exit code 137",)


# Requests in flight


def test_without_a_known_app_no_request_can_be_made_to_take_long(live: Live) -> None:
    check = live()["process/in-flight"]
    assert check.passed is None
    assert check.evidence == ("no application is known that could be told to take long",)


def test_an_app_that_does_not_answer_when_it_is_wrapped_is_not_judged(
    trials: Trials, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(heeding) as port:
        trial_ports(monkeypatch, port, closed_port())
        fakes.answer(listening((port, False, True)))
        checks = by_name(live_checks(trials, "asgi", ()))
    assert checks["process/in-flight"].passed is None
    assert checks["process/in-flight"].evidence == ("it does not answer with its app wrapped",)
    assert checks["rights/tracebacks"].evidence == ("none on 3 error pages",)


def test_an_app_that_takes_no_orders_is_not_judged(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "REQUEST_SECONDS", 60)
    check = live(lambda _request: (200, "hello"), interface="wsgi")["process/in-flight"]
    assert (check.passed, check.evidence) == (None, ("its app could not be told to take long",))


@pytest.mark.parametrize("kept", [0, 5])
def test_requests_that_a_stop_cuts_off_are_counted(live: Live, kept: int) -> None:
    lock, left = Lock(), [kept]

    def cut_off(request: BaseHTTPRequestHandler) -> tuple[int, str]:
        answer = heeding(request)
        if "X-Shanty-Delay" not in request.headers:
            return answer
        with lock:
            left[0] -= 1
            return answer if left[0] >= 0 else (0, "")

    assert not_passed(live(cut_off, interface="wsgi"))["process/in-flight"] == (
        f"{8 - kept} of 8 requests of 0.3 s across a stop were lost",
    )


# What it shows


@pytest.mark.parametrize("words", [["gunicorn", "--reload"], ["python", "-m", "flask", "run"]])
def test_a_server_for_development_is_told(live: Live, words: list[str]) -> None:
    checks = live(inside=lambda port: listening((port, False, True), command=words))
    told = f"the server is one for development: {' '.join(words)}"
    assert not_passed(checks)["rights/debugger"] == (told,)


def test_a_debugger_that_is_installed_or_answers_is_told(live: Live) -> None:
    def console(request: BaseHTTPRequestHandler) -> tuple[int, str]:
        return 200, "Interactive Console" if request.path == "/console" else "hello"

    assert not_passed(live(console, debuggers=("debugpy 1.8 is installed",)))[
        "rights/debugger"
    ] == ("debugpy 1.8 is installed", "GET /console answers with a debugger")


def test_a_traceback_on_an_error_page_is_told_with_what_was_asked(live: Live) -> None:
    def telling(request: BaseHTTPRequestHandler) -> tuple[int, str]:
        time.sleep(float(request.headers.get("X-Shanty-Delay", 0)))
        if "X-Shanty-Fault" in request.headers:
            return 500, "Traceback (most recent call last)"
        return 405, "DEBUG = True" if request.command == "SHANTY" else "hello"

    (in_method, in_app) = not_passed(live(telling, interface="wsgi"))["rights/tracebacks"]
    assert in_method.startswith("SHANTY /")
    assert in_method.endswith(" shows 'DEBUG = True'")
    assert in_app == "a fault inside the app shows 'Traceback (most recent call last)'"


def test_a_page_that_was_not_seen_shows_nothing(live: Live) -> None:
    def closing(request: BaseHTTPRequestHandler) -> tuple[int, str]:
        return (0, "") if request.command == "SHANTY" else (404, "nothing here")

    assert live(closing)["rights/tracebacks"].evidence == ("none on 2 error pages",)
