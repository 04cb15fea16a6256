"""`verify` on a real engine: all is well with the sample, and each defect is found by its check."""

import json
import time
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.engine.support import CHECKOUT, Completed, Workspace, docker, edit

# The machine has few processors, and some of the checks take the time.
AT_A_TIME = 2
SAMPLE_LOCK = CHECKOUT / "examples" / "coach_planner" / "poetry.lock"
SITE = "/opt/venv/lib/python3.13/site-packages"
VERSION = next(
    package["version"]
    for package in tomllib.loads(SAMPLE_LOCK.read_text("utf-8"))["package"]
    if package["name"] == "itsdangerous"
)
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nbm90IGEgcmVhbCBvbmU=\n-----END CERTIFICATE-----\n"
SAID = "ahoy-4711-the-parrot"
GUNICORN = 'gunicorn --config /etc/gunicorn.conf.py "$APP"'
# A shell that hands signals on, and ends as its server does.
SHELL = f"""\
trap 'kill $!; wait; exit 0' TERM
{GUNICORN} &
wait
"""


@dataclass(frozen=True)
class Defect:
    """What is done to the production image, which check finds it, and what that says."""

    check: str
    steps: str
    evidence: str
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


DEFECTS = {
    "one package more": Defect(
        "lock/packages",
        f"RUN mkdir {SITE}/six-1.dist-info && cd {SITE}/six-1.dist-info "
        "&& printf 'Name: six\\nVersion: 1\\n' > METADATA "
        "&& printf 'six-1.dist-info/METADATA,,\\nsix-1.dist-info/RECORD,,\\n' > RECORD",
        "six 1 is not in the lock's main set",
    ),
    "one package less": Defect(
        "lock/packages",
        # The app wants the module, and has it from elsewhere.
        f"RUN mv {SITE}/itsdangerous /opt/app/ && rm -r {SITE}/itsdangerous-*\n"
        "ENV PYTHONPATH=/opt/app",
        f"itsdangerous {VERSION} of the lock is missing",
    ),
    "another version": Defect(
        "lock/packages",
        f"RUN cd {SITE}/itsdangerous-{VERSION}.dist-info "
        "&& sed -i 's/^Version: .*/Version: 2.1.0/' METADATA "
        "&& sed -i '/METADATA,/s/,.*/,,/' RECORD",
        f"itsdangerous is 2.1.0 in the image, {VERSION} in the lock",
    ),
    "a file that was changed": Defect(
        "lock/files",
        f"RUN echo >> {SITE}/flask/app.py",
        f"{SITE}/flask/app.py is not as flask 3.1.3 has it",
    ),
    "a stray module": Defect(
        "lock/files", f"RUN touch {SITE}/stray.py", f"{SITE}/stray.py is of no distribution"
    ),
    "no start": Defect("process/start", "ENV APP=nowhere:app", "nowhere"),
    "another port": Defect(
        "process/port",
        f"ENV SERVE='{GUNICORN.replace('gunicorn ', 'gunicorn --bind 0.0.0.0:9000 ', 1)}'\n"
        "RUN echo 'bind = \"0.0.0.0:9000\"' >> /etc/gunicorn.conf.py",
        "it listens on 9000, and PORT is",
    ),
    "a shell before the server": Defect(
        "process/first",
        "COPY serve.sh /etc/\nENV SERVE='sh /etc/serve.sh'",
        "process 1 is no server: sh /etc/serve.sh",
        files={"serve.sh": SHELL},
    ),
    "a health path that is not there": Defect(
        "process/health", "ENV HEALTH_PATH=/nope", "/nope answers 404"
    ),
    "a slow stop": Defect(
        "process/stop",
        "RUN printf 'import time\\ndef on_exit(server): time.sleep(2)\\n' >> /etc/gunicorn.conf.py",
        "s to stop",
    ),
    "an exit code": Defect(
        "process/stop",
        "RUN printf 'import os\\ndef on_exit(server): os._exit(3)\\n' >> /etc/gunicorn.conf.py",
        "it ended with exit code 3",
    ),
    "no patience": Defect(
        "process/in-flight",
        "RUN echo 'graceful_timeout = 1' >> /etc/gunicorn.conf.py",
        "8 of 8 requests of 4 s across a stop were lost",
    ),
    "a user by name": Defect("rights/user", "USER app", "the user is 'app'"),
    "a setuid file": Defect(
        "rights/setuid", "RUN chmod u+s /usr/bin/passwd", "/usr/bin/passwd has mode 4755"
    ),
    "a folder for everybody": Defect(
        "rights/writable", "RUN mkdir -m 1777 /data", "/data may be written to"
    ),
    "a volume": Defect("rights/writable", "VOLUME /data", "/data is a volume"),
    "an app that writes": Defect(
        "rights/read-only",
        "ENV PRESTART='touch /opt/app/x'",
        "prestart failed (touch /opt/app/x)",
    ),
    "a program that wants a capability": Defect(
        "rights/capabilities",
        # CAP_NET_RAW, permitted and effective: version 2 of what setcap writes.
        'RUN python -c \'import os, struct; os.setxattr(os.path.realpath("/usr/bin/env"), '
        '"security.capability", struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0))\'',
        "not permitted",
    ),
    "a debugger switched on": Defect(
        "rights/debugger", "ENV FLASK_DEBUG=1", "the image sets FLASK_DEBUG"
    ),
    "an error page that tells": Defect(
        "rights/tracebacks",
        "COPY shown.py /opt/app/\nENV APP=shown:app PYTHONPATH=/opt/app",
        "shows 'Traceback (most recent call last)'",
        files={
            "shown.py": (
                "import traceback\nfrom coach_planner import create_app\napp = create_app()\n"
                "app.register_error_handler(404, lambda error: (traceback.format_exc(), 404))\n"
            )
        },
    ),
    "a tool": Defect(
        "contents/tools", "RUN cp /bin/true /usr/local/bin/curl", "/usr/local/bin/curl is there"
    ),
    "tests": Defect(
        "contents/tests", "RUN mkdir tests && touch tests/test_a.py", "/opt/app/tests is there"
    ),
    "variables in a file": Defect("contents/private-files", "RUN touch .env", "/opt/app/.env"),
    "a key by another name": Defect(
        "contents/private-files",
        "COPY safe /etc/",
        "/etc/safe holds a private key",
        files={"safe": "-----BEGIN RSA PRIVATE KEY-----\n"},
    ),
    "a cache": Defect(
        "contents/caches",
        "RUN mkdir -p /root/.cache/pip && echo > /root/.cache/pip/one",
        "/root/.cache/pip/one is there",
    ),
    "the CA bundle": Defect(
        "contents/secrets",
        "COPY company.crt /etc/",
        "/etc/company.crt holds certificates of",
        files={"company.crt": CERTIFICATE.replace("\n", "\r\n")},
    ),
    "a secret that a later layer takes away": Defect(
        "contents/secrets",
        "COPY token /\nRUN rm /token",
        "/token holds the value of PARROT_TOKEN",
        {"PARROT_TOKEN": SAID},
        {"token": SAID},
    ),
    "a secret in the history": Defect(
        "contents/secrets",
        f"ARG TOKEN={SAID}\nRUN true",
        "its history holds the value of PARROT_TOKEN",
        {"PARROT_TOKEN": SAID},
    ),
}


def told(done: Completed) -> dict[str, dict[str, Any]]:
    """Return the checks that were printed for a script, by name."""
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a CA bundle of a company's own."""
    path = tmp_path_factory.mktemp("bundle") / "bundle.crt"
    path.write_text(CERTIFICATE, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def proofs(
    request: pytest.FixtureRequest,
    built: Workspace,
    bundle: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, "Future[Completed]"]]:
    """Return what `verify` says of an image with each defect that is asked for."""

    def proved(name: str) -> Completed:
        defect, tag = DEFECTS[name], f"{built.image}:{name.replace(' ', '-').lower()}"
        folder = tmp_path_factory.mktemp("defect")
        for file, content in defect.files.items():
            (folder / file).write_text(content, encoding="utf-8")
        last = "" if "USER" in defect.steps else "USER 10001:10001"
        lines = f"FROM {built.tag('production')}\nUSER root\n{defect.steps}\n{last}\n"
        words = ("--quiet", "--load", "--tag", tag, "--file", "-", str(folder))
        docker("buildx", "build", *words, stdin=lines)
        environment = {"SSL_CERT_FILE": str(bundle), **defect.environment}
        return built.invoke("verify", "--image", tag, "--json", code=None, env=environment)

    names = [
        getattr(item, "callspec").params["name"]  # noqa: B009 - pytest does not declare it
        for item in request.session.items
        if "proofs" in getattr(item, "fixturenames", ())
    ]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield {name: pool.submit(proved, name) for name in names}


def test_the_sample_passes_every_check_in_half_a_minute(built: Workspace) -> None:
    started = time.monotonic()
    done = built.invoke("verify", "--json")
    assert time.monotonic() - started < 30
    checks = told(done)
    assert {check["passed"] for check in checks.values()} == {True}
    # Each check is proved below by something that fails it.
    proved = {defect.check for defect in DEFECTS.values()}
    assert set(checks) == proved | {"lock/sbom", "contents/installer"}
    assert docker("ps", "--all", "--quiet", "--filter", "label=shanty.task=verify").stdout == ""


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_fails_its_check_and_no_other(
    name: str, proofs: dict[str, "Future[Completed]"]
) -> None:
    done, defect = proofs[name].result(), DEFECTS[name]
    assert done.returncode == 1, done.stderr
    checks = told(done)
    failed = {check: one["evidence"] for check, one in checks.items() if one["passed"] is False}
    assert list(failed) == [defect.check], failed
    assert any(defect.evidence in line for line in failed[defect.check]), failed
    assert SAID not in done.stdout + done.stderr
    # What could not be looked at is no reason to be content.
    left = {check for check, one in checks.items() if one["passed"] is None}
    if defect.check == "process/start":
        assert {"process/port", "process/stop", "rights/read-only"} <= left
    else:
        assert left == ({"lock/sbom"} if defect.check == "lock/packages" else set())


def test_a_bill_that_is_not_of_the_image_fails_its_check(built: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "bill.json"
    built.invoke("sbom", "--output", str(file))
    assert built.invoke("verify", "--json", "--sbom", str(file)).returncode == 0
    edit(file, '"name": "flask"', '"name": "bottle"')
    checks = told(built.invoke("verify", "--json", "--sbom", str(file), code=1))
    assert [name for name, check in checks.items() if not check["passed"]] == ["lock/sbom"]
    flask, bottle = checks["lock/sbom"]["evidence"]
    assert flask.startswith("flask ")
    assert bottle.startswith("bottle ")


# Bad input

NAME_ANOTHER = "fix: name one that `invoke ps` lists, or none"


def test_a_lock_that_has_changed_since_the_build_names_what_differs(workspace: Workspace) -> None:
    workspace.invoke("build")
    edit(workspace.sample / "poetry.lock", f'version = "{VERSION}"', 'version = "2.1.0"')
    done = workspace.invoke("verify", code=1)
    lines = done.stdout.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("failed")] == ["lock/packages"]
    assert "poetry.lock has changed since the build" in done.stdout
    assert f"itsdangerous is {VERSION} in the image, 2.1.0 in the lock" in done.stdout
    assert done.stderr.splitlines()[-1].endswith("invoke build && invoke verify")


def test_an_image_that_was_not_built_here_is_refused(built: Workspace) -> None:
    base = docker("image", "inspect", "--format", "{{.Id}}", "shanty/python:3.13").stdout
    done = built.invoke("verify", "--image", base, code=2)
    assert done.stderr.splitlines()[-2:] == [
        f"{base} was not built by invoke build",
        NAME_ANOTHER,
    ]


def test_an_image_of_another_project_is_refused_by_its_name(built: Workspace) -> None:
    labels = ("shanty.project=000000000000", "org.opencontainers.image.title=other")
    words = [word for label in labels for word in ("--label", label)]
    tag = f"{built.image}:other"
    lines = f"FROM {built.tag('production')}"
    docker("buildx", "build", *words, "--quiet", "--load", "--tag", tag, "-", stdin=lines)
    done = built.invoke("verify", "--image", tag, code=2)
    assert f"{tag} is an image of other, and this is coach-planner" in done.stderr
    docker("image", "rm", tag)


def test_an_image_that_is_not_there_is_named(built: Workspace) -> None:
    done = built.invoke("verify", "--image", "shanty-tests:never", code=2)
    assert done.stderr == f"there is no image shanty-tests:never\n{NAME_ANOTHER}"
