"""The Docker engine: what it knows, and its client's faults in words of ours."""

import json
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.version import Version

from shanty import engine, waiting
from shanty.engine import Found
from shanty.errors import MachineError, RunError, ShantyError, UsageError
from shanty.failure.case import Diagnosis
from shanty.project import Project
from tests.fakes import (
    NO_ENGINE,
    NOT_LET_IN,
    Fakes,
    container,
    listed,
    no_image,
    no_server,
    ready,
    reply,
    server,
    write_project,
)

PORT = 8888


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine."""
    monkeypatch.setattr(sys, "argv", ["shanty"])
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture
def project(make_project: Callable[..., Project]) -> Project:
    """Return a project that could be built."""
    return write_project(make_project)


@contextmanager
def one_answer(text: bytes) -> Iterator[int]:
    """Answer the first to connect, and yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(text)

        thread = threading.Thread(target=answer)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


# Faults


@pytest.mark.parametrize(
    ("stderr", "kind", "what", "fix"),
    [
        (
            NO_ENGINE,
            MachineError,
            f"no Docker engine answers: {NO_ENGINE.strip()}",
            "shanty setup",
        ),
        (
            "error during connect: dial tcp: lookup quay: no such host\n",
            MachineError,
            "no Docker engine answers: error during connect: dial tcp: lookup quay: no such host",
            "shanty setup",
        ),
        (
            NOT_LET_IN,
            MachineError,
            f"the Docker engine does not let you in: {NOT_LET_IN.strip()}",
            'sudo usermod --append --groups docker "$USER"  # then log in again',
        ),
        (
            "first\nError response from daemon: all went wrong\n",
            RunError,
            "docker failed: Error response from daemon: all went wrong",
            "mend what Docker names, then try again",
        ),
        (
            "",
            RunError,
            "docker failed: it said nothing",
            "mend what Docker names, then try again",
        ),
    ],
)
def test_a_fault_of_docker_ends_as_what_is_wrong_and_how_to_mend_it(
    stderr: str, kind: type[ShantyError], what: str, fix: str, fakes: Fakes
) -> None:
    fakes.answer(no_server(stderr))
    with pytest.raises(kind) as fault:
        engine.engine_version()
    assert (fault.value.what, fault.value.fix) == (what, fix)


def test_a_machine_without_the_client_is_told_so(fakes: Fakes) -> None:
    fakes.remove("docker")
    with pytest.raises(MachineError) as fault:
        engine.engine_version()
    assert str(fault.value) == "there is no docker command on this machine\nfix: shanty setup"


def test_a_fault_told_in_another_encoding_is_a_fault_all_the_same(fakes: Fakes) -> None:
    fakes.answer(no_server("Verbindung unm\udcf6glich\n"))
    with pytest.raises(ShantyError, match=r"^docker failed: Verbindung unm.*glich"):
        engine.engine_version()


def test_so_is_one_of_a_later_question(fakes: Fakes) -> None:
    fakes.answer(reply("docker image inspect", stderr="Verbindung unm\udcf6glich\n", code=1))
    with pytest.raises(ShantyError, match=r"^docker failed: Verbindung unm.*glich"):
        engine.image_size("harbour:production")


def test_so_is_one_that_the_library_asks(fakes: Fakes, project: Project) -> None:
    fakes.answer(reply("docker image list", stderr="Verbindung unm\udcf6glich\n", code=1))
    with pytest.raises(ShantyError, match=r"^docker failed: Verbindung unm.*glich"):
        engine.images(project)


def test_a_disk_that_is_full_is_the_machine_s_fault(fakes: Fakes) -> None:
    said = "Error response from daemon: write /x: no space left on device\n"
    fakes.answer(reply("docker image inspect", stderr=said, code=1))
    with pytest.raises(MachineError, match=r"^the engine's disk is full"):
        engine.image_size("harbour:production")


# The engine


def test_an_engine_of_a_distribution_has_the_version_that_it_is_made_from() -> None:
    assert engine.engine_version() == Version("26.1.5")


def test_a_client_that_names_no_engine_found_none(fakes: Fakes) -> None:
    fakes.answer(reply("docker version", '{"Client":{},"Server":null}'))
    with pytest.raises(MachineError) as fault:
        engine.engine_version()
    assert str(fault.value) == "no Docker engine answers: its client names none\nfix: shanty setup"


def test_an_engine_that_is_new_enough_passes_with_buildx(fakes: Fakes) -> None:
    fakes.answer(server("25.0.0"))
    engine.check_engine()
    assert fakes.calls == [
        ["docker", "version", "-f", "{{json .}}"],
        ["docker", "buildx", "version"],
    ]


def test_an_engine_that_is_too_old_is_named_with_what_is_needed(fakes: Fakes) -> None:
    fakes.answer(server("20.10.24+dfsg1"))
    with pytest.raises(MachineError) as fault:
        engine.check_engine()
    assert str(fault.value) == (
        "the Docker engine of this machine is 20.10.24; 25 or newer is needed\nfix: shanty setup"
    )


def test_an_engine_without_buildx_does_not_pass(fakes: Fakes) -> None:
    fakes.answer(reply("docker buildx", stderr="docker: unknown command: docker buildx", code=1))
    with pytest.raises(MachineError) as fault:
        engine.check_engine()
    assert str(fault.value) == "docker has no buildx plugin\nfix: shanty setup"


def test_buildx_has_the_version_without_its_source() -> None:
    assert engine.buildx_version() == "0.13.1+ds1"


def test_an_engine_is_reachable_when_it_answers(fakes: Fakes) -> None:
    assert engine.is_reachable()
    fakes.answer(no_server())
    engine.forget()
    assert not engine.is_reachable()


def test_the_docker_library_is_imported_at_its_first_use_only() -> None:
    code = "import shanty, sys; sys.exit('python_on_whales' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Images


def test_an_image_exists_when_the_engine_has_it(fakes: Fakes) -> None:
    fakes.answer(no_image("harbour:staging"))
    assert engine.image_exists("harbour:production")
    assert not engine.image_exists("harbour:staging")


def test_an_image_has_the_size_that_the_engine_tells(fakes: Fakes) -> None:
    assert engine.image_size("harbour:production") == 163_434_190
    fakes.answer(reply("docker image inspect", '[{"Id": "sha256:1"}]'))
    assert engine.image_size("harbour:production") == 0


def test_an_image_is_found_with_what_the_engine_tells(fakes: Fakes) -> None:
    found = {
        "Id": "sha256:1",
        "Size": 7,
        "RootFS": {"Type": "layers", "Layers": ["sha256:2", "sha256:3"]},
        "RepoDigests": ["harbour@sha256:4"],
    }
    fakes.answer(reply("docker image inspect", json.dumps([found])))
    image = engine.find_image("harbour:production")
    layers, digests = ("sha256:2", "sha256:3"), ("harbour@sha256:4",)
    assert image == engine.FoundImage("sha256:1", 7, layers, {}, digests)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ({"Config": {"Labels": {"shanty.project": "1"}}}, {"shanty.project": "1"}),
        ({"Config": {"Labels": None}}, {}),
        ({}, {}),
    ],
)
def test_an_image_has_the_labels_that_the_engine_tells(
    fakes: Fakes, image: dict[str, object], expected: dict[str, str]
) -> None:
    fakes.answer(reply("docker image inspect", json.dumps([{"Id": "sha256:1"} | image])))
    found = engine.find_image("harbour:production")
    assert found is not None
    assert found.labels == expected


def test_an_image_is_saved_to_a_file(tmp_path: Path, fakes: Fakes) -> None:
    fakes.answer(reply("docker image save"))
    engine.save("harbour:production", tmp_path / "image.tar")
    path = str(tmp_path / "image.tar")
    assert ["docker", "image", "save", "--output", path, "harbour:production"] in fakes.calls


def test_the_images_of_a_project_have_their_tags_or_their_id(
    project: Project, fakes: Fakes
) -> None:
    tagged = {"Id": "sha256:1", "Size": 163_434_190, "RepoTags": ["one:1", "two:2"]}
    untagged: dict[str, object] = {"Id": "sha256:2", "Size": None, "RepoTags": []}
    fakes.answer(
        reply("docker image list", "sha256:1\nsha256:2\nsha256:1\n"),
        reply("docker image inspect sha256:1", json.dumps([tagged])),
        reply("docker image inspect sha256:2", json.dumps([untagged])),
    )
    assert sorted(engine.images(project), key=lambda found: found.name) == [
        Found("one:1", "image", "163 MB"),
        Found("sha256:2", "image", "0 MB"),
        Found("two:2", "image", "163 MB"),
    ]
    label = f"label=shanty.project={project.id}"
    assert ["docker", "image", "list", "--quiet", "--no-trunc", "--filter", label] in fakes.calls


# Containers


def test_the_containers_of_a_project_come_with_task_and_address(
    project: Project, fakes: Fakes
) -> None:
    ended = {"Status": "exited", "Running": False, "ExitCode": 3, "Health": {"Status": "unhealthy"}}
    fakes.answer(
        listed(["harbour-prod-8888", "harbour-dev-8888"]),
        container("harbour-prod-8888", Health={"Status": "healthy"}),
        container("harbour-dev-8888", **ended),
    )
    assert engine.containers(project) == [
        Found("harbour-prod-8888", "prod", "healthy http://127.0.0.1:8888/"),
        Found("harbour-dev-8888", "dev", "exited http://127.0.0.1:8888/"),
    ]
    label = f"label=shanty.project={project.id}"
    assert shlex.join(fakes.questions[0]) == (
        f"docker container list -q --no-trunc --all --filter {label}"
    )


def test_a_container_whose_health_has_no_name_yet_is_told_as_it_is(
    project: Project, fakes: Fakes
) -> None:
    fakes.answer(
        listed(["harbour-prod-8888"]), container("harbour-prod-8888", Health={"Status": ""})
    )
    assert engine.containers(project)[0].state == "running http://127.0.0.1:8888/"


def test_a_container_without_labels_or_ports_is_listed_all_the_same(
    project: Project, fakes: Fakes
) -> None:
    bare = {
        "Id": "1",
        "Name": "/bare",
        "State": {"Status": "created", "Running": False},
        "Config": {"Labels": None},
        "HostConfig": {"AutoRemove": True},
        "NetworkSettings": {"Ports": None},
    }
    fakes.answer(listed(["1"]), reply("docker container inspect 1", json.dumps([bare])))
    assert engine.containers(project) == [Found("bare", "", "created")]


def test_a_container_that_goes_away_while_one_looks_is_not_listed(
    project: Project, fakes: Fakes
) -> None:
    gone = "Error response from daemon: No such container: harbour-run-1\n"
    fakes.answer(
        listed(["harbour-run-1", "harbour-dev-8888"]),
        reply("docker container inspect harbour-run-1", "[]\n", stderr=gone, code=1),
        container("harbour-dev-8888"),
    )
    assert [found.name for found in engine.containers(project)] == ["harbour-dev-8888"]


def test_an_engine_that_tells_nothing_of_a_container_is_a_fault(
    project: Project, fakes: Fakes
) -> None:
    said = "Error response from daemon: it is broken\n"
    fakes.answer(
        listed(["harbour-run-1"]),
        reply("docker container inspect harbour-run-1", "[]\n", stderr=said, code=1),
    )
    with pytest.raises(RunError, match=r"^docker failed: Error response from daemon: it is broken"):
        engine.containers(project)


def test_only_running_containers_are_asked_for_when_only_they_are_wanted(
    project: Project, fakes: Fakes
) -> None:
    assert engine.containers(project, running=True) == []
    assert "--all" not in fakes.questions[0]


def test_the_publisher_of_a_port_is_a_container_or_none(fakes: Fakes) -> None:
    assert engine.publisher(PORT) is None
    fakes.answer(listed(["harbour-dev-8888"], "--filter"), container("harbour-dev-8888"))
    assert engine.publisher(PORT) == "harbour-dev-8888"
    assert fakes.questions[0][-2:] == ["--filter", "publish=8888"]


def test_a_command_inside_a_container_gives_what_it_prints(fakes: Fakes) -> None:
    fakes.answer(reply("docker exec harbour-prod-8888 ls", "a b\n"))
    assert engine.run_inside("harbour-prod-8888", ("ls", "-1 x")) == "a b"
    assert fakes.questions == [["docker", "exec", "harbour-prod-8888", "ls", "-1 x"]]


def test_a_command_inside_a_container_that_fails_is_a_fault_in_its_own_words(fakes: Fakes) -> None:
    fakes.answer(reply("docker exec", stderr="container 1 is not running\n", code=1))
    with pytest.raises(RunError, match=r"^docker failed: container 1 is not running"):
        engine.run_inside("harbour-prod-8888", ("ls",))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([("kill", 1_500_000_000), ("die", 1_750_000_000), ("stop", 9_000_000_000)], 0.25),
        ([("kill", 1_000_000_000), ("kill", 11_000_000_000), ("die", 11_500_000_000)], 10.5),
        ([("exec_die", 1), ("kill", 1_000_000_000)], None),
        ([("die", 1_000_000_000)], None),
        ([("kill", None), ("die", 1_000_000_000)], None),
        ([], None),
    ],
)
def test_a_container_takes_to_its_end_from_the_first_signal_that_it_is_sent(
    fakes: Fakes, told: list[tuple[str, int | None]], expected: float | None
) -> None:
    lines = [json.dumps({"Action": action, "timeNano": nano}) for action, nano in told]
    fakes.answer(reply("docker system events", "".join(f"{line}\n" for line in lines)))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    assert engine.seconds_to_end("harbour-prod-8888", since) == expected
    assert "container=harbour-prod-8888" in fakes.questions[0]


def test_a_container_is_as_the_engine_tells_it(fakes: Fakes) -> None:
    fakes.answer(container("harbour-prod-8888", Running=False, ExitCode=3))
    state = engine.state("harbour-prod-8888")
    assert (state.is_running, state.exit_code) == (False, 3)


# Waiting


def silent(_log: str, _starved: bool) -> None:  # noqa: FBT001
    """Find no reason in a log."""


def test_who_is_ready_is_not_asked_after(fakes: Fakes) -> None:
    waiting.wait_until("harbour-prod-8888", lambda: True, 60, silent)
    assert fakes.questions == []


def test_the_wait_ends_when_the_container_is_healthy(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shanty.waiting.POLL_SECONDS", 0)
    name = "harbour-prod-8888"
    healthy = container(name, Health={"Status": "healthy"})
    starting = container(name, Health={"Status": "starting"})
    fakes.answer(replace(starting, then=(healthy,)))
    waiting.wait_until(name, lambda: engine.state(name).is_healthy, 60, silent)
    assert engine.state(name).is_healthy


def test_a_container_that_ends_first_is_told_after_its_last_lines(
    fakes: Fakes, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "harbour-prod-8888"
    log = "ModuleNotFoundError: No module named 'flask'\ngunicorn.errors.HaltServer: 3\n"
    fakes.answer(
        container(name, Status="exited", Running=False, ExitCode=3),
        reply("docker container logs", log),
    )
    with pytest.raises(RunError) as fault:
        waiting.wait_until(
            name, lambda: False, 60, lambda log, _: Diagnosis(log[:8], "invoke add flask")
        )
    assert str(fault.value) == (
        f"{name} ended with exit code 3 before it answered: ModuleNo\nfix: invoke add flask"
    )
    assert capsys.readouterr() == ("", log)
    assert fakes.questions[-1][:4] == ["docker", "container", "logs", "--tail"]
    assert fakes.questions[-1][-1] == name


@pytest.mark.parametrize(
    ("state", "how"),
    [
        ({}, "had a process killed before it answered"),
        ({"Running": False, "ExitCode": 137}, "ended with exit code 137 before it answered"),
    ],
)
def test_a_container_whose_memory_ran_out_is_not_waited_for(
    state: dict[str, object], how: str, fakes: Fakes
) -> None:
    """Its server would start another process for the one that was killed, for ever."""
    name = "harbour-prod-8888"
    fakes.answer(container(name, OOMKilled=True, **state), reply("docker container logs"))
    with pytest.raises(RunError) as fault:
        waiting.wait_until(
            name,
            lambda: False,
            60,
            lambda _, starved: Diagnosis("more", "fix") if starved else None,
        )
    assert fault.value.what == f"{name} {how}: more"


@pytest.mark.parametrize(("said", "starved"), [("", False), ('{"Action": "oom"}\n', True)])
def test_what_the_kernel_did_to_a_container_is_known_when_it_is_gone(
    said: str,
    starved: bool,  # noqa: FBT001
    fakes: Fakes,
) -> None:
    fakes.answer(reply("docker system events", said))
    since = datetime(2026, 11, 22, tzinfo=UTC)
    assert engine.ran_out_of_memory("harbour-prod-8888", since) is starved
    asked = shlex.join(fakes.questions[-1])
    assert "--since 2026-11-22T00:00:00+00:00 --until 20" in asked
    assert asked.endswith("--filter container=harbour-prod-8888 --filter event=oom")


@pytest.mark.parametrize(("said", "processors"), [('{"NCPU": 2}', 2), ("{}", 1)])
def test_the_engine_says_how_many_processors_it_has(
    said: str, processors: int, fakes: Fakes
) -> None:
    fakes.answer(reply("docker system info", said))
    assert engine.processors() == processors


def test_a_container_that_is_never_ready_is_told_with_the_time_it_had(fakes: Fakes) -> None:
    name = "harbour-prod-8888"
    fakes.answer(container(name), reply("docker container logs"))
    with pytest.raises(RunError) as fault:
        waiting.wait_until(name, lambda: False, 0, silent)
    assert fault.value.what == f"{name} does not answer after 0 s"


@pytest.mark.parametrize(
    ("probe", "fix"),
    [
        ("/nope answers 404", '[tool.shanty] health-path = "/…", a page that answers below 400'),
        (
            "port 8888: [Errno 111] Connection refused",
            "let it listen where PORT says: serve = '… --bind \"0.0.0.0:$PORT\"'",
        ),
        ("port 8888 does not answer HTTP", "mend what its log names above"),
    ],
)
def test_what_the_health_check_said_leads_to_a_fix(probe: str, fix: str, fakes: Fakes) -> None:
    name = "harbour-prod-8888"
    health = {"Status": "starting", "Log": [{"ExitCode": 1, "Output": f"{probe}\n"}]}
    fakes.answer(container(name, Health=health), reply("docker container logs"))
    with pytest.raises(RunError) as fault:
        waiting.wait_until(name, lambda: False, 0, silent)
    assert (fault.value.what, fault.value.fix) == (
        f"{name} does not answer after 0 s ({probe})",
        fix,
    )


def test_a_name_that_is_none_is_the_persons_to_mend(fakes: Fakes) -> None:
    said = "Error response from daemon: invalid reference format\n"
    fakes.answer(reply("docker image inspect", stderr=said, code=1))
    with pytest.raises(UsageError) as fault:
        engine.find_image("Bad Name")
    assert fault.value.what == (
        "what was named is no image: Error response from daemon: invalid reference format"
    )


@pytest.mark.parametrize(
    ("state", "healthy"),
    [
        ({"Health": {"Status": "healthy"}}, True),
        ({"Health": {"Status": "starting"}}, False),
        ({}, False),
    ],
)
def test_healthy_is_what_the_engine_calls_so(
    state: dict[str, object],
    healthy: bool,  # noqa: FBT001
    fakes: Fakes,
) -> None:
    fakes.answer(container("harbour-prod-8888", **state))
    assert engine.state("harbour-prod-8888").is_healthy is healthy


@pytest.mark.parametrize(
    ("text", "expected"), [(b"HTTP/1.0 404 Not Found\r\n\r\n", True), (b"220 ftp", False)]
)
def test_only_http_is_an_answer(
    text: bytes,
    expected: bool,  # noqa: FBT001
) -> None:
    with one_answer(text) as port:
        assert engine.answers("127.0.0.1", port) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"HTTP/1.1 500 Internal Server Error\r\n\r\n", True),
        (b"HTTP/1.1 404 Not Found\r\n\r\n", False),
    ],
)
def test_an_error_of_the_servers_is_told_from_one_of_the_request(
    text: bytes,
    expected: bool,  # noqa: FBT001
) -> None:
    with one_answer(text) as port:
        assert engine.is_at_fault("127.0.0.1", port) is expected


def test_a_port_that_nobody_has_does_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    assert not engine.answers("127.0.0.1", port)
    assert not engine.is_at_fault("127.0.0.1", port)
