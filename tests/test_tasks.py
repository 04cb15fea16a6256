"""Every task as a person types it: what is announced, what is run, how it ends.

In front of a recording `docker`: that these lines work is shown in `tests/engine`.
"""

import hashlib
import json
import os
import pty
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from io import FileIO
from pathlib import Path

import psutil
import pytest

from shanty import engine
from shanty.container import ContainerOptions
from shanty.dependencies.lock import content_hash
from shanty.dockerfile import shipped_docker
from shanty.port import free_port
from shanty.project import Project
from shanty.pyproject import read_toml
from shanty.setup import apt, machine
from shanty.verify import verification
from shanty.verify.check import Check
from shanty.workflow import Workflow
from tests.fakes import (
    DEADLINE_SECONDS,
    LOCK,
    NO_ENGINE,
    NOT_LET_IN,
    PYPROJECT,
    Answer,
    Fakes,
    Reply,
    Typing,
    container,
    contents,
    listed,
    no_image,
    no_server,
    person,
    ready,
    refusal,
    reply,
    server,
    write_project,
)

BASE_IMAGE = "python:3.13-slim"
BASE_NAME = f"docker.io/library/{BASE_IMAGE}"
OURS = "shanty/python:3.13"
SECRET = "s3cret-and-long"  # noqa: S105 - made up
SERVING = ("dev", "prod")
CONTAINING = (("dev",), ("prod",), ("shell",), ("run", "--", "ls"), ("python",), ("test",))
HELD = (
    "--cap-drop ALL --security-opt no-new-privileges --pids-limit 2048 --stop-timeout 40 "
    "--read-only --tmpfs /tmp:noexec,nosuid,nodev"
)
DJANGO = {
    "manage.py": 'import os\nos.environ["DJANGO_SETTINGS_MODULE"] = "port.settings"\n',
    "port/settings.py": 'WSGI_APPLICATION = "port.wsgi.application"\n',
    "port/wsgi.py": "from django.core.wsgi import get_wsgi_application\n"
    "application = get_wsgi_application()\n",
}


@pytest.fixture(autouse=True)
def fakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a ready machine."""
    return ready(tmp_path / "fakes", monkeypatch)


@pytest.fixture(autouse=True)
def project(make_project: Callable[..., Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project, with the person in its folder."""
    project = write_project(make_project)
    monkeypatch.chdir(project.root)
    return project


@pytest.fixture
def shanty(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Typing:
    """Return a function that types a task."""
    return person(monkeypatch, capfd)


@pytest.fixture
def port() -> int:
    """Return a port that nobody has."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port that this process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def build_line(
    project: Project,
    target: str,
    base_image: str = BASE_IMAGE,
    more: str = "",
    base: str = BASE_NAME,
) -> str:
    """Return the build of a target as it is announced; `base` is what production says of its."""
    docker = shipped_docker()
    copy = Path(os.environ["XDG_CACHE_HOME"], "shanty", project.id, "Dockerfile")
    labels = labels_of(project, base) if target == "production" else ""
    return (
        f"docker buildx build --file {copy} --target {target} "
        f"--tag harbour:{target} --label shanty.project={project.id} {labels}"
        f"--build-arg BASE_IMAGE={base_image} --build-arg PYTHON_VERSION=3.13 "
        "--build-arg POETRY_VERSION=2.5.1 --build-arg PROJECT_DIR=. "
        f"--build-arg 'APP=harbour:create_app()' --build-context docker={docker} {more}--load ."
    )


def locked(project: Project) -> str:
    """Return the label that names the lock a container was started on."""
    return f"--label shanty.lock={hashlib.sha256(project.lock_file.read_bytes()).hexdigest()}"


def labels_of(project: Project, base: str = BASE_NAME) -> str:
    """Return the labels of production on a machine without git, where the base may be unknown."""
    lock = hashlib.sha256(project.lock_file.read_bytes()).hexdigest()
    oci = "--label org.opencontainers.image"
    of_base = f"{oci}.base.name={base} {oci}.base.digest=sha256:1 " if base else ""
    return f"{oci}.title=harbour {oci}.version=1.0 {of_base}--label shanty.lock={lock} "


def run_line(project: Project, task: str, name: str, words: str, mode: str = "--rm") -> str:
    """Return the start of a container as it is announced."""
    return (
        f"docker run {mode} --pull never --name {name} --label shanty.project={project.id} "
        f"--label shanty.task={task} {words}"
    )


def mount(project: Project) -> str:
    """Return the sources as a mount."""
    return (
        f"--user {os.getuid()}:{os.getgid()} --security-opt no-new-privileges "
        f"--mount type=bind,source={project.root},target=/opt/app"
    )


def write_files(project: Project, files: dict[str, str]) -> None:
    """Write files of a project by their names in it."""
    for name, text in files.items():
        (project.root / name).parent.mkdir(exist_ok=True)
        (project.root / name).write_text(text, encoding="utf-8")


def publish(port: int) -> str:
    """Return one port, inside and out."""
    return f"--env PORT={port} --publish 127.0.0.1:{port}:{port}"


def name_in(line: str) -> str:
    """Return the name of the container that a line starts."""
    words = shlex.split(line)
    return words[words.index("--name") + 1]


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something is so; fail when it never is."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@contextmanager
def running(*words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a task in a process group of its own, as a shell would, and leave nothing behind."""
    process = subprocess.Popen([sys.executable, "-m", "shanty", *words], process_group=0)
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def at_a_terminal(*words: str) -> tuple[int, str]:
    """Run a task with a terminal of its own; return the exit code and what is seen."""
    near, far = pty.openpty()
    with os.fdopen(near, "rb", buffering=0) as screen:
        with os.fdopen(far, "wb", buffering=0) as ends:
            process = subprocess.Popen(
                [sys.executable, "-m", "shanty", *words], stdin=ends, stdout=ends, stderr=ends
            )
        seen = b"".join(iter(lambda: read_screen(screen), b""))
    return process.wait(DEADLINE_SECONDS), seen.decode()


def read_screen(screen: FileIO) -> bytes:
    """Return what is seen next, nothing once the last program has left the terminal."""
    try:
        return screen.read(4096) or b""
    except OSError:
        return b""


# build


def test_build_says_the_line_runs_it_and_tells_image_size_and_time(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    answer = shanty("build")
    assert answer.code == 0
    assert answer.announced == fakes.changes == [build_line(project, "production")]
    name, size, unit, seconds, _ = answer.stdout.split()
    assert (name, size, unit) == ("harbour:production", "163", "MB")
    assert float(seconds) < 60


@pytest.mark.parametrize(("target", "told"), [("production", True), ("staging", False)])
def test_what_is_built_from_the_sources_is_told_their_time(
    shanty: Typing, monkeypatch: pytest.MonkeyPatch, target: str, *, told: bool
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1600000000")
    (line,) = shanty("--dry", "build", "--target", target).stdout.splitlines()
    assert ("--build-arg SOURCE_DATE_EPOCH=1600000000 " in line) == told


@pytest.mark.parametrize("target", ["staging", "development", "build", "production"])
def test_build_builds_the_target_that_is_named(
    target: str, shanty: Typing, project: Project, fakes: Fakes
) -> None:
    assert shanty("build", "--target", target).stdout.startswith(f"harbour:{target}  ")
    assert fakes.changes == [build_line(project, target)]


def test_every_option_of_build_reaches_docker_under_its_own_name(
    shanty: Typing, fakes: Fakes
) -> None:
    typed = (
        "--tag one:1 --tag two:2 --platform linux/amd64 --platform linux/arm64 --push --no-cache "
        "--pull --builder far --cache-from type=local,src=a --cache-to type=local,dest=b"
    )
    answer = shanty("build", *typed.split())
    (line,) = fakes.changes
    assert "--tag one:1 --tag two:2 --label" in line
    assert line.endswith(
        "--platform linux/amd64,linux/arm64 --builder far --cache-from type=local,src=a "
        "--cache-to type=local,dest=b,mode=max --no-cache --pull --push ."
    )
    assert answer.stdout.startswith("one:1  pushed  ")


@pytest.mark.parametrize(("failures", "code"), [(2, 0), (3, 1)])
def test_a_build_that_trips_over_another_goes_on(
    failures: int, code: int, shanty: Typing, fakes: Fakes
) -> None:
    said = "ERROR: failed to solve: failed to get edge: inconsistent graph state\n"
    answered = reply("docker buildx build")
    for _ in range(failures):
        answered = reply("docker buildx build", stderr=said, code=1, then=(answered,))
    fakes.answer(answered)
    answer = shanty("build")
    assert answer.code == code
    assert len(answer.announced) == 3


def test_a_build_that_fails_ends_with_1(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(reply("docker buildx build", stderr="ERROR: failed to solve\n", code=17))
    answer = shanty("build")
    assert (answer.code, answer.stdout) == (1, "")
    assert answer.stderr.splitlines()[-3:] == [
        "ERROR: failed to solve",
        "the build of production failed",
        "fix: mend what the last step above names, then build again",
    ]


def test_an_interrupted_build_ends_with_130(fakes: Fakes) -> None:
    fakes.answer(reply("docker buildx build", code=1, holds=True))
    with running("build") as process:
        fakes.wait_for("holding")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(DEADLINE_SECONDS) == 130


# The base image


def test_a_base_image_that_is_missing_is_pulled_first(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(no_image(BASE_IMAGE), no_image(OURS))
    answer = shanty("build")
    assert answer.code == 0
    assert (
        answer.announced
        == fakes.changes
        == [f"docker pull {BASE_IMAGE}", build_line(project, "production", base="")]
    )


def test_the_base_image_that_was_made_here_takes_the_official_ones_place(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(no_image(BASE_IMAGE))
    assert shanty("build").code == 0
    assert fakes.changes == [build_line(project, "production", OURS, base=OURS)]


@pytest.fixture
def debian(fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a Debian machine, whose suites carry some Pythons and not others."""
    release = tmp_path / "os-release"
    release.write_text("ID=debian\n", encoding="utf-8")
    monkeypatch.setattr(apt, "Path", lambda _path: release)
    fakes.install("apt-get")
    return fakes


def let_python_be_found(project: Project, admitted: str) -> None:
    """Take the Python out of the settings, and let the project admit some releases."""
    text = project.pyproject_file.read_text(encoding="utf-8")
    text = text.replace('python-version = "3.13"', "").replace(">=3.11,<4.0", admitted)
    project.pyproject_file.write_text(text, encoding="utf-8")
    values = read_toml(project.pyproject_file)
    project.lock_file.write_text(LOCK.format(hash=content_hash(values)), encoding="utf-8")


def test_a_base_image_on_a_python_that_the_system_carries_takes_the_official_ones_place(
    shanty: Typing, project: Project, debian: Fakes
) -> None:
    """Debian carries no Python 3.12."""
    let_python_be_found(project, ">=3.11,<3.13")
    debian.answer(no_image("python:3.12-slim"), no_image("shanty/python:3.12"))
    answer = shanty("build")
    assert answer.code == 0
    assert "--build-arg BASE_IMAGE=shanty/python:3.11 " in answer.announced[0]
    assert "--build-arg PYTHON_VERSION=3.11 " in answer.announced[0]
    assert said(answer)[0] == (
        "python-version 3.11: newest that requires-python >=3.11,<3.13 admits; "
        "3.12 suits better and cannot be had here"
    )


@pytest.mark.parametrize("admitted", [">=3.12,<3.13", ">=3.11,<3.13"])
def test_where_the_system_carries_no_such_python_or_none_was_made_the_official_one_is_pulled(
    shanty: Typing, project: Project, debian: Fakes, admitted: str
) -> None:
    let_python_be_found(project, admitted)
    debian.answer(no_image())
    assert shanty("build").announced[0] == "docker pull python:3.12-slim"


def test_init_gives_the_python_that_can_be_had_here(
    shanty: Typing, project: Project, debian: Fakes
) -> None:
    """What a project owns has to build where it is given."""
    let_python_be_found(project, ">=3.11,<3.13")
    debian.answer(no_image("python:3.12-slim"), no_image("shanty/python:3.12"))
    assert shanty("init").code == 0
    dockerfile = (project.root / "docker" / "Dockerfile").read_text(encoding="utf-8")
    assert "ARG PYTHON_VERSION=3.11\n" in dockerfile
    assert "ARG BASE_IMAGE=python:${PYTHON_VERSION}-slim\n" in dockerfile
    built_by = shanty("init").stdout.splitlines()[-1]
    assert "--build-arg BASE_IMAGE=shanty/python:3.11 " in built_by


def test_init_needs_no_engine(shanty: Typing, project: Project, debian: Fakes) -> None:
    let_python_be_found(project, ">=3.11,<3.13")
    debian.remove("docker")
    assert shanty("init").code == 0
    dockerfile = (project.root / "docker" / "Dockerfile").read_text(encoding="utf-8")
    assert "ARG PYTHON_VERSION=3.12\n" in dockerfile


def test_no_image_that_was_made_here_takes_the_place_of_ones_own(
    shanty: Typing, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHANTY_BASE_IMAGE", "harbour/base:1")
    fakes.answer(no_image("harbour/base:1"))
    assert shanty("build").announced[0] == "docker pull harbour/base:1"


def test_a_base_image_that_cannot_be_had_ends_with_3(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(no_image(BASE_IMAGE), no_image(OURS), reply("docker pull", code=1))
    assert refusal(shanty("build"), 3) == (
        f"the base image {BASE_IMAGE} is not here and cannot be pulled",
        "shanty setup",
    )
    assert fakes.changes == [f"docker pull {BASE_IMAGE}"]


@pytest.mark.parametrize("option", ["--builder=far", "--platform=linux/arm64"])
def test_a_builder_elsewhere_pulls_its_own_base_image(
    option: str, shanty: Typing, fakes: Fakes
) -> None:
    fakes.answer(no_image(BASE_IMAGE))
    answer = shanty("build", option, "--push")
    assert answer.code == 0
    assert [line.split()[1] for line in answer.announced] == ["buildx"]


# Containers


@pytest.mark.parametrize("task", SERVING)
def test_a_server_answers_on_the_port_that_is_typed(
    task: str, shanty: Typing, project: Project, fakes: Fakes, port: int
) -> None:
    answer = shanty(task, "--port", str(port))
    words = {
        "dev": f"{locked(project)} --init {mount(project)} {publish(port)} harbour:development",
        "prod": f"{HELD} {publish(port)} harbour:production",
    }
    target = {"dev": "development", "prod": "production"}[task]
    assert (answer.code, answer.stdout) == (0, "")
    assert (
        answer.announced
        == fakes.changes
        == [
            build_line(project, target),
            run_line(project, task, f"harbour-{task}-{port}", words[task]),
        ]
    )
    assert answer.stderr.splitlines()[-1] == f"http://127.0.0.1:{port}/  (Ctrl-C stops it)"


def test_a_server_for_every_address_is_reached_at_this_one(
    shanty: Typing, fakes: Fakes, port: int
) -> None:
    answer = shanty("prod", "--host", "0.0.0.0", "--port", str(port))  # noqa: S104
    assert f"--publish 0.0.0.0:{port}:{port} " in fakes.changes[-1]
    assert f"http://127.0.0.1:{port}/ " in answer.stderr


def test_a_server_on_localhost_is_published_at_an_address_as_docker_wants_it(
    shanty: Typing, fakes: Fakes, port: int
) -> None:
    assert shanty("dev", "--host", "localhost", "--port", str(port)).code == 0
    assert f"--publish 127.0.0.1:{port}:{port} " in fakes.changes[-1]


def test_a_server_on_an_address_of_ipv6_is_published_in_brackets(
    shanty: Typing, fakes: Fakes, port: int
) -> None:
    answer = shanty("prod", "--host", "::1", "--port", str(port))
    assert f"--publish '[::1]:{port}:{port}' " in fakes.changes[-1]
    assert f"http://[::1]:{port}/ " in answer.stderr


def test_production_takes_workers_and_a_root_it_can_write_to(
    shanty: Typing, fakes: Fakes, port: int
) -> None:
    assert shanty("prod", "--workers", "3", "--writable", "--port", str(port)).code == 0
    assert "--read-only" not in fakes.changes[-1]
    assert "--env WEB_CONCURRENCY=3 " in fakes.changes[-1]


def test_production_takes_limits_that_the_engine_can_keep(
    shanty: Typing, fakes: Fakes, port: int
) -> None:
    fakes.answer(reply("docker system info", '{"NCPU": 2}'))
    words = ("prod", "--memory", "512m", "--port", str(port))
    assert shanty(*words, "--cpus", "1.5").code == 0
    assert " --memory 512m --memory-swap 512m --cpus 1.5 " in fakes.changes[-1]
    before = len(fakes.changes)
    refused = refusal(shanty(*words, "--cpus", "4"), 2)
    assert refused == ("--cpus 4: the engine has 2", "give 2 or less")
    assert len(fakes.changes) == before


OOM = reply("docker system events", '{"Action": "oom"}\n')


@pytest.mark.parametrize(
    ("options", "what", "fix"),
    [
        (
            ("--memory", "64m"),
            "it needs more memory than --memory 64m",
            "give it more: --memory 128m",
        ),
        ((), "the machine had no more memory for it", "let it take less, or free some memory"),
    ],
)
def test_a_server_that_is_killed_for_its_memory_is_told_so(  # noqa: PLR0913, PLR0917
    options: tuple[str, ...], what: str, fix: str, shanty: Typing, fakes: Fakes, port: int
) -> None:
    name = f"harbour-prod-{port}"
    fakes.answer(reply("docker run", code=137), OOM)
    answer = shanty("prod", "--port", str(port), *options)
    assert failure(answer) == (f"the production server ended with exit code 137: {what}", fix)
    fakes.answer(
        reply("docker run"),
        container(name, OOMKilled=True),
        reply("docker container logs", "Perhaps out of memory?\n"),
    )
    answer = shanty("prod", "--detach", "--port", str(port), *options)
    assert failure(answer) == (f"{name} had a process killed before it answered: {what}", fix)


def test_a_server_that_somebody_has_killed_is_not_said_to_lack_memory(
    shanty: Typing, fakes: Fakes, port: int
) -> None:
    fakes.answer(reply("docker run", code=137), reply("docker system events"))
    assert failure(shanty("prod", "--port", str(port))) == (
        "the production server ended with exit code 137",
        "mend what its log names above",
    )


def test_a_server_that_lost_processes_to_its_memory_is_told_so_when_it_is_stopped(
    shanty: Typing, fakes: Fakes, port: int
) -> None:
    """Gunicorn starts another worker for one that was killed, and never ends by itself."""
    fakes.answer(reply("docker run", code=130), OOM)
    answer = shanty("prod", "--memory", "64m", "--port", str(port))
    assert answer.code == 130
    assert answer.stderr.splitlines()[-3:] == [
        "shanty: a process of it was killed: it needs more memory than --memory 64m",
        "fix: give it more: --memory 128m",
        "interrupted",
    ]


def failure(answer: Answer) -> tuple[str, str]:
    """Return what a task that ran and failed says at last, and how to mend it."""
    assert answer.code == 1
    what, fix = answer.stderr.splitlines()[-2:]
    return what, fix.removeprefix("fix: ")


@pytest.mark.parametrize("task", SERVING)
def test_a_server_that_ends_by_itself_has_failed(
    task: str, shanty: Typing, fakes: Fakes, port: int
) -> None:
    fakes.answer(reply("docker run", code=3))
    answer = shanty(task, "--port", str(port))
    assert answer.code == 1
    assert "server ended with exit code 3" in answer.stderr.splitlines()[-2]
    assert answer.stderr.splitlines()[-1] == "fix: mend what its log names above"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_production_gently_and_ends_with_130(
    number: signal.Signals, fakes: Fakes, port: int
) -> None:
    fakes.answer(reply("docker run", code=0, holds=True))
    with running("prod", "--port", str(port)) as process:
        fakes.wait_for("holding")
        os.killpg(process.pid, number)
        assert process.wait(DEADLINE_SECONDS) == 130
    assert fakes.wait_for("signal") == signal.SIGTERM


def test_an_interrupt_stops_development_and_ends_with_130(fakes: Fakes, port: int) -> None:
    fakes.answer(reply("docker run", code=130, holds=True))
    with running("dev", "--port", str(port)) as process:
        fakes.wait_for("holding")
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(DEADLINE_SECONDS) == 130
    assert fakes.wait_for("signal") == signal.SIGTERM


@pytest.mark.parametrize("is_ours", [True, False])
def test_what_is_interrupted_while_it_is_started_detached_is_taken_back(
    is_ours: bool,  # noqa: FBT001
    fakes: Fakes,
    port: int,
) -> None:
    """One of that name may be somebody else's, and the reason why this one never was."""
    fakes.answer(reply("docker run", holds=True))
    name = f"harbour-dev-{port}"
    with running("dev", "--detach", "--port", str(port)) as process:
        fakes.wait_for("holding")
        if is_ours:
            fakes.answer(listed([name]), container(name))
        process.terminate()
        assert process.wait(DEADLINE_SECONDS) == 130
    assert (f"docker rm --force --volumes {name}" in fakes.changes) is is_ours


def test_dev_follows_the_lock_at_the_port_that_it_has(
    project: Project, fakes: Fakes, port: int
) -> None:
    """The engine's part, ending the container that is to stop, is played here."""
    fakes.answer(reply("docker run", code=130, holds=True))
    with running("dev", "--port", str(port)) as process:
        fakes.wait_for("holding")
        before = locked(project)
        fakes.answer(
            reply("docker image inspect harbour:development", json.dumps([{"Id": "sha256:2"}])),
            reply("docker run"),
        )
        with project.lock_file.open("a", encoding="utf-8") as lock:
            lock.write("# another\n")
        wait_until(lambda: f"docker stop harbour-dev-{port}" in fakes.changes)
        for child in psutil.Process(process.pid).children():
            with suppress(psutil.NoSuchProcess):
                if "run" in child.cmdline():
                    child.terminate()
        assert process.wait(DEADLINE_SECONDS) == 0
    first, second = (line for line in fakes.changes if line.startswith("docker run"))
    assert before in first
    now = first.replace(before, locked(project))
    # An app that cannot start waits for an edit, for the one before could.
    assert second == now.replace(" harbour:", " --env SHANTY_AGAIN=1 harbour:")


def test_run_starts_any_command_in_the_development_image(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    answer = shanty("run", "--", "flask", "routes")
    line = answer.announced[1]
    words = f"--init --interactive {mount(project)} harbour:development flask routes"
    assert line == run_line(project, "run", name_in(line), words)
    assert answer.announced == fakes.changes
    assert answer.announced[0] == build_line(project, "development")


@pytest.mark.parametrize(
    "words",
    [
        ("python", "-c", 'print("a  b")'),
        ("echo", "$(whoami)", "`id`", "a;b", "*", "\\", "'", '"', ""),
        ("sh", "-c", "exit 1", "--", "--port", "x"),
        ("ls", "--help", "--version", "-h", "build"),
        ("printf", "Bøje\n\t", "日本"),
    ],
)
def test_arguments_after_two_dashes_arrive_byte_for_byte(
    words: tuple[str, ...], shanty: Typing, fakes: Fakes
) -> None:
    answer = shanty("run", "--", *words)
    assert answer.code == 0
    assert tuple(fakes.calls[-1][-len(words) :]) == words
    assert shlex.split(answer.stderr.partition("docker run")[2])[-len(words) :] == list(words)


def test_python_opens_python_with_what_follows_two_dashes(shanty: Typing, fakes: Fakes) -> None:
    shanty("python", "--", "-m", "flask")
    assert fakes.calls[-1][-4:] == ["harbour:development", "python", "-m", "flask"]
    shanty("python")
    assert fakes.calls[-1][-2:] == ["harbour:development", "python"]


def test_shell_opens_a_shell_in_place_of_the_entrypoint(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    line = shanty("shell").announced[1]
    script = "--entrypoint docker-entrypoint.sh harbour:development /bin/bash"
    words = f"--init --interactive {mount(project)} {script}"
    assert fakes.changes[1] == line == run_line(project, "shell", name_in(line), words)


def test_shell_in_another_target_sees_that_target_alone(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    build, line = shanty("shell", "--target", "production").announced
    words = "--init --interactive --entrypoint /bin/bash harbour:production"
    assert build == build_line(project, "production")
    assert fakes.changes[1] == line == run_line(project, "shell", name_in(line), words)


def test_shell_of_the_app_is_the_frameworks_and_no_other_follows(
    shanty: Typing, fakes: Fakes
) -> None:
    answer = shanty("shell", "--app")
    assert fakes.calls[-1][-3:] == ["harbour:development", "flask", "shell"]
    assert [line.split()[1] for line in answer.announced] == ["buildx", "run"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"src/harbour/__init__.py": "from fastapi import FastAPI\napp = FastAPI()\n"}, ["python"]),
        (DJANGO, ["python", "manage.py", "shell"]),
    ],
)
def test_shell_of_the_app_is_djangos_or_python_for_another_framework(
    files: dict[str, str], words: list[str], shanty: Typing, project: Project, fakes: Fakes
) -> None:
    write_files(project, files)
    assert shanty("shell", "--app").code == 0
    assert fakes.calls[-1][-len(words) - 1 :] == ["harbour:development", *words]


def test_shell_of_what_is_no_application_is_python(
    shanty: Typing, project: Project, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_app(project)
    monkeypatch.setenv("SHANTY_SERVE", "python -m harbour")
    assert shanty("shell", "--app").code == 0
    assert fakes.calls[-1][-2:] == ["harbour:development", "python"]


def test_the_frameworks_shell_is_refused_where_it_would_not_be_the_target_asked_for(
    shanty: Typing, fakes: Fakes
) -> None:
    assert refusal(shanty("shell", "--app", "--target", "production"), 2) == (
        "--app opens the development image alone",
        "shanty shell --app",
    )
    assert fakes.changes == []


@pytest.mark.parametrize(
    "words", [("run", "--", "false"), ("python",), ("shell",), ("shell", "--app")]
)
@pytest.mark.parametrize("code", [1, 2, 3, 125, 137])
def test_a_commands_own_exit_code_is_the_tasks(
    words: tuple[str, ...], code: int, shanty: Typing, fakes: Fakes
) -> None:
    fakes.answer(reply("docker run", code=code))
    assert shanty(*words).code == code


def test_two_commands_at_once_have_two_names(shanty: Typing) -> None:
    names = {name_in(shanty("run", "--", "ls").announced[1]) for _ in range(3)}
    assert len(names) == 3


@pytest.mark.parametrize(
    ("files", "group", "words"),
    [
        ({}, 'pytest = "*"', ["pytest"]),
        ({}, "", ["python", "-m", "unittest"]),
        (DJANGO, "", ["python", "manage.py", "test"]),
    ],
)
def test_tests_are_run_by_pytest_djangos_own_or_the_standard_librarys(  # noqa: PLR0913, PLR0917
    files: dict[str, str],
    group: str,
    words: list[str],
    shanty: Typing,
    project: Project,
    fakes: Fakes,
) -> None:
    write_files(project, files)
    if group:
        text = project.pyproject_file.read_text("utf-8")
        text = text.replace(
            "[tool.shanty]", f"[tool.poetry.group.test.dependencies]\n{group}\n\n[tool.shanty]"
        )
        project.pyproject_file.write_text(text, encoding="utf-8")
        package = '[[package]]\nname = "pytest"\nversion = "9.0"\ngroups = ["test"]\nfiles = []\n'
        lock = LOCK.format(hash=content_hash(read_toml(project.pyproject_file)))
        project.lock_file.write_text(
            lock.replace("[metadata]", f"{package}\n[metadata]"), encoding="utf-8"
        )
    assert shanty("test", "--", "-k", "a or b").code == 0
    expected = ["harbour:development", *words, "-k", "a or b"]
    assert fakes.calls[-1][-len(expected) :] == expected


@pytest.mark.parametrize(("code", "is_told"), [(5, True), (1, False), (0, False)])
def test_where_unittest_finds_no_test_pytest_is_offered(
    shanty: Typing, fakes: Fakes, code: int, *, is_told: bool
) -> None:
    fakes.answer(reply("docker run", code=code))
    answer = shanty("test")
    assert answer.code == code
    told = "shanty: tests for pytest need it: shanty add --group test pytest\n"
    assert (told in answer.stderr) == is_told


@pytest.fixture
def development(project: Project, fakes: Fakes) -> str:
    """Return the name of a development container that runs on the lock."""
    name = "harbour-dev-8888"
    lock = hashlib.sha256(project.lock_file.read_bytes()).hexdigest()
    own = f"--filter label=shanty.project={project.id}"
    fakes.answer(listed([name], own), container(name, lock=lock), reply("docker exec"))
    return name


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("run", "--", "echo", "a  b", "$(id)"), ["echo", "a  b", "$(id)"]),
        (("python", "--", "-c", "1"), ["python", "-c", "1"]),
        (("shell",), ["/bin/bash"]),
        (("shell", "--app"), ["flask", "shell"]),
        (("test", "--", "-q"), ["python", "-m", "unittest", "-q"]),
    ],
)
def test_a_command_joins_the_development_container_that_runs(
    typed: tuple[str, ...], words: list[str], shanty: Typing, fakes: Fakes, development: str
) -> None:
    answer = shanty(*typed)
    (line,) = answer.announced
    assert shlex.split(line)[:3] == ["docker", "exec", "--interactive"]
    assert shlex.split(line)[-len(words) - 1 :] == [development, *words]
    assert answer.announced == fakes.changes


def test_a_command_that_joins_takes_variables_whose_values_show_nowhere(
    shanty: Typing, fakes: Fakes, development: str
) -> None:
    answer = shanty("run", "--env", f"TOKEN={SECRET}", "--", "env")
    assert " --env TOKEN --env SHANTY_RUN " in answer.announced[0]
    assert SECRET not in answer.stdout + answer.stderr
    assert fakes.environment("docker exec")["TOKEN"] == SECRET
    assert development in answer.announced[0]


def test_a_command_keeps_apart_from_a_container_on_another_lock(
    shanty: Typing, project: Project, development: str
) -> None:
    with project.lock_file.open("a", encoding="utf-8") as lock:
        lock.write("# another\n")
    answer = shanty("run", "--", "ls")
    assert [line.split()[1] for line in answer.announced] == ["buildx", "run"]
    assert f"shanty: {development} was started on another lock" in answer.stderr


def test_a_shell_of_another_target_joins_nothing(shanty: Typing, development: str) -> None:
    answer = shanty("shell", "--target", "production")
    assert answer.announced[-1].startswith("docker run ")
    assert development not in answer.announced[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_what_was_joined_ends_in_its_container_when_a_signal_comes(
    number: signal.Signals, fakes: Fakes, development: str
) -> None:
    fakes.answer(reply("docker exec --interactive", holds=True))
    with running("run", "--", "sleep", "60") as process:
        fakes.wait_for("holding")
        os.killpg(process.pid, number)
        assert process.wait(DEADLINE_SECONDS) == 130
    mark = fakes.environment("docker exec --interactive")["SHANTY_RUN"]
    assert fakes.calls[-1][:3] == ["docker", "exec", development]
    assert fakes.calls[-1][-1] == mark


@pytest.mark.parametrize("code", [0, 1, 130])
def test_what_was_joined_passes_its_code_on(
    code: int, shanty: Typing, fakes: Fakes, development: str
) -> None:
    fakes.answer(reply("docker exec --interactive", code=code))
    assert shanty("run", "--", "true").code == code
    assert development in fakes.calls[-1]


def test_dev_names_the_server_that_the_project_has_at_another_port(
    shanty: Typing, development: str, port: int
) -> None:
    said = shanty("dev", "--port", str(port)).stderr
    assert f"{development} serves this project too: running http://127.0.0.1:8888/" in said


def running_at(
    port: int, project: Project, fakes: Fakes, *, removed: bool, lock: str = "old"
) -> str:
    """Let a development server run at a port; return its name."""
    name = f"harbour-dev-{port}"
    own = f"--filter label=shanty.project={project.id}"
    fakes.answer(
        listed([name], f"--filter publish={port}"),
        listed([name], own),
        container(name, lock, removed=removed),
    )
    return name


def test_a_detached_server_makes_room_for_one_on_the_lock_as_it_is(
    shanty: Typing, project: Project, fakes: Fakes, taken: int
) -> None:
    name = running_at(taken, project, fakes, removed=False)
    own = listed([], f"--filter label=shanty.project={project.id}")
    fakes.answer(reply("docker stop", then=(own,)))
    answer = shanty("dev", "--port", str(taken))
    verbs = [line.split()[1] for line in answer.announced]
    assert verbs == ["buildx", "stop", "run"]
    assert f"shanty: {name} was started on another lock: a new one takes its place" in answer.stderr
    assert "too" not in answer.stderr


@pytest.mark.parametrize("removed", [True, False])
def test_a_server_in_the_foreground_or_on_this_lock_keeps_its_port(
    removed: bool,  # noqa: FBT001
    shanty: Typing,
    project: Project,
    fakes: Fakes,
    taken: int,
) -> None:
    lock = hashlib.sha256(project.lock_file.read_bytes()).hexdigest()
    name = running_at(taken, project, fakes, removed=removed, lock="old" if removed else lock)
    what, fix = refusal(shanty("dev", "--port", str(taken)), 3)
    assert f"taken by {name}, which serves this project at" in what
    assert fix.startswith("shanty stop")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["name=seccomp,profile=builtin", "name=rootless"], "--user 0:0 "),
        (["name=userns"], f"--user {os.getuid()}:{os.getgid()} --userns host "),
        (["name=selinux"], f"--user {os.getuid()}:{os.getgid()} --security-opt label=disable "),
    ],
)
def test_new_files_are_the_callers_on_every_engine(
    options: list[str], words: str, shanty: Typing, fakes: Fakes
) -> None:
    fakes.answer(reply("docker system info", json.dumps({"SecurityOptions": options})))
    assert f" {words}" in shanty("run", "--", "ls").announced[-1]


@pytest.mark.parametrize("words", CONTAINING)
def test_without_a_terminal_none_is_asked_for(
    words: tuple[str, ...], shanty: Typing, fakes: Fakes, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    monkeypatch.setenv("SHANTY_PORT", str(port))
    assert shanty(*words).code == 0
    assert "--tty" not in fakes.changes[-1]


def test_dev_takes_answers_at_a_terminal_and_its_end_is_an_interrupt(
    fakes: Fakes, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    monkeypatch.setenv("SHANTY_PORT", str(port))
    code, _ = at_a_terminal("dev")
    assert code == 130
    assert " --init --interactive --tty " in fakes.changes[-1]


def test_a_terminal_is_passed_on(fakes: Fakes) -> None:
    code, said = at_a_terminal("run", "--", "ls")
    assert code == 0
    assert " --tty " in fakes.changes[-1]
    assert "\x1b[1mshanty >\x1b[0m docker run " in said


def test_no_color_is_honoured_at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    code, said = at_a_terminal("run", "--", "ls")
    assert code == 0
    assert "shanty > docker run " in said
    assert "\x1b" not in said


def test_a_container_that_has_ended_makes_room_for_the_next(
    shanty: Typing, fakes: Fakes, port: int, project: Project
) -> None:
    name = f"harbour-prod-{port}"
    fakes.answer(
        listed([name, "harbour-dev-1"]),
        container(name, project=project.id, Running=False, Status="exited"),
        container("harbour-dev-1"),
    )
    assert shanty("prod", "--port", str(port)).code == 0
    assert fakes.changes[1] == f"docker rm --force --volumes {name}"


def test_a_container_that_runs_is_not_taken_away_for_another(
    shanty: Typing, fakes: Fakes, port: int, project: Project
) -> None:
    name = f"harbour-prod-{port}"
    fakes.answer(listed([name], ""), listed([name]), container(name, project=project.id))
    answer = shanty("prod", "--port", str(port))
    assert answer.code == 3
    assert name in answer.stderr.splitlines()[-2]
    assert answer.stderr.splitlines()[-1] == "fix: shanty stop"
    assert not any(line.startswith(("docker rm", "docker run")) for line in fakes.changes)


# Environment


@pytest.mark.parametrize("words", CONTAINING)
def test_the_value_of_a_variable_shows_in_no_line_and_no_output(
    words: tuple[str, ...], shanty: Typing, fakes: Fakes, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    monkeypatch.setenv("SHANTY_PORT", str(port))
    monkeypatch.setenv("OWN", "a value of the caller's")
    task, *rest = words
    answer = shanty(task, "--env", f"SECRET={SECRET}", "--env", "OWN", *rest)
    assert answer.code == 0
    assert SECRET not in answer.stdout + answer.stderr + str(fakes.calls)
    assert " --env SECRET --env OWN " in fakes.changes[-1]
    assert fakes.environment("docker run")["SECRET"] == SECRET
    assert fakes.environment("docker run")["OWN"] == "a value of the caller's"


@pytest.mark.parametrize("task", SERVING)
def test_the_value_of_a_variable_shows_in_no_fault(
    task: str, shanty: Typing, fakes: Fakes, port: int
) -> None:
    fakes.answer(reply("docker run", code=1))
    answer = shanty(task, "--port", str(port), "--env", f"SECRET={SECRET}")
    assert answer.code == 1
    assert SECRET not in answer.stdout + answer.stderr


@pytest.mark.parametrize("name", ["PATH", "HOME", "DOCKER_HOST"])
def test_a_variable_of_the_container_does_not_lead_the_docker_command_astray(
    name: str, shanty: Typing, fakes: Fakes
) -> None:
    here = os.environ.get(name)
    assert shanty("run", "--env", f"{name}=/elsewhere", "--", "ls").code == 0
    assert fakes.environment("docker run").get(name) == here


def test_a_file_of_variables_counts_from_where_the_person_stands(
    shanty: Typing, project: Project, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root / "src")
    Path("local.env").write_text("A=1\n", encoding="utf-8")
    assert shanty("run", "--env-file", "local.env", "--", "ls").code == 0
    assert " --env-file local.env " in fakes.changes[-1]


def test_a_file_of_variables_in_the_settings_counts_from_the_project(
    shanty: Typing, project: Project, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.root / "src")
    monkeypatch.setenv("SHANTY_ENV_FILE", "local.env")
    (project.root / "local.env").write_text("A=1\n", encoding="utf-8")
    assert shanty("run", "--", "ls").code == 0
    assert f" --env-file {project.root}/local.env " in fakes.changes[-1]


# --detach


def test_detached_production_returns_once_it_is_healthy(
    shanty: Typing, project: Project, fakes: Fakes, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shanty.waiting.POLL_SECONDS", 0)
    name = f"harbour-prod-{port}"
    starting = container(name, Health={"Status": "starting"})
    fakes.answer(replace(starting, then=(container(name, Health={"Status": "healthy"}),)))
    answer = shanty("prod", "--detach", "--port", str(port))
    assert answer.code == 0
    assert answer.stdout == f"http://127.0.0.1:{port}/  ({name}; shanty stop stops it)\n"
    words = f"{HELD} {publish(port)} harbour:production"
    assert answer.announced == fakes.changes
    assert fakes.changes[1] == run_line(project, "prod", name, words, "--detach")


def test_detached_development_returns_once_it_answers(
    shanty: Typing, fakes: Fakes, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "answers", lambda host, at: (host, at) == ("127.0.0.1", port))
    answer = shanty("dev", "--detach", "--port", str(port))
    assert answer.code == 0
    assert answer.stdout.startswith(f"http://127.0.0.1:{port}/  (harbour-dev-{port}; ")
    assert "docker run --detach " in fakes.changes[-1]


def test_where_an_editor_attaches_is_said_and_published(
    shanty: Typing, fakes: Fakes, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "answers", lambda *_: True)
    attach = free_port()
    words = ("dev", "--port", str(port), "--debug-port", str(attach))
    answer = shanty(*words, "--detach")
    assert answer.stdout.splitlines()[1:] == [f"debugger: 127.0.0.1:{attach} (attach)"]
    published = f"--env SHANTY_DEBUG_PORT={attach} --publish 127.0.0.1:{attach}:{attach}"
    assert f"{published} harbour:development" in fakes.changes[-1]
    assert f"debugger: 127.0.0.1:{attach} (attach)" in shanty(*words).stderr
    assert "SHANTY_DEBUG_PORT=5678 " in shanty("--dry", "dev", "--debug").stdout


def test_for_others_than_this_machine_the_browser_has_no_debugger(
    shanty: Typing, fakes: Fakes, port: int
) -> None:
    said = shanty("dev", "--port", str(port), "--host", "0.0.0.0").stderr  # noqa: S104
    line = "shanty: --host 0.0.0.0: no debugger in the browser, for others reach it there"
    assert line in said.splitlines()
    assert "--env FLASK_RUN_DEBUGGER=0 " in fakes.changes[-1]


@pytest.mark.parametrize(
    ("log", "told"),
    [
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/srv/media/visits'\n",
            [
                "its first page is an error of its own: there is no /srv/media/visits in the image",
                "fix: let it make what it needs below /tmp, or add the file to the project",
            ],
        ),
        ("Booting worker\n", ["its first page is an error of its own: see shanty logs"]),
    ],
)
def test_an_app_that_starts_and_fails_at_its_first_page_is_told_why(  # noqa: PLR0913
    shanty: Typing,
    fakes: Fakes,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
    *,
    log: str,
    told: list[str],
) -> None:
    monkeypatch.setattr(engine, "is_at_fault", lambda host, at: (host, at) == ("127.0.0.1", port))
    name = f"harbour-prod-{port}"
    fakes.answer(container(name, Health={"Status": "healthy"}), reply("docker container logs", log))
    answer = shanty("prod", "--detach", "--port", str(port))
    assert answer.code == 0
    assert answer.stderr.splitlines()[-len(told) :] == [f"shanty: {told[0]}", *told[1:]]


def test_a_detached_container_that_never_is_ready_is_taken_away(
    shanty: Typing, fakes: Fakes, port: int
) -> None:
    name = f"harbour-prod-{port}"
    fakes.answer(
        container(name, Running=False, ExitCode=4), reply("docker container logs", "No such app\n")
    )
    answer = shanty("prod", "--detach", "--port", str(port))
    assert answer.code == 1
    assert answer.stderr.splitlines()[-3:] == [
        "No such app",
        f"{name} ended with exit code 4 before it answered",
        "fix: mend what its log names above",
    ]
    assert fakes.changes[-1] == f"docker rm --force --volumes {name}"


def test_an_interrupted_wait_takes_the_container_away_and_ends_with_130(
    shanty: Typing, fakes: Fakes, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shanty.serving.wait_until", interrupt)
    answer = shanty("prod", "--detach", "--port", str(port))
    assert (answer.code, answer.stderr.splitlines()[-1]) == (130, "interrupted")
    assert fakes.changes[-1] == f"docker rm --force --volumes harbour-prod-{port}"


@pytest.mark.parametrize("words", [("prod", "--detach"), ("prod",), ("dev",)])
@pytest.mark.parametrize(
    ("said", "code", "what"),
    [
        ("docker: no space left on device\n", 3, "the engine's disk is full"),
        ("docker: all went wrong\n", 1, "harbour-{task}-{port} was not started: all went wrong"),
    ],
)
def test_a_container_that_does_not_start_is_told_with_the_reason(  # noqa: PLR0913, PLR0917
    said: str,
    code: int,
    what: str,
    words: tuple[str, ...],
    shanty: Typing,
    fakes: Fakes,
    port: int,
) -> None:
    fakes.answer(reply("docker run", stderr=said, code=125))
    answer = shanty(*words, "--port", str(port))
    told, fix = answer.stderr.splitlines()[-2:]
    assert (answer.code, told) == (code, what.format(task=words[0], port=port))
    assert fix.startswith("fix: ")
    removed = f"docker rm --force --volumes harbour-{words[0]}-{port}"
    assert (fakes.changes[-1] == removed) is ("--detach" in words)


# --dry


@pytest.mark.parametrize(
    "words",
    [
        ("build",),
        ("dev",),
        ("dev", "--detach"),
        ("prod",),
        ("prod", "--detach"),
        ("run", "--", "ls"),
        ("python",),
        ("shell",),
    ],
)
def test_a_dry_run_prints_what_would_be_run_and_runs_nothing(
    words: tuple[str, ...], shanty: Typing, fakes: Fakes, monkeypatch: pytest.MonkeyPatch, port: int
) -> None:
    monkeypatch.setenv("SHANTY_PORT", str(port))
    answer = shanty("--dry", *words)
    assert (answer.code, fakes.changes) == (0, [])
    assert "shanty > " not in answer.stderr
    lines = answer.stdout.splitlines()
    assert all(line.startswith("shanty > docker ") for line in lines)
    verbs = [line.split()[3] for line in lines]
    assert verbs == (["buildx"] if words == ("build",) else ["buildx", "run"])


@pytest.mark.parametrize("lacking", [no_server(), server("20.10.24")])
def test_a_dry_run_needs_no_engine(
    lacking: Reply, shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(lacking)
    answer = shanty("--dry", "build")
    assert answer.stdout == f"shanty > {build_line(project, 'production', base='')}\n"


def test_what_is_mounted_is_known_without_an_engine_in_a_dry_run_alone(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(reply("docker system info", stderr=NO_ENGINE, code=1))
    assert mount(project) in shanty("--dry", "run", "--", "ls").stdout
    assert refusal(shanty("run", "--", "ls"), 3)[1] == "shanty setup"


def test_a_dry_run_prints_the_pull_that_would_come_first(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(no_image())
    answer = shanty("--dry", "build")
    assert answer.stdout.splitlines()[0] == f"shanty > docker pull {BASE_IMAGE}"
    assert fakes.changes == []


@pytest.mark.parametrize("words", [("stop",), ("clean", "--images"), ("logs",)])
def test_a_dry_run_of_what_ends_containers_prints_commands_alone(
    words: tuple[str, ...], shanty: Typing, fakes: Fakes
) -> None:
    fakes.answer(*two_containers(), *one_image())
    answer = shanty("--dry", *words)
    assert (answer.code, fakes.changes) == (0, [])
    assert "shanty > " not in answer.stderr
    assert all(line.startswith("shanty > docker ") for line in answer.stdout.splitlines())


def test_a_dry_run_takes_a_port_that_is_taken(shanty: Typing, taken: int) -> None:
    assert shanty("--dry", "dev", "--port", str(taken)).code == 0


# What is refused


def spoil_toml(project: Project) -> None:
    project.pyproject_file.write_text("[project\n", encoding="utf-8")


def drop_poetry(project: Project) -> None:
    project.pyproject_file.write_text('[project]\nname = "harbour"\n', encoding="utf-8")
    project.lock_file.unlink()


def drop_lock(project: Project) -> None:
    project.lock_file.unlink()


def age_lock(project: Project) -> None:
    text = project.pyproject_file.read_text(encoding="utf-8")
    older = text.replace('version = "1.0"', 'version = "1.0"\ndependencies = ["flask"]')
    project.pyproject_file.write_text(older, encoding="utf-8")


def age_poetry(project: Project) -> None:
    """Let the lock be one of a Poetry that knows no [project] table."""
    text = project.lock_file.read_text(encoding="utf-8")
    project.lock_file.write_text(text.replace("Poetry 2.5.1", "Poetry 1.8.5"), encoding="utf-8")


def declare_readme(project: Project) -> None:
    text = project.pyproject_file.read_text(encoding="utf-8")
    declared = text.replace('version = "1.0"', 'version = "1.0"\nreadme = "README.md"')
    project.pyproject_file.write_text(declared, encoding="utf-8")


def drop_app(project: Project) -> None:
    (project.root / "src/harbour/__init__.py").write_text("", encoding="utf-8")


def add_setting(line: str) -> Callable[[Project], None]:
    def change(project: Project) -> None:
        text = project.pyproject_file.read_text(encoding="utf-8")
        changed = text.replace("[tool.shanty]\n", f"[tool.shanty]\n{line}\n")
        project.pyproject_file.write_text(changed, encoding="utf-8")

    return change


@pytest.mark.parametrize(
    ("spoil", "what", "fix"),
    [
        (spoil_toml, "{file}:1:9: invalid TOML", "mend line 1"),
        (drop_poetry, "{file} is not a Poetry project", "go to the folder of a Poetry project"),
        (drop_lock, "{root}/poetry.lock", ""),
        (age_lock, "{root}/poetry.lock is stale", "shanty lock"),
        (age_poetry, "Poetry 1.8.5 does not know the [project] table", "set [tool.shanty] poetry"),
        (declare_readme, "{file}: [project] readme = 'README.md', and", "write README.md"),
        (drop_app, "no app found", "name it in {file}: [tool.shanty] app = "),
        (add_setting("prot = 1"), "{file}: [tool.shanty] knows no key 'prot'", "write port"),
        (add_setting('app = "harbour:make_app()"'), 'app = "harbour:make_app()"', "the source"),
        (add_setting('app = "harbour"'), 'app = "harbour" names no callable', "write it as"),
        (add_setting('env-file = "a.env"'), "there is no environment file {root}/a.env", "write"),
    ],
)
def test_a_project_that_cannot_be_built_ends_with_2_and_stays_as_it_is(  # noqa: PLR0913, PLR0917
    spoil: Callable[[Project], None],
    what: str,
    fix: str,
    shanty: Typing,
    project: Project,
    fakes: Fakes,
    port: int,
) -> None:
    spoil(project)
    before = contents(project.root)
    told = refusal(shanty("prod", "--port", str(port)), 2)
    places = {"root": project.root, "file": project.pyproject_file}
    assert told[0].startswith(what.format(**places))
    assert told[1].startswith(fix.format(**places))
    assert contents(project.root) == before
    assert fakes.changes == []


def test_a_port_in_the_settings_is_held_to_the_same(shanty: Typing, project: Project) -> None:
    add_setting("port = 70000")(project)
    assert refusal(shanty("dev"), 2) == (
        f"{project.pyproject_file}: port = '70000' is no port",
        "give a whole number from 1 to 65535",
    )


def test_a_lock_that_is_missing_is_to_be_written(shanty: Typing, project: Project) -> None:
    drop_lock(project)
    add_setting('poetry-version = "2.5.1"')(project)
    assert refusal(shanty("build"), 2) == (
        f"{project.lock_file} is missing: an image is built from what the lock says",
        "shanty lock",
    )


def test_a_place_without_a_project_ends_with_2(
    shanty: Typing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nowhere").mkdir()
    monkeypatch.chdir(tmp_path / "nowhere")
    assert refusal(shanty("build"), 2) == (
        f"no pyproject.toml in {tmp_path / 'nowhere'} or above it",
        "go to the folder of a Poetry project, or make one here with: poetry init",
    )


@pytest.mark.parametrize(
    ("words", "what", "fix"),
    [
        (
            ("dev", "--port", "abc"),
            "--port: port = 'abc' is no port",
            "give a whole number from 1 to 65535",
        ),
        (
            ("prod", "--port", "0"),
            "--port: port = '0' is no port",
            "give a whole number from 1 to 65535",
        ),
        (
            ("prod", "--port", "70000"),
            "--port: port = '70000' is no port",
            "give a whole number from 1 to 65535",
        ),
        (
            ("build", "--target", "staged"),
            "there is no target 'staged'",
            "use one of staging, development, build, production",
        ),
        (
            ("shell", "--target", "staged"),
            "there is no target 'staged'",
            "use one of staging, development, build, production",
        ),
        (("run",), "no command to run", "shanty run -- CMD …"),
        (("run", "--"), "no command to run", "shanty run -- CMD …"),
        (
            ("python", "--env", "=value"),
            "--env '=…' names no variable",
            "write --env KEY=VALUE",
        ),
        (("dev", "--env", ""), "--env '' names no variable", "write --env KEY=VALUE"),
        (
            ("dev", "--env-file", "none.env"),
            "there is no environment file none.env",
            "write one, or name another with --env-file",
        ),
        (("prod", "--workers", "0"), "--workers '0' is no number of workers", "give 1 or more"),
        (("prod", "--workers=-1"), "--workers '-1' is no number of workers", "give 1 or more"),
        (("prod", "--workers", "²"), "--workers '²' is no number of workers", "give 1 or more"),
        (
            ("prod", "--memory", "lots"),
            "--memory 'lots' is no amount of memory",
            "give a number with b, k, m or g after it, as in --memory 512m",
        ),
        (
            ("prod", "--cpus", "0"),
            "--cpus '0' is no number of processors",
            "give 0.01 or more, as in --cpus 1.5",
        ),
        (
            ("dev", "--host", "192.0.2.1"),
            "--host 192.0.2.1 is no address of this machine",
            "use 127.0.0.1",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_2_before_anything_is_done(  # noqa: PLR0913, PLR0917
    words: tuple[str, ...],
    what: str,
    fix: str,
    shanty: Typing,
    project: Project,
    fakes: Fakes,
) -> None:
    before = contents(project.root)
    assert refusal(shanty(*words), 2) == (what, fix)
    assert contents(project.root) == before
    assert fakes.changes == []


def test_a_variable_without_a_name_keeps_its_value_to_itself(shanty: Typing) -> None:
    answer = shanty("run", "--env", f"={SECRET}", "--", "ls")
    assert answer.code == 2
    assert SECRET not in answer.stdout + answer.stderr


@pytest.mark.parametrize("task", SERVING)
def test_a_port_that_a_process_has_ends_with_3(
    task: str, shanty: Typing, fakes: Fakes, taken: int
) -> None:
    what, fix = refusal(shanty(task, "--port", str(taken)), 3)
    assert what == f"port {taken} is taken by {psutil.Process().name()} (process {os.getpid()})"
    # Others on this machine may have the next one.
    assert taken < int(fix.removeprefix("choose another: --port ")) <= taken + 20
    assert fakes.changes == []


@pytest.mark.parametrize("task", SERVING)
def test_a_port_that_a_container_has_ends_with_3(
    task: str, shanty: Typing, fakes: Fakes, taken: int
) -> None:
    fakes.answer(listed(["quay-dev-1"], f"--filter publish={taken}"), container("quay-dev-1"))
    assert refusal(shanty(task, "--port", str(taken)), 3) == (
        f"port {taken} is taken by the container quay-dev-1",
        f"choose another: --port {taken + 1}",
    )
    assert fakes.changes == []


@pytest.mark.parametrize(
    ("lacking", "what", "fix"),
    [
        (no_server(), f"no Docker engine answers: {NO_ENGINE.strip()}", "shanty setup"),
        (
            no_server(NOT_LET_IN),
            f"the Docker engine does not let you in: {NOT_LET_IN.strip()}",
            'sudo usermod --append --groups docker "$USER"  # then log in again',
        ),
        (
            server("24.0.9"),
            "the Docker engine of this machine is 24.0.9; 25 or newer is needed",
            "shanty setup",
        ),
    ],
)
@pytest.mark.parametrize("words", [("build",), ("run", "--", "ls"), ("prod",)])
def test_a_machine_that_is_not_ready_ends_with_3(  # noqa: PLR0913, PLR0917
    words: tuple[str, ...],
    lacking: Reply,
    what: str,
    fix: str,
    shanty: Typing,
    fakes: Fakes,
    monkeypatch: pytest.MonkeyPatch,
    port: int,
) -> None:
    monkeypatch.setenv("SHANTY_PORT", str(port))
    fakes.answer(lacking)
    assert refusal(shanty(*words), 3) == (what, fix)
    assert fakes.changes == []


@pytest.mark.parametrize(
    ("version", "what"),
    [
        (
            reply("docker buildx version", stderr="docker: unknown command", code=1),
            "docker has no buildx plugin",
        ),
        (
            reply("docker buildx version", "github.com/docker/buildx v0.8.2 abc\n"),
            "docker's buildx plugin is v0.8.2; 0.12 or newer is needed",
        ),
    ],
)
def test_a_plugin_that_cannot_build_is_looked_at_once_it_has_failed(
    version: Reply, what: str, shanty: Typing, fakes: Fakes
) -> None:
    fakes.answer(version)
    shanty("build")
    fakes.answer(reply("docker buildx build", stderr="unknown flag\n", code=125))
    done = shanty("build")
    assert (done.code, done.stderr.splitlines()[-2:]) == (3, [what, "fix: shanty setup"])


@pytest.mark.parametrize(
    "words", [("build",), ("run", "--", "ls"), ("ps",), ("logs",), ("stop",), ("clean",)]
)
def test_a_machine_without_the_docker_command_ends_with_3(
    words: tuple[str, ...], shanty: Typing, fakes: Fakes
) -> None:
    fakes.remove("docker")
    assert refusal(shanty(*words), 3) == (
        "there is no docker command on this machine",
        "shanty setup",
    )


# Containers and images of the project


def two_containers() -> tuple[Reply, ...]:
    """Return what the engine has: a server that runs, and a shell that has ended."""
    both = ["harbour-prod-8888", "harbour-shell-1"]
    ended = {"Running": False, "Status": "exited"}
    return (
        listed(both[:1], ""),
        listed(both),
        container(both[0], Health={"Status": "healthy"}),
        container(both[1], **ended),
    )


def one_image() -> tuple[Reply, ...]:
    """Return what the engine has: one image."""
    image = {"Id": "sha256:1", "Size": 163_434_190, "RepoTags": ["harbour:production"]}
    return (
        reply("docker image list", "sha256:1\n"),
        reply("docker image inspect sha256:1", json.dumps([image])),
    )


def test_ps_lists_containers_and_images(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(*two_containers(), *one_image())
    answer = shanty("ps")
    assert (answer.code, fakes.changes) == (0, [])
    assert "shanty > " not in answer.stderr
    assert [line.split() for line in answer.stdout.splitlines()] == [
        ["harbour-prod-8888", "prod", "healthy", "http://127.0.0.1:8888/"],
        ["harbour-shell-1", "shell", "exited", "http://127.0.0.1:8888/"],
        ["harbour:production", "image", "163", "MB"],
    ]


@pytest.mark.parametrize(("words", "option"), [((), ""), (("--follow",), "--follow ")])
def test_logs_shows_the_log_of_the_newest_container(
    words: tuple[str, ...], option: str, shanty: Typing, fakes: Fakes
) -> None:
    fakes.answer(*two_containers(), reply("docker logs", "Listening\n"))
    answer = shanty("logs", *words)
    assert (answer.code, answer.stdout) == (0, "Listening\n")
    assert answer.announced == fakes.changes == [f"docker logs {option}harbour-prod-8888"]


def test_logs_of_no_container_end_with_1(shanty: Typing) -> None:
    assert refusal(shanty("logs"), 1) == (
        "this project has no container",
        "shanty dev --detach",
    )


def test_stop_stops_what_runs(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(*two_containers())
    answer = shanty("stop")
    assert answer.stdout == "stopped: harbour-prod-8888\n"
    assert answer.announced == fakes.changes == ["docker stop harbour-prod-8888"]


def test_stop_where_nothing_runs_says_so(shanty: Typing, fakes: Fakes) -> None:
    answer = shanty("stop")
    assert (answer.code, answer.stdout) == (0, "stopped: nothing was running\n")
    assert fakes.changes == []


def test_clean_removes_containers_and_leaves_images(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(*two_containers(), *one_image())
    answer = shanty("clean")
    assert answer.stdout == "removed: harbour-prod-8888, harbour-shell-1\n"
    assert (
        answer.announced
        == fakes.changes
        == ["docker rm --force --volumes harbour-prod-8888 harbour-shell-1"]
    )


def test_clean_removes_images_when_asked_and_what_their_builds_kept(
    shanty: Typing, fakes: Fakes, cache_folder: Path
) -> None:
    assert shanty("build").code == 0
    kept = cache_folder / "shanty"
    assert [file.name for file in kept.glob("*/Dockerfile")] == ["Dockerfile"]
    fakes.answer(*one_image())
    answer = shanty("clean", "--images")
    assert answer.stdout == "removed: harbour:production\n"
    assert answer.announced == ["docker image rm --force harbour:production"]
    assert list(kept.iterdir()) == []


def test_clean_where_nothing_is_left_says_so(shanty: Typing, fakes: Fakes) -> None:
    assert shanty("clean", "--images").stdout == "removed: nothing was left\n"
    assert fakes.changes == []


def test_what_docker_does_not_stop_ends_with_1(shanty: Typing, fakes: Fakes) -> None:
    fakes.answer(*two_containers(), reply("docker stop", code=1))
    assert refusal(shanty("stop"), 1) == ("docker stop harbour-prod-8888 failed", "shanty ps")


# sync


OLD_POETRY = PYPROJECT + '\n[tool.poetry]\nrequires-poetry = ">=2.6"\n'


def test_sync_makes_copies_follow_and_says_which(shanty: Typing, project: Project) -> None:
    project.pyproject_file.write_text(OLD_POETRY, encoding="utf-8")
    answer = shanty("sync")
    assert (answer.code, answer.stderr) == (0, "")
    assert answer.stdout == "pyproject.toml:14: requires-poetry is now >=2.5.1, was >=2.6\n"
    text = project.pyproject_file.read_text(encoding="utf-8")
    assert text == OLD_POETRY.replace(">=2.6", ">=2.5.1")
    assert shanty("sync").stdout == "every copy agrees: Poetry 2.5.1, Python 3.13\n"


def test_sync_that_only_checks_ends_with_1_and_changes_nothing(
    shanty: Typing, project: Project
) -> None:
    project.pyproject_file.write_text(OLD_POETRY, encoding="utf-8")
    before = contents(project.root)
    answer = shanty("sync", "--check")
    assert answer.code == 1
    assert answer.stdout == "pyproject.toml:14: requires-poetry is >=2.6, wanted >=2.5.1\n"
    assert answer.stderr == "1 copy differs\nfix: shanty sync\n"
    assert contents(project.root) == before


def test_sync_that_only_checks_is_content_with_copies_that_agree(shanty: Typing) -> None:
    answer = shanty("sync", "--check")
    agreed = "every copy agrees: Poetry 2.5.1, Python 3.13\n"
    assert (answer.code, answer.stdout, answer.stderr) == (0, agreed, "")


def test_sync_refuses_a_python_that_the_project_does_not_admit(
    shanty: Typing, project: Project
) -> None:
    before = contents(project.root)
    what, _ = refusal(shanty("sync", "--python-version", "2.7"), 2)
    assert what == "python-version 2.7 is outside requires-python = '>=3.11,<4.0'"
    assert contents(project.root) == before


def test_a_variable_without_a_value_is_refused_where_it_is_not_set(shanty: Typing) -> None:
    assert refusal(shanty("run", "--env", "NOT_SET_HERE", "--", "ls"), 2) == (
        "--env NOT_SET_HERE: NOT_SET_HERE is not set here",
        "--env NOT_SET_HERE=VALUE",
    )


def test_development_has_the_machine_s_ca_bundle(
    shanty: Typing, fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "ca.crt"
    bundle.write_text("", encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    shanty("run", "--", "ls")
    assert f"--mount type=bind,source={bundle},target=/run/secrets/ca,readonly" in fakes.changes[-1]
    assert "--env REQUESTS_CA_BUNDLE=/run/secrets/ca" in fakes.changes[-1]


def test_a_dry_sync_changes_nothing(shanty: Typing, project: Project) -> None:
    project.pyproject_file.write_text(OLD_POETRY, encoding="utf-8")
    before = contents(project.root)
    answer = shanty("--dry", "sync", "--python-version", "3.12")
    assert answer.code == 0
    assert "requires-poetry is >=2.6, wanted >=2.5.1" in answer.stdout
    assert contents(project.root) == before


def test_sync_writes_the_versions_that_are_typed(shanty: Typing, project: Project) -> None:
    answer = shanty("sync", "--python-version", "3.12", "--poetry-version", "2.6.0")
    assert answer.code == 0
    assert answer.stdout == (
        "pyproject.toml: poetry-version is now 2.6.0\n"
        "pyproject.toml: python-version is now 3.12\n"
        "poetry.lock was written by Poetry 2.5.1, not 2.6.0: a re-lock is due "
        "(shanty lock)\n"
    )
    text = project.pyproject_file.read_text(encoding="utf-8")
    wanted = 'python-version = "3.12"\npoetry-version = "2.6.0"\n'
    assert text == PYPROJECT.replace('python-version = "3.13"\n', wanted)


def test_sync_without_a_lock_follows_the_settings(shanty: Typing, project: Project) -> None:
    drop_lock(project)
    assert shanty("sync", "--poetry-version", "2.5.1").stdout == (
        "pyproject.toml: poetry-version is now 2.5.1\n"
    )


# verify


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what a proof is asked for, of which one check fails where there is something."""
    asked: list[object] = []
    ok = Check("rights/user", passed=True, evidence=("the user is 10001",))
    failed = Check("process/stop", passed=False, evidence=("it took 3.0 s",))

    def verify(
        workflow: Workflow, image: str | None, options: ContainerOptions, sbom: str | None
    ) -> list[Check]:
        asked.extend((workflow.project.name, image, options, sbom))
        return [ok, failed] if image == "harbour:bad" else [ok]

    monkeypatch.setattr(verification, "verify", verify)
    return asked


def test_a_dry_verify_announces_a_container(shanty: Typing, fakes: Fakes) -> None:
    answer = shanty("--dry", "verify")
    assert answer.code == 0
    (line,) = answer.stdout.splitlines()
    assert line.startswith("shanty > docker run --detach --pull never --name harbour-verify-")
    assert line.endswith(" harbour:production")
    assert fakes.changes == []


def test_verify_shows_each_check_and_ends_well_when_all_are_passed(
    shanty: Typing, verified: list[object]
) -> None:
    answer = shanty("verify", "--env", "QUAY=1")
    line = "ok        rights/user             the user is 10001\n"
    assert answer == Answer(0, line, "")
    assert verified == ["harbour", None, ContainerOptions(env=("QUAY=1",), detach=True), None]


def test_verify_holds_a_bill_that_is_given_against_the_image(
    shanty: Typing, verified: list[object], tmp_path: Path
) -> None:
    file = tmp_path / "bill.json"
    file.write_text('{"bomFormat": "CycloneDX"}', encoding="utf-8")
    assert shanty("verify", "--sbom", str(file)).code == 0
    assert verified[-1] == file.read_text(encoding="utf-8")


def test_verify_fails_after_it_has_shown_what_was_not_passed(
    shanty: Typing, verified: list[object]
) -> None:
    answer = shanty("verify", "--image", "harbour:bad")
    assert verified[1] == "harbour:bad"
    assert answer.code == 1
    assert answer.stdout.splitlines()[1] == "failed    process/stop            it took 3.0 s"
    assert answer.stderr == (
        "1 check of 2 not passed: process/stop\n"
        "fix: mend what is named above, then: shanty build && shanty verify\n"
    )


@pytest.mark.usefixtures("verified")
@pytest.mark.parametrize(
    ("words", "image", "passed"),
    [((), "harbour:production", True), (("--image", "harbour:bad"), "harbour:bad", False)],
)
def test_verify_for_a_script_is_json(
    shanty: Typing,
    words: tuple[str, ...],
    image: str,
    passed: bool,  # noqa: FBT001
) -> None:
    answer = shanty("verify", "--json", *words)
    told = json.loads(answer.stdout)
    assert (told["image"], told["passed"]) == (image, passed)
    assert answer.code == (0 if passed else 1)


DIGEST, OTHER = (f"sha256:{digit * 64}" for digit in "ab")
PINNED = f"{BASE_IMAGE}@{DIGEST}"
ASKED = "docker buildx imagetools inspect"


def name_base(project: Project, base_image: str) -> None:
    """Name a base image in the settings."""
    text = PYPROJECT.replace("[tool.shanty]", f'[tool.shanty]\nbase-image = "{base_image}"')
    project.pyproject_file.write_text(text, encoding="utf-8")


def named_base(project: Project) -> str | None:
    """Return the base image that the settings name."""
    named: str | None = read_toml(project.pyproject_file)["tool"]["shanty"].get("base-image")
    return named


def in_registry(digest: str) -> Reply:
    """Return what the client says of an image that a registry has."""
    return reply(ASKED, json.dumps({"digest": digest}))


NO_REGISTRY = reply(ASKED, stderr="ERROR: dial tcp: no such host\n", code=1)


def test_sync_pins_the_base_image_to_what_its_registry_has(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(in_registry(DIGEST))
    answer = shanty("sync", "--pin-base")
    assert (answer.code, answer.stdout) == (0, f"pyproject.toml: base-image is now {PINNED}\n")
    assert named_base(project) == PINNED
    assert fakes.changes == [f"{ASKED} --format '{{{{json .Manifest}}}}' {BASE_IMAGE}"]
    assert answer.announced == fakes.changes


def test_sync_renews_a_pin(shanty: Typing, project: Project, fakes: Fakes) -> None:
    name_base(project, PINNED)
    fakes.answer(in_registry(OTHER))
    assert shanty("sync", "--pin-base").code == 0
    assert named_base(project) == f"{BASE_IMAGE}@{OTHER}"


def test_sync_names_the_tag_that_nobody_wrote(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    name_base(project, "harbour/base")
    fakes.answer(in_registry(DIGEST))
    assert shanty("sync", "--pin-base").code == 0
    assert named_base(project) == f"harbour/base:latest@{DIGEST}"


def test_a_pin_reaches_the_dockerfile_that_the_project_owns(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    assert shanty("init").code == 0
    fakes.answer(in_registry(DIGEST))
    answer = shanty("sync", "--pin-base")
    assert answer.code == 0
    dockerfile = (project.root / "docker/Dockerfile").read_text(encoding="utf-8")
    assert f"ARG BASE_IMAGE={PINNED}\n" in dockerfile
    assert shanty("sync", "--check").code == 0


@pytest.mark.parametrize(
    ("base_image", "what", "fix"),
    [
        (
            OURS,
            f"base-image {OURS} was made on this machine: no registry has a digest for it",
            f'[tool.shanty] base-image = "{BASE_IMAGE}"',
        ),
        (
            f"python@{DIGEST}",
            f"base-image python@{DIGEST} has no tag, so no registry can say what it is by now",
            'write the tag before the digest, as in "python:TAG"',
        ),
    ],
)
def test_what_cannot_be_pinned_is_refused(
    shanty: Typing, project: Project, base_image: str, what: str, fix: str
) -> None:
    name_base(project, base_image)
    assert refusal(shanty("sync", "--pin-base"), 2) == (what, fix)
    assert named_base(project) == base_image


def test_a_pin_that_cannot_be_had_changes_nothing(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    fakes.answer(NO_REGISTRY)
    before = contents(project.root)
    what, _ = refusal(shanty("sync", "--pin-base", "--poetry-version", "2.5.0"), 3)
    assert what == f"the registry of {BASE_IMAGE} cannot be asked: dial tcp: no such host"
    assert contents(project.root) == before


def test_a_check_pins_nothing(shanty: Typing) -> None:
    assert refusal(shanty("sync", "--check", "--pin-base"), 2) == (
        "--check changes nothing, --pin-base does",
        "shanty sync --pin-base",
    )


def test_a_dry_pin_says_what_it_would_ask(shanty: Typing, project: Project, fakes: Fakes) -> None:
    name_base(project, PINNED)
    answer = shanty("--dry", "sync", "--pin-base")
    said = f"shanty > {ASKED} --format '{{{{json .Manifest}}}}' {BASE_IMAGE}"
    assert (answer.code, answer.stdout.splitlines()[0]) == (0, said)
    assert (fakes.changes, named_base(project)) == ([], PINNED)


def test_a_check_names_a_tag_that_has_moved(shanty: Typing, project: Project, fakes: Fakes) -> None:
    name_base(project, PINNED)
    fakes.answer(in_registry(OTHER))
    answer = shanty("sync", "--check")
    assert answer.code == 1
    assert answer.stdout == (
        f"pyproject.toml:7: base-image is {PINNED}, wanted {BASE_IMAGE}@{OTHER}: "
        "the tag has moved since\n"
    )
    assert answer.stderr.splitlines()[1:] == ["1 copy differs", "fix: shanty sync --pin-base"]
    assert named_base(project) == PINNED


def test_a_check_is_content_with_a_tag_that_has_not_moved(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    name_base(project, PINNED)
    fakes.answer(in_registry(DIGEST))
    assert shanty("sync", "--check").code == 0


def test_a_check_says_that_a_registry_could_not_be_asked(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    """That a registry is out of reach is no fault of the project's."""
    name_base(project, PINNED)
    fakes.answer(NO_REGISTRY)
    answer = shanty("sync", "--check")
    assert answer.code == 0
    assert answer.stderr.splitlines()[-1] == (
        f"shanty: the pin of {BASE_IMAGE} is not checked: the registry of {BASE_IMAGE} cannot be "
        "asked: dial tcp: no such host"
    )


def test_a_check_says_that_a_digest_without_a_tag_cannot_be_checked(
    shanty: Typing, project: Project
) -> None:
    name_base(project, f"python@{DIGEST}")
    answer = shanty("sync", "--check")
    assert answer.code == 0
    assert answer.stderr.startswith("shanty: the pin is not checked: base-image python@sha256:")


def test_a_check_fails_where_no_registry_has_the_image_any_more(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    name_base(project, PINNED)
    fakes.answer(reply(ASKED, stderr=f"ERROR: {BASE_IMAGE}: not found\n", code=1))
    assert shanty("sync", "--check").code == 2


def test_sync_asks_no_registry_for_a_pin_that_it_keeps(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    name_base(project, PINNED)
    assert shanty("sync").code == 0
    assert fakes.changes == []


def test_another_python_takes_the_pin_along(shanty: Typing, project: Project, fakes: Fakes) -> None:
    name_base(project, PINNED)
    fakes.answer(in_registry(OTHER))
    answer = shanty("sync", "--python-version", "3.14")
    assert answer.code == 0
    moved = f"python:3.14-slim@{OTHER}"
    assert answer.stdout == (
        "pyproject.toml: python-version is now 3.14\n"
        f"pyproject.toml:7: base-image is now {moved}, was {PINNED}\n"
    )
    assert named_base(project) == moved


def test_another_python_that_cannot_be_pinned_changes_nothing(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    name_base(project, PINNED)
    fakes.answer(NO_REGISTRY)
    before = contents(project.root)
    refusal(shanty("sync", "--python-version", "3.14"), 3)
    assert contents(project.root) == before


def test_a_pin_that_is_not_here_is_pulled_though_another_base_is(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    name_base(project, PINNED)
    fakes.answer(no_image(PINNED))
    answer = shanty("build")
    assert answer.code == 0
    assert answer.announced[0] == f"docker pull {PINNED}"
    assert f"--build-arg BASE_IMAGE={PINNED} " in answer.announced[1]
    assert f"--label org.opencontainers.image.base.digest={DIGEST} " in answer.announced[1]


def test_nothing_takes_the_place_of_a_pin_that_cannot_be_pulled(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    name_base(project, PINNED)
    fakes.answer(no_image(PINNED), reply("docker pull", code=1))
    assert refusal(shanty("build"), 3) == (
        f"the base image {PINNED} is pinned, and cannot be pulled",
        "shanty sync --pin-base, or take the digest out of [tool.shanty] base-image",
    )
    assert [line.split()[1] for line in fakes.changes] == ["pull"]


# config


def test_config_shows_each_setting_with_its_source(
    shanty: Typing, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHANTY_PORT", "5555")
    answer = shanty("config")
    rows = {line[:22].strip(): line[22:].split(maxsplit=1) for line in answer.stdout.splitlines()}
    assert (answer.code, answer.stderr) == (0, "")
    assert rows["port"] == ["5555", "SHANTY_PORT"]
    assert rows["python-version"] == ["3.13", str(project.pyproject_file)]
    assert rows["app"] == ["harbour:create_app()", "found in src/harbour/__init__.py"]
    assert rows["groups"] == ["main", "default"]
    assert rows["serve"] == ["—", "default"]
    assert rows["test-gate"] == ["false", "default"]


def test_config_for_a_script_is_json(shanty: Typing) -> None:
    rows = json.loads(shanty("config", "--json").stdout)
    assert rows["image"] == {"value": "harbour", "source": "the project's name"}
    assert rows["groups"] == {"value": ["main"], "source": "default"}
    assert rows["serve"] == {"value": None, "source": "default"}


# setup


def test_setup_on_a_machine_that_lacks_nothing_asks_and_changes_nothing(
    shanty: Typing, fakes: Fakes
) -> None:
    answer = shanty("setup")
    assert (answer.code, fakes.changes) == (0, [])
    assert "shanty > " not in answer.stderr
    assert answer.stdout == (
        f"engine: Docker 26.1.5, buildx 0.13.1+ds1\nbase image: {BASE_IMAGE}\n"
    )


@pytest.fixture
def stopped(fakes: Fakes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fakes:
    """Return the commands of a machine whose engine is installed but does not run."""
    monkeypatch.setattr(machine, "ENGINE_LOG", tmp_path / "dockerd.log")
    fakes.install("dockerd", "setsid", "systemctl", "sudo")
    running = server("26.1.5")
    commands = ("setsid", "systemctl", "sudo")
    fakes.answer(no_server(), *(reply(name, then=(running,)) for name in commands))
    return fakes


def test_setup_changes_nothing_where_nobody_can_be_asked(shanty: Typing, stopped: Fakes) -> None:
    assert refusal(shanty("setup"), 3) == (
        "Start the Docker engine: not done",
        "shanty setup --yes",
    )
    assert stopped.changes == []


def test_setup_with_yes_asks_nothing(shanty: Typing, stopped: Fakes) -> None:
    answer = shanty("setup", "--yes")
    assert answer.code == 0
    assert answer.announced == stopped.changes
    assert len(stopped.changes) == 1
    assert "?" not in answer.stdout


@pytest.mark.parametrize(
    ("typed", "agreed"), [("y", True), ("YES ", True), ("n", False), ("", False)]
)
def test_setup_asks_at_a_terminal_and_only_a_yes_is_one(
    typed: str,
    agreed: bool,  # noqa: FBT001
    shanty: Typing,
    stopped: Fakes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def type_in(question: str) -> str:
        asked.append(question)
        return typed

    monkeypatch.setattr("shanty.terminal.is_terminal", lambda: True)
    monkeypatch.setattr("builtins.input", type_in)
    assert shanty("setup").code == (0 if agreed else 3)
    assert asked == ["Start the Docker engine? [y/N] "]
    assert bool(stopped.changes) is agreed


def test_the_end_of_input_is_no_yes(
    shanty: Typing, stopped: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(_question: str) -> str:
        raise EOFError

    monkeypatch.setattr("shanty.terminal.is_terminal", lambda: True)
    monkeypatch.setattr("builtins.input", end)
    assert shanty("setup").code == 3
    assert stopped.changes == []


# What is found


def test_a_build_says_what_it_found_and_by_which_rule(shanty: Typing, project: Project) -> None:
    assert said(shanty("build")) == [
        "app harbour:create_app(): found in src/harbour/__init__.py",
        "server gunicorn 27.0.1, from the lock",
    ]
    add_setting('app = "harbour:create_app()"\nserve = "gunicorn $APP"')(project)
    assert said(shanty("build")) == []


def test_of_several_apps_it_is_said_what_settles_it(shanty: Typing, project: Project) -> None:
    source = project.root / "src/harbour/__init__.py"
    source.write_text(source.read_text("utf-8") + "app = Flask('x')\n", encoding="utf-8")
    assert said(shanty("build"))[0] == (
        "app harbour:app: found in src/harbour/__init__.py, the first of 2: "
        "an object before a factory; [tool.shanty] app settles it"
    )


def test_a_server_that_the_lock_lacks_is_said_to_be_fetched(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    text = project.lock_file.read_text(encoding="utf-8")
    project.lock_file.write_text(text.replace('"gunicorn"', '"blinker"'), encoding="utf-8")
    assert said(shanty("build"))[-1] == (
        "server gunicorn, which is not in the lock: it is fetched beside it. "
        "Make it yours with `shanty add gunicorn`"
    )
    assert "--build-arg SERVER=gunicorn" in fakes.changes[-1]


def test_an_old_lock_is_given_the_setuptools_that_it_leaves_out(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    """Whatever asked for setuptools: before format 2.0 it was in every environment."""
    text = project.lock_file.read_text(encoding="utf-8")
    old = text.replace('"2.1"', '"1.1"').replace('groups = ["main"]', 'category = "main"')
    project.lock_file.write_text(old, encoding="utf-8")
    assert shanty("build").code == 0
    assert "--build-arg 'SERVER=gunicorn setuptools'" in fakes.changes[-1]


def test_no_server_can_be_fetched_for_asgi_on_an_old_python(
    shanty: Typing, make_project: Callable[..., Project], fakes: Fakes
) -> None:
    project = write_project(make_project, PYPROJECT.replace("3.11", "3.9").replace("3.13", "3.9"))
    source = "from fastapi import FastAPI\n\napp = FastAPI()\n"
    (project.root / "src/harbour/__init__.py").write_text(source, encoding="utf-8")
    text = project.lock_file.read_text(encoding="utf-8")
    old = text.replace('"gunicorn"', '"blinker"').replace("Poetry 2.5.1", "Poetry 2.2.1")
    project.lock_file.write_text(old, encoding="utf-8")
    assert refusal(shanty("build"), 2) == (
        "the lock has no server, and no gunicorn serves ASGI on Python 3.9",
        "shanty add uvicorn",
    )
    assert fakes.changes == []


def test_what_is_run_inside_says_nothing_of_what_was_found(shanty: Typing) -> None:
    assert said(shanty("run", "--", "ls")) == []


def test_an_app_outside_the_wheel_is_shipped_with_its_files(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    (project.root / "src/harbour/__init__.py").write_text("", encoding="utf-8")
    source = "from flask import Flask\n\napp = Flask(__name__)\n"
    (project.root / "wsgi.py").write_text(source, encoding="utf-8")
    assert shanty("build").code == 0
    assert "--build-arg SHIP=both --build-arg IMPORT_ROOT=/opt/app " in fakes.changes[-1]


def test_what_is_no_application_needs_a_command_of_its_own(
    shanty: Typing, project: Project, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_app(project)
    monkeypatch.setenv("SHANTY_SERVE", "python -m harbour")
    assert shanty("build").code == 0
    assert (
        "--build-arg SHIP=both --build-arg 'SERVE=python -m harbour' "
        "--build-arg STOP_SIGNAL=SIGINT --build-arg 'DEVELOPMENT_SERVE=python -m harbour' "
    ) in fakes.changes[-1]


def test_a_configuration_that_sends_gunicorn_away_is_named(
    shanty: Typing, project: Project, fakes: Fakes
) -> None:
    file = project.root / "gunicorn.conf.py"
    file.write_text("workers = 2\ndaemon = True\n", encoding="utf-8")
    what, fix = refusal(shanty("build"), 2)
    assert what == (
        f"{file}:2: daemon = True sends gunicorn to the background, "
        "and a container ends with its first process"
    )
    assert fix == "set daemon = False: the container is in the background itself"
    assert fakes.changes == []


def test_a_plugin_that_images_do_not_run_is_named(shanty: Typing, project: Project) -> None:
    text = project.pyproject_file.read_text(encoding="utf-8")
    asked = '[tool.poetry.requires-plugins]\npoetry-polylith-plugin = ">=1.0"\n'
    project.pyproject_file.write_text(text + asked, encoding="utf-8")
    assert said(shanty("build"))[-1] == (
        "poetry-polylith-plugin has no part in the images: they run no plugin of Poetry's"
    )


def said(answer: Answer) -> list[str]:
    """Return what was said beside the commands."""
    lines = answer.stderr.splitlines()
    return [line.removeprefix("shanty: ") for line in lines if line.startswith("shanty: ")]
