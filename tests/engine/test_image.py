"""What each image promises to whoever runs it with plain docker."""

import base64
import hashlib
import json
import os
import re
import time
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.engine.support import (
    CHECKOUT,
    Workspace,
    container,
    docker,
    free_port,
    get,
    inside,
    inspect,
    saved_files,
    wait_for,
)

INSTALLED = """
import importlib.metadata, json
found = importlib.metadata.distributions(path=["%s"])
print(json.dumps({d.metadata["Name"].lower().replace("_", "-"): d.version for d in found}))
"""
SITE_PACKAGES = "import sysconfig; print(sysconfig.get_path('purelib'))"


@pytest.fixture(scope="module")
def production(built: Workspace) -> str:
    return built.tag("production")


@pytest.fixture(scope="module")
def development(built: Workspace) -> str:
    return built.tag("development")


def locked(built: Workspace, group: str | None) -> dict[str, str]:
    """Return what the lock has for a Linux container, by the groups it names."""
    lock = tomllib.loads((built.sample / "poetry.lock").read_text(encoding="utf-8"))
    environment = {"sys_platform": "linux", "platform_system": "Linux", "python_version": "3.13"}
    found = {}
    for package in lock["package"]:
        markers = package.get("markers", "")
        marker = markers.get(group, "") if isinstance(markers, dict) and group else markers
        if group and group not in package["groups"]:
            continue
        if marker and not Requirement(f"x; {marker}").marker.evaluate(environment):  # type: ignore[union-attr]
            continue
        found[package["name"]] = package["version"]
    return found


def installed(image: str) -> dict[str, str]:
    """Return the distributions in an image's environment."""
    folder = inside(image, "python", "-c", SITE_PACKAGES)
    distributions: dict[str, str] = json.loads(inside(image, "python", "-c", INSTALLED % folder))
    return distributions


# ---- staging, development, build


def test_staging_has_poetry_in_exactly_the_pinned_version(built: Workspace) -> None:
    pinned = tomllib.loads((built.sample / "pyproject.toml").read_text(encoding="utf-8"))
    version = pinned["tool"]["shanty"]["poetry-version"]
    assert inside(built.tag("staging"), "poetry", "--version") == f"Poetry (version {version})"


def test_staging_has_manifests_lock_and_sources(built: Workspace) -> None:
    files = inside(built.tag("staging"), "ls", ".").split()
    assert {"pyproject.toml", "poetry.lock", "src"} <= set(files)


def test_development_has_every_group_and_the_project_editable(
    built: Workspace, development: str
) -> None:
    assert installed(development) == locked(built, None) | {"coach-planner": "0.1.0"}
    where = inside(development, "python", "-c", "import coach_planner as c; print(c.__file__)")
    assert where == "/opt/app/src/coach_planner/__init__.py"


def test_development_serves_with_flask_and_its_debugger(development: str) -> None:
    port = free_port()
    with container("--publish", f"127.0.0.1:{port}:8888", development) as name:
        wait_for(lambda: get(port, "/health")[0] == 200)
        log = docker("logs", name).stderr
        assert "Debugger is active!" in log
        assert "reloading by inotify" in log


def test_development_runs_commands_inside_the_environment(development: str) -> None:
    assert inside(development, "python", "-c", "import sys; print(sys.prefix)") == "/opt/venv"
    assert "coach_planner" in inside(development, "flask", "shell", stdin="print(app)\n")


def test_bash_as_entrypoint_lands_in_the_active_environment(development: str) -> None:
    arguments = ("run", "--rm", "--interactive", "--entrypoint", "/bin/bash", development)
    shown = docker(
        *arguments, stdin="which python; echo $VIRTUAL_ENV; poetry env info --path"
    ).stdout
    assert shown.splitlines() == ["/opt/venv/bin/python", "/opt/venv", "/opt/venv"]


def test_build_holds_the_wheel_and_one_only(built: Workspace) -> None:
    assert (
        inside(built.tag("build"), "ls", "/made/wheels") == "coach_planner-0.1.0-py3-none-any.whl"
    )


@pytest.mark.parametrize("target", ["development", "production"])
def test_docker_stop_takes_less_than_a_second(built: Workspace, target: str) -> None:
    port, stopping = free_port(), []
    # A busy machine only ever adds to it.
    for _ in range(3):
        with container("--publish", f"127.0.0.1:{port}:8888", built.tag(target)) as name:
            wait_for(lambda: get(port, "/health")[0] == 200)
            started = time.monotonic()
            docker("stop", name)
            stopping.append(time.monotonic() - started)
            assert inspect(name, ".State.ExitCode") == 0
    assert min(stopping) < 1


# ---- production


def test_production_holds_exactly_what_the_lock_says(built: Workspace, production: str) -> None:
    assert installed(production) == locked(built, "main") | {"coach-planner": "0.1.0"}


def test_every_installed_file_is_the_one_its_distribution_recorded(production: str) -> None:
    folder = inside(production, "python", "-c", SITE_PACKAGES)
    files = {
        f"/{path}": content
        for path, content in saved_files(production)
        if path.startswith("opt/venv/")
    }
    recorded = {}
    for path, content in files.items():
        if path.endswith(".dist-info/RECORD"):
            for row in content.decode().splitlines():
                name, digest, _ = row.rsplit(",", 2)
                recorded[os.path.normpath(f"{folder}/{name.strip(chr(34))}")] = digest
    checked = 0
    for path, digest in recorded.items():
        if digest:
            actual = base64.urlsafe_b64encode(hashlib.sha256(files[path]).digest()).decode()
            assert digest == f"sha256={actual.rstrip('=')}", path
            checked += 1
    assert checked > 100
    unrecorded = {path for path in files if path.startswith(folder) and path not in recorded}
    assert {path for path in unrecorded if files[path] and not path.endswith(".pyc")} == set()


def test_production_has_no_poetry_no_installer_of_its_own_and_no_compiler(production: str) -> None:
    names = [path for path, _ in saved_files(production)]
    banned = re.compile(
        r"bin/(poetry|uv|uvx|gcc|cc|g\+\+|make|git|curl)$|opt/(poetry|uv)/|/pypoetry"
    )
    assert [name for name in names if banned.search(name)] == []
    assert inside(production, "sh", "-c", "ls /opt/venv/bin | grep -c pip || true") == "0"


def test_production_adds_nothing_to_its_base_outside_the_known_places(production: str) -> None:
    with container("--entrypoint", "sh", production, "-c", "true") as name:
        changed = docker("diff", name).stdout
    assert changed == ""
    assert inside(production, "sh", "-c", "find /tmp /opt/app -mindepth 1; ls /opt").split() == [
        "app",
        "venv",
    ]


def test_standard_library_and_dependencies_are_compiled(production: str) -> None:
    missing = """
import pathlib, sysconfig, importlib.util
for key in ("stdlib", "purelib"):
    for file in pathlib.Path(sysconfig.get_path(key)).rglob("*.py"):
        parts = file.parts
        if key == "stdlib" and ("site-packages" in parts or "dist-packages" in parts):
            continue
        if not pathlib.Path(importlib.util.cache_from_source(str(file))).exists():
            print(file)
"""
    left = inside(production, "python", "-c", missing).split()
    # A package's tests, and files in the grammar of other releases.
    meant = re.compile(r"/(test|testing|tests|lib2to3)/")
    assert [file for file in left if not meant.search(file)] == []
    assert any("/sqlalchemy/testing/" in file for file in left)


def test_the_user_is_numeric_and_can_write_to_tmp_and_nowhere_else(production: str) -> None:
    user = str(inspect(production, ".Config.User"))
    assert int(user.split(":", maxsplit=1)[0]) >= 10_000
    writable = inside(
        production,
        *("sh", "-c", "find / -xdev -writable ! -type l 2>/dev/null; touch /tmp/x && echo wrote"),
    )
    assert writable.split() == ["/tmp", "wrote"]


def test_there_is_no_program_that_would_change_the_user(production: str) -> None:
    assert inside(production, "sh", "-c", "find / -xdev -perm /6000 2>/dev/null || true") == ""


def test_the_first_process_is_the_server_and_reads_port_and_web_concurrency(
    production: str,
) -> None:
    port = free_port()
    publish = ("--publish", f"127.0.0.1:{port}:{port}")
    with container(*publish, production, PORT=str(port), WEB_CONCURRENCY="3") as name:
        wait_for(lambda: get(port)[0] == 200)
        words = docker("exec", name, "cat", "/proc/1/cmdline").stdout.split("\0")
        assert words[1] == "/opt/venv/bin/gunicorn"
        wait_for(lambda: docker("logs", name).stderr.count("Booting worker") == 3)


def test_arguments_arrive_untouched(production: str) -> None:
    words = ["a  b", "$(id)", "`id`", "c'd", 'e"f', "(g)", "*", "\\n", ""]
    printed = inside(production, "python", "-c", "import sys; print(sys.argv[1:])", *words)
    assert printed == repr(words)
    assert inside(production, "python", "-c", 'print("a  b")') == "a  b"


def test_production_runs_read_only_without_a_line_of_complaint(production: str) -> None:
    port = free_port()
    publish = ("--publish", f"127.0.0.1:{port}:8888")
    with container("--read-only", "--cap-drop", "ALL", *publish, production) as name:
        wait_for(lambda: get(port)[0] == 200)
        wait_for(lambda: inspect(name, ".State.Health.Status") == "healthy")
        docker("stop", name)
        lines = docker("logs", name).stderr.splitlines()
        assert lines
        assert [line for line in lines if "[INFO]" not in line] == []


def test_it_turns_healthy_within_a_second_of_answering(production: str) -> None:
    port, waited = free_port(), []
    for _ in range(3):
        with container("--publish", f"127.0.0.1:{port}:8888", production) as name:
            wait_for(lambda: get(port, "/health")[0] == 200)
            waited.append(wait_for(lambda: inspect(name, ".State.Health.Status") == "healthy"))
    assert min(waited) < 1


def test_it_turns_unhealthy_when_the_app_does_not_answer(production: str) -> None:
    with container(
        "--health-interval=0.2s", "--health-start-period=0.1s", production, "sleep", "60"
    ) as name:
        wait_for(lambda: inspect(name, ".State.Health.Status") == "unhealthy")
        log = json.dumps(inspect(name, ".State.Health.Log"))
        assert "port 8888" in log


def test_no_image_holds_the_host_s_ca_bundle(built: Workspace, tmp_path: Path) -> None:
    """Build with a bundle that nothing else has, and look for its mark in every layer."""
    source = next(
        (
            os.environ[name]
            for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
            if os.environ.get(name)
        ),
        "/etc/ssl/certs/ca-certificates.crt",
    )
    mark = "# a mark that only this bundle carries 5f1d6b"
    bundle = tmp_path / "bundle.crt"
    bundle.write_text(f"{Path(source).read_text(encoding='utf-8')}\n{mark}\n", encoding="utf-8")
    images = {}
    for target in ("development", "production"):
        images[target] = f"{built.image}-ca:{target}"
        words = ("build", "--no-cache", "--target", target, "--tag", images[target])
        built.invoke(*words, env={"SSL_CERT_FILE": str(bundle)})
    try:
        for image in images.values():
            holders = [path for path, content in saved_files(image) if mark.encode() in content]
            assert holders == []
            assert mark not in docker("history", "--no-trunc", image).stdout
    finally:
        docker("image", "rm", *images.values())


def test_the_build_argument_defaults_build_the_sample(built: Workspace) -> None:
    """Plain `docker build` at the repository's root, in the owned form."""
    base = re.search(r"BASE_IMAGE=(\S+)", built.invoke("--dry", "build").stdout)
    assert base
    secrets = (
        ("--secret", f"id=ca,src={os.environ['SSL_CERT_FILE']}")
        if os.environ.get("SSL_CERT_FILE")
        else ()
    )
    image = f"{built.image}-plain"
    arguments = ("build", "--tag", image, "--file", str(CHECKOUT / "docker/Dockerfile"), *secrets)
    docker(*arguments, "--build-arg", f"BASE_IMAGE={base[1]}", str(CHECKOUT))
    try:
        assert installed(image) == installed(built.tag("production"))
        assert inside(image, "sh", "-c", "echo $APP") == "coach_planner:create_app()"
    finally:
        docker("image", "rm", image)


def test_nothing_but_the_project_goes_into_the_context(workspace: Workspace) -> None:
    """Environments, caches, old builds, secrets and history stay outside."""
    kept = ("src/coach_planner/static/dist/app.js", ".env.example")
    left = (".env", "server.key", ".git/HEAD", ".venv/pyvenv.cfg", "dist/old.whl", ".nox/x")
    for name in (*kept, *left):
        file = workspace.sample / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x", encoding="utf-8")
    workspace.invoke("build", "--target", "staging")
    files = inside(workspace.tag("staging"), "find", ".", "-type", "f").split()
    assert {f"./{name}" for name in kept} <= set(files)
    assert {f"./{name}" for name in left} & set(files) == set()
