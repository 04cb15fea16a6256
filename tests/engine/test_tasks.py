"""The tasks as a person uses them, on a real engine and through both doors."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shanty.container import ContainerOptions
from shanty.dependencies.lock import read_lock
from shanty.errors import RunError
from shanty.production import Production
from shanty.project import find_project
from shanty.settings import Given
from shanty.workflow import Workflow
from tests.engine.support import (
    CHECKOUT,
    DOORS,
    Workspace,
    command,
    docker,
    edit,
    free_port,
    get,
    inspect,
    wait_for,
)


def container_of(workspace: Workspace, task: str) -> str:
    """Return the name of the workspace's container for a task."""
    line = next(line for line in workspace.invoke("ps").stdout.splitlines() if f"  {task} " in line)
    return line.split()[0]


# ---- build


@pytest.mark.parametrize("door", DOORS)
def test_build_says_the_command_then_image_size_and_time(built: Workspace, door: str) -> None:
    done = built.invoke("build", door=door)
    said, _, line = done.stderr.partition("shanty > ")
    assert said.startswith("shanty: app coach_planner:create_app(): found in src/coach_planner/")
    assert line.startswith("docker buildx build --file docker/Dockerfile")
    assert re.fullmatch(rf"{built.tag('production')}  \d+ MB  \d+\.\d s", done.stdout)


def test_the_lines_of_a_dry_run_pasted_into_a_shell_do_the_same(built: Workspace) -> None:
    port = free_port()
    lines = built.invoke("--dry", "prod", "--port", str(port), "--detach").stdout.splitlines()
    assert built.invoke("ps").stdout.count(" prod ") == 0
    pasted = "\n".join(line.removeprefix("shanty > ") for line in lines)
    command(["sh", "-euc", pasted], cwd=built.root)
    wait_for(lambda: get(port, "/health")[0] == 200)
    built.invoke("clean")


def test_a_project_without_docker_files_builds_with_those_of_the_suite(tmp_path: Path) -> None:
    """In zero-file form nothing is written into the project, and the image is the same."""
    project = tmp_path / "a project"
    files = subprocess.run(
        ["git", "ls-files", "examples/coach_planner"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in files.stdout.splitlines():
        target = project / Path(name).relative_to("examples/coach_planner")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((CHECKOUT / name).read_bytes())
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    env = {"SHANTY_IMAGE": "shanty-zero-file"}
    command([*DOORS["shanty"], "build"], cwd=project, env=env)
    shown = command(
        [*DOORS["shanty"], "run", "--", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=project,
        env=env,
    )
    assert "7 passed" in shown.stdout
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == before
    command([*DOORS["shanty"], "clean", "--images"], cwd=project, env=env)


# ---- prod


@pytest.mark.parametrize("door", DOORS)
def test_prod_detached_returns_once_it_answers_on_the_port_given(
    workspace: Workspace, door: str
) -> None:
    port = free_port()
    done = workspace.invoke("prod", "--port", str(port), "--detach", door=door)
    assert done.stdout.startswith(f"http://127.0.0.1:{port}/")
    status, page = get(port)
    assert status == 200
    assert "This week&#39;s training" in page or "This week's training" in page
    assert inspect(container_of(workspace, "prod"), ".State.Health.Status") == "healthy"
    assert workspace.invoke("stop").stdout.startswith("stopped: ")
    assert get(port)[0] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_prod_in_the_foreground_shows_the_log_and_ends_cleanly(
    workspace: Workspace, number: signal.Signals
) -> None:
    port = free_port()
    with workspace.start("prod", "--port", str(port)) as process:
        wait_for(lambda: get(port, "/health")[0] == 200, seconds=60)
        name = container_of(workspace, "prod")
        started = time.monotonic()
        os.kill(process.pid, number)
        output = process.communicate(timeout=10)[0]
        assert time.monotonic() - started < 5
    assert process.returncode == 130
    assert f"Listening at: http://0.0.0.0:{port}" in output
    assert "Shutting down: Master" in output
    assert "Traceback" not in output
    assert docker("inspect", name, code=1).stdout == "[]"


def test_prod_s_workers_and_environment_reach_the_app(workspace: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "some.env"
    file.write_text("FROM_FILE=one\n", encoding="utf-8")
    port = free_port()
    done = workspace.invoke(
        *("prod", "--port", str(port), "--detach", "--workers", "3"),
        *("--env", "SECRET=xyzzy", "--env-file", str(file)),
    )
    name = container_of(workspace, "prod")
    environment = docker("exec", name, "env").stdout.splitlines()
    assert {"SECRET=xyzzy", "FROM_FILE=one", "WEB_CONCURRENCY=3"} <= set(environment)
    assert "xyzzy" not in done.stdout + done.stderr


def test_prod_runs_without_rights_it_does_not_need(workspace: Workspace) -> None:
    workspace.invoke("prod", "--port", str(free_port()), "--detach")
    name = container_of(workspace, "prod")
    assert inspect(name, ".HostConfig.ReadonlyRootfs") is True
    assert inspect(name, ".HostConfig.CapDrop") == ["ALL"]
    assert inspect(name, ".HostConfig.SecurityOpt") == ["no-new-privileges"]
    assert inspect(name, ".HostConfig.PidsLimit") == 2048
    assert docker("exec", name, "grep", "-c", "^NoNewPrivs:.1$", "/proc/1/status").stdout == "1"
    mounted = docker("exec", name, "grep", " /tmp ", "/proc/mounts").stdout.split()[3].split(",")
    assert {"rw", "noexec", "nosuid", "nodev"} <= set(mounted)


def test_prod_s_limits_hold_and_its_workers_follow_them(workspace: Workspace) -> None:
    limits = ("--memory", "256m", "--cpus", "1")
    workspace.invoke("prod", "--port", str(free_port()), "--detach", *limits)
    name = container_of(workspace, "prod")
    assert inspect(name, ".HostConfig.Memory") == 256 * 1024**2
    assert inspect(name, ".HostConfig.MemorySwap") == 256 * 1024**2
    assert inspect(name, ".HostConfig.NanoCpus") == 10**9
    # The server and one worker, however many processors the machine has.
    assert len(docker("top", name, "-eo", "pid").stdout.splitlines()[1:]) == 2
    assert "size=131072k" in docker("exec", name, "grep", " /tmp ", "/proc/mounts").stdout


def test_a_health_path_that_fails_is_named_when_the_app_never_gets_healthy(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shanty.serving.READY_SECONDS", 2)
    monkeypatch.chdir(workspace.root)
    port = free_port()
    environment = workspace.env | {"SHANTY_PORT": str(port), "SHANTY_HEALTH_PATH": "/nowhere"}
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    project = find_project(workspace.root)
    workflow = Workflow(Given(project, read_lock(project), os.environ, {}), dry=False)
    with pytest.raises(RunError) as failed:
        Production(workflow).serve(ContainerOptions(detach=True))
    assert failed.value.what.endswith("does not answer after 2 s (/nowhere answers 404)")
    assert workspace.invoke("ps").stdout.count(" prod ") == 0


def test_an_app_that_crashes_at_import_fails_prod_with_its_last_lines(workspace: Workspace) -> None:
    edit(
        workspace.sample / "src/coach_planner/application.py",
        "import os\n",
        "import os\n\nraise RuntimeError('no such luck')\n",
    )
    port = str(free_port())
    failed = workspace.invoke("prod", "--port", port, "--detach", code=1)
    assert 'File "/opt/venv/lib/python3.13/site-packages/coach_planner' in failed.stderr
    what, fix = failed.stderr.splitlines()[-2:]
    assert what.endswith("before it answered: RuntimeError: no such luck")
    assert fix.startswith("fix: ")
    assert "site-packages/shanty" not in failed.stderr
    assert " prod " not in workspace.invoke("ps").stdout

    failed = workspace.invoke("prod", "--port", port, code=1)
    assert "RuntimeError: no such luck" in failed.stdout + failed.stderr
    assert failed.stderr.splitlines()[-1].startswith("fix: ")


def test_serve_and_prestart_and_health_path_of_the_settings_are_followed(
    workspace: Workspace,
) -> None:
    manifest = workspace.sample / "pyproject.toml"
    edit(
        manifest,
        "[tool.shanty]\n",
        "[tool.shanty]\nserve = \"gunicorn --bind :$PORT --workers 1 '$APP'\"\n"
        'prestart = ["echo prestart ran"]\nhealth-path = "/nowhere"\n',
    )
    edit(manifest, "'$APP'", '\\"$APP\\"')
    port = free_port()
    with workspace.start("prod", "--port", str(port)):
        wait_for(lambda: get(port, "/health")[0] == 200, seconds=60)
        name = container_of(workspace, "prod")
        assert "prestart ran" in docker("logs", name).stdout
        wait_for(lambda: "/nowhere answers 404" in str(inspect(name, ".State.Health.Log")))


def test_a_prestart_command_that_fails_stops_the_start(workspace: Workspace) -> None:
    edit(
        workspace.sample / "pyproject.toml",
        "[tool.shanty]\n",
        '[tool.shanty]\nprestart = ["echo first", "false", "echo second"]\n',
    )
    failed = workspace.invoke("prod", "--port", str(free_port()), "--detach", code=1)
    lines = failed.stderr.splitlines()
    assert "first" in lines
    assert "second" not in lines


# ---- dev


def test_dev_serves_an_edit_without_a_rebuild_and_leaves_the_host_s_environment_alone(
    workspace: Workspace,
) -> None:
    venv = workspace.sample / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text("home = /nowhere\n", encoding="utf-8")
    port = free_port()
    workspace.invoke("dev", "--port", str(port), "--detach")
    name = container_of(workspace, "dev")
    before = inspect(name, ".State.StartedAt")
    assert '"ok"' in get(port, "/health")[1]
    edit(workspace.sample / "src/coach_planner/pages.py", '"ok"', '"edited"')
    wait_for(lambda: "edited" in get(port, "/health")[1])
    assert inspect(name, ".State.StartedAt") == before
    assert {path.name for path in venv.rglob("*")} == {"bin", "pyvenv.cfg"}
    assert list(workspace.sample.rglob("__pycache__")) == []

    edit(workspace.sample / "src/coach_planner/pages.py", '{"status": "edited"}', "1 / 0")
    wait_for(lambda: "ZeroDivisionError" in get(port, "/health")[1])
    assert "EVALEX = true" in get(port, "/health")[1]


def test_dev_in_the_foreground_stops_within_a_second(workspace: Workspace) -> None:
    port, stopping = free_port(), []
    # A busy machine only ever adds to it.
    for _ in range(3):
        with workspace.start("dev", "--port", str(port)) as process:
            wait_for(lambda: get(port, "/health")[0] == 200, seconds=60)
            name = container_of(workspace, "dev")
            started = time.monotonic()
            os.killpg(process.pid, signal.SIGINT)
            output = process.communicate(timeout=10)[0]
            stopping.append(time.monotonic() - started)
        assert process.returncode == 130
        assert f"Running on http://127.0.0.1:{port}" in output
        assert "Traceback" not in output
        assert docker("inspect", name, code=1).stdout == "[]"
    assert min(stopping) < 1


def test_dev_answers_on_loopback_only(workspace: Workspace) -> None:
    workspace.invoke("dev", "--port", str(free_port()), "--detach")
    name = container_of(workspace, "dev")
    bindings = inspect(name, ".HostConfig.PortBindings")
    assert isinstance(bindings, dict)
    assert {entry["HostIp"] for ports in bindings.values() for entry in ports} == {"127.0.0.1"}


# ---- shell, run, python


def test_run_passes_arguments_byte_for_byte_and_the_exit_code_on(built: Workspace) -> None:
    words = ["a  b", "$(id)", "c'd", 'e"f', "--port", "--", "-h", "é", ""]
    program = "import sys; print(sys.argv[1:]); sys.exit(7)"
    done = built.invoke("run", "--", "python", "-c", program, *words, code=7)
    assert done.stdout == repr(words)


def test_run_works_in_a_pipe_and_keeps_every_byte(built: Workspace) -> None:
    data = bytes(range(256))
    done = subprocess.run(
        [*DOORS["invoke"], "run", "--", "cat"],
        cwd=built.root,
        env={**os.environ, **built.env},
        input=data,
        capture_output=True,
        check=True,
    )
    assert done.stdout == data


def test_python_is_that_of_the_environment(built: Workspace) -> None:
    done = built.invoke("python", "--", "-c", "import sys, coach_planner; print(sys.prefix)")
    assert done.stdout == "/opt/venv"


def test_shell_has_the_environment_active_and_poetry_at_hand(built: Workspace) -> None:
    script = "poetry --version; poetry env info --path; which python; exit 5"
    done = built.invoke("shell", code=5, stdin=script)
    assert done.stdout.splitlines() == [
        "Poetry (version 2.5.1)",
        "/opt/venv",
        "/opt/venv/bin/python",
    ]


def test_shell_opens_any_target(built: Workspace) -> None:
    done = built.invoke("shell", "--target", "production", stdin="id -u; pwd")
    assert done.stdout.split() == ["10001", "/opt/app"]


def test_shell_app_has_the_app_loaded(built: Workspace) -> None:
    done = built.invoke("shell", "--app", stdin="print(app.name)\n")
    assert "coach_planner.application" in done.stdout


def test_a_terminal_is_used_when_there_is_one(built: Workspace) -> None:
    """`script` gives the command a terminal of its own."""
    line = shlex.join([*DOORS["invoke"], "run", "--", "python", "-c", "print(open(0).isatty())"])
    done = command(["script", "-qec", line, "/dev/null"], cwd=built.root, env=built.env)
    assert "True" in done.stdout


# ---- ps, logs, stop, clean


def test_ps_logs_stop_and_clean_see_this_project_and_nobody_else_s(
    workspace: Workspace, built: Workspace
) -> None:
    port = free_port()
    built.invoke("prod", "--port", str(port), "--detach")
    workspace.invoke("dev", "--port", str(free_port()), "--detach")
    listed = workspace.invoke("ps").stdout
    assert f"{workspace.image}-dev-" in listed
    assert built.image not in listed
    assert "Debugger is active!" in workspace.invoke("logs").stderr
    edit(workspace.sample / "src/coach_planner/pages.py", '"ok"', '"edited"')
    superseded = docker("image", "inspect", "--format", "{{.Id}}", workspace.tag("development"))
    workspace.invoke("build", "--target", "development")
    assert superseded.stdout not in workspace.invoke("ps").stdout
    assert superseded.stdout in workspace.invoke("clean").stdout
    assert workspace.tag("development") in workspace.invoke("ps").stdout
    workspace.invoke("clean", "--images")
    assert workspace.invoke("ps").stdout == ""
    assert get(port, "/health")[0] == 200
    built.invoke("clean")


# ---- sync


def test_after_sync_only_that_value_differs_and_the_image_has_that_poetry(
    workspace: Workspace,
) -> None:
    def git(*words: str) -> str:
        return command(["git", *words], cwd=workspace.root).stdout

    git("init", "--quiet")
    git("add", "--all")
    workspace.invoke("sync", "--check")
    done = workspace.invoke("sync", "--poetry-version", "2.4.1")
    assert "a re-lock is due" in done.stdout
    changed = [
        line for line in git("diff", "--unified=0").splitlines() if re.match(r"[+-][^+-]", line)
    ]
    assert changed == [
        "-ARG POETRY_VERSION=2.5.1",
        "+ARG POETRY_VERSION=2.4.1",
        '-poetry-version = "2.5.1"',
        '+poetry-version = "2.4.1"',
    ]
    workspace.invoke("build", "--target", "staging")
    image = workspace.tag("staging")
    assert docker("run", "--rm", image, "poetry", "--version").stdout == "Poetry (version 2.4.1)"


# ---- setup


def test_setup_finds_what_is_there_and_changes_nothing(built: Workspace) -> None:
    done = built.invoke("setup")
    engine, compose, base = done.stdout.splitlines()
    assert re.fullmatch(r"engine: Docker \d+\S*, buildx \S+", engine)
    assert re.fullmatch(r"compose: Docker Compose \d+\S*", compose)
    assert re.fullmatch(r"base image: \S+", base)
    assert done.stderr == ""


# ---- bad input that only an engine can tell


def test_a_port_that_a_container_has_is_refused_by_its_name(workspace: Workspace) -> None:
    port = str(free_port())
    workspace.invoke("dev", "--port", port, "--detach")
    name = container_of(workspace, "dev")
    refused = workspace.invoke("prod", "--port", port, code=3)
    what, fix = refused.stderr.splitlines()
    address = f"http://127.0.0.1:{port}/"
    assert what == f"port {port} is taken by {name}, which serves this project at {address}"
    assert fix.startswith("fix: invoke stop, or choose another: --port ")


def test_a_port_that_a_process_has_is_refused_by_its_name_and_number(workspace: Workspace) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = workspace.invoke("dev", "--port", str(port), code=3)
    holder = Path(sys.executable).name
    assert re.match(
        rf"port {port} is taken by \S+ \(process {os.getpid()}\)\nfix: ", refused.stderr
    ), holder


def test_an_engine_that_is_not_there_is_said_in_two_lines(workspace: Workspace) -> None:
    env = {"DOCKER_HOST": "unix:///nonexistent/docker.sock"}
    for task in (("build",), ("prod",), ("dev",), ("ps",), ("stop",)):
        refused = workspace.invoke(*task, code=3, env=env)
        assert len(refused.stderr.splitlines()) == 2
        assert refused.stderr.startswith("no Docker engine answers")
        assert refused.stderr.endswith("fix: unset DOCKER_HOST  # or start the engine there")


def test_a_base_image_that_cannot_be_had_is_a_fault_of_the_machine(workspace: Workspace) -> None:
    image = "127.0.0.1:1/nothing/python:3.13"
    refused = workspace.invoke("build", code=3, env={"SHANTY_BASE_IMAGE": image})
    what, fix = refused.stderr.splitlines()[-2:]
    assert what.startswith(
        f"the base image {image} is not here and cannot be pulled: 127.0.0.1:1 cannot be reached"
    )
    assert fix == f"fix: docker pull {image}  # once it can be reached"
